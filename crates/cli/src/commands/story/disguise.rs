//! Which clips leave in another voice. How a voice is disguised is drawn by chance for each building of a story and each
//! voice in it, and is written down nowhere: whoever had it could turn it back.

use super::proof::Proof;
use crate::commands::protect::voices::{NO_ANONYMITY, voices};
use anyhow::Context as _;
use earwitness_archive::Archive;
use earwitness_audio::Disguise;
use earwitness_model::{SpeakerRef, Turn};
use earwitness_publish::story::Story;
use std::{collections::BTreeMap, fs, io::Read};

/// The disguises of one building.
pub(super) struct Voices<'s> {
    story: &'s Story,
    /// By rules of the archive.
    protected: BTreeMap<SpeakerRef, String>,
    drawn: BTreeMap<String, Disguise>,
}

impl<'s> Voices<'s> {
    pub fn load(archive: &Archive, story: &'s Story) -> anyhow::Result<Self> {
        Ok(Self { story, protected: voices(archive)?, drawn: BTreeMap::new() })
    }

    /// The disguise of a clip in which these turns are heard; none where every voice may be heard as it is.
    pub fn disguise(&mut self, proof: &Proof, turns: &[&Turn]) -> anyhow::Result<Option<Disguise>> {
        let by_head = |turn: &&Turn| {
            let (key, person) = self.story.head.speaker(&proof.short, &turn.speaker)?;
            person.disguise.then(|| format!("head {key}"))
        };
        let by_rule = |turn: &&Turn| {
            let speaker = SpeakerRef::new(proof.call.id.clone(), &turn.speaker);
            self.protected.get(&speaker).cloned()
        };
        let who = turns.iter().find_map(|turn| by_rule(turn).or_else(|| by_head(turn)));
        let Some(who) = who.or_else(|| self.by_quote(proof)) else { return Ok(None) };
        if let Some(known) = self.drawn.get(&who) {
            return Ok(Some(*known));
        }
        let mut random = [0; 8];
        let read = fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut random));
        read.context("this computer gives no random numbers")?;
        Ok(Some(*self.drawn.entry(who).or_insert(Disguise::drawn(random))))
    }

    /// A quote may name its speaker itself (`by=artyom`).
    fn by_quote(&self, proof: &Proof) -> Option<String> {
        let quote = self.story.quotes.iter().find(|quote| quote.line == proof.line && quote.label() == proof.label)?;
        let key = quote.by.as_ref()?;
        self.story.head.people.get(key)?.disguise.then(|| format!("head {key}"))
    }

    /// What the method page has to say; nothing where no voice was changed.
    pub fn remark(&self) -> String {
        match (self.drawn.is_empty(), self.story.head.language.as_str()) {
            (true, _) => String::new(),
            (false, "uk") => "\n\nГолоси деяких людей у записах змінено. Змінений голос не означає, що людину не \
                можна впізнати: манера, слова й вимова лишаються."
                .into(),
            _ => format!("\n\nThe voices of some people in the recordings were changed. {NO_ANONYMITY}"),
        }
    }
}
