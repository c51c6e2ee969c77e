//! Words of calls as they are pointed at and shown, for themes, notes and the basket.

use super::At;
use crate::output::{Output, Style, paragraph};
use earwitness_archive::Archive;
use earwitness_desk::{
    claims::Rests,
    passage::{Chosen, Passage, Passages, Seen},
    people::People,
};
use earwitness_model::Call;
use serde_json::{Value, json};

impl At {
    pub fn chosen(self) -> Chosen {
        let Self { at, words } = self;
        Chosen { words, ..Chosen::turns(at.call, at.first, at.last) }
    }
}

/// Looks at passages, and knows who speaks there.
pub struct Looking<'a> {
    passages: Passages<'a>,
    people: People,
}

/// A passage as it is shown.
pub struct Shown {
    pub call: Call,
    pub seen: Seen,
    /// The person or else the label.
    pub who: String,
    passage: Passage,
}

impl<'a> Looking<'a> {
    pub fn at(archive: &'a Archive) -> anyhow::Result<Self> {
        Ok(Self { passages: Passages::of(archive), people: People::load(archive)? })
    }

    pub fn look(&mut self, passage: &Passage) -> anyhow::Result<Shown> {
        let seen = self.passages.look(passage)?;
        let call = self.passages.archive().call(&passage.call)?;
        let label = seen.speaker.clone().unwrap_or_default();
        let who = self.people.names_of(&passage.call).get(&label).map_or(label, |named| named.marked());
        Ok(Shown { call, seen, who, passage: passage.clone() })
    }
}

impl Shown {
    pub fn day(&self) -> String {
        self.call.started_at.map(|t| t.local().date().to_string()).unwrap_or_default()
    }

    /// `c0123456789#7`, by the turns of the transcript that stands where the words are there.
    pub fn place(&self) -> String {
        format!("{}#{}", self.call.id, self.seen.now.unwrap_or(self.passage.place).numbers())
    }

    /// What is to be said where the words do not stand any more.
    pub fn older(&self) -> Option<String> {
        match &self.seen.rests {
            Rests::Current | Rests::SameWords | Rests::NotKept => None,
            Rests::Lost => Some("These turns are not there any more.".into()),
            Rests::Older { is, number, by, .. } => {
                Some(format!("Transcript {number} by {by} has other words there: “{is}”."))
            }
        }
    }

    /// The words, and under them what a later correction made of them.
    pub fn lines(&self, out: &Output) -> String {
        let text = paragraph(2, &format!("{}: {}", self.who, self.seen.words));
        let older = self.older().map(|older| out.paint(Style::Yellow, &paragraph(2, &older)));
        out.paint(Style::Dim, &text) + &older.unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        let mut value = json!(self.seen);
        value["call"] = json!(self.call.id);
        value["file"] = json!(self.call.files.first().map(|file| &file.name));
        value["started_at"] = json!(self.call.started_at);
        value["passage"] = json!(self.passage);
        value["who"] = json!(self.who);
        value
    }
}
