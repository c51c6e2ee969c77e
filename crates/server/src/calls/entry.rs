//! One call in the list.

use earwitness_archive::Outline;
use earwitness_find::{CallMeta, filters::TurnMeta};
use earwitness_model::{Author, Call, RevisionId, Translation};

/// What the list holds of a call.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What filters ask; without turns while its transcript was not read.
    pub meta: CallMeta,
    /// Seconds.
    pub duration: f64,
    /// What was read of its transcript; none while it has not been.
    pub known: Option<Known>,
}

/// What was read of the revisions that stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The transcript, and the person who made it, where it was a person.
    pub transcript: Option<(RevisionId, Option<String>)>,
    /// ISO 639-1.
    pub language: Option<String>,
    /// How many turns.
    pub turns: u32,
    /// How many of them are doubtful.
    pub doubts: u32,
    /// Whether there is a translation, and whether that is stale.
    pub translation: Option<bool>,
}

impl Entry {
    /// A call of which nothing was read but the table.
    pub fn of(call: Call) -> Self {
        let meta = CallMeta {
            call: call.id,
            started_at: call.started_at,
            from: call.from,
            to: call.to,
            files: call.files.into_iter().map(|file| file.name).collect(),
            place: call.place,
            turns: Vec::new(),
        };
        Self { meta, duration: call.duration, known: None }
    }

    /// With what was read of its transcript.
    #[must_use]
    pub fn with(mut self, (known, turns): Read) -> Self {
        self.known = Some(known);
        self.meta.turns = turns;
        self
    }

    /// The name of the file that is heard, without its folders.
    pub fn name(&self) -> &str {
        let name = self.meta.files.first().map_or(self.meta.call.as_str(), String::as_str);
        name.rsplit('/').next().unwrap_or(name)
    }

    /// How many turns are doubtful.
    pub fn doubts(&self) -> u32 {
        self.known.as_ref().map_or(0, |known| known.doubts)
    }

    /// The language of most of the speech.
    pub fn language(&self) -> Option<&str> {
        self.known.as_ref()?.language.as_deref()
    }
}

/// What was read of a transcript, and its distinct turns as filters see them.
pub type Read = (Known, Vec<TurnMeta>);

impl Known {
    /// What the list needs of an outline; the same as the search index is given.
    pub fn of(outline: &Outline) -> Read {
        let turns = &outline.turns;
        let of = outline.of.clone().unwrap_or_else(|| RevisionId::new(""));
        let lines = Translation { of, language: String::new(), turns: outline.translated.clone() }.of_turns(turns);
        let mut metas: Vec<TurnMeta> = Vec::new();
        for (turn, line) in turns.iter().zip(lines) {
            let meta = TurnMeta {
                language: turn.language.clone().or_else(|| outline.language.clone()),
                speaker: turn.speaker.clone(),
                channel: turn.channel,
                translated: line.is_some(),
                doubtful: turn.doubt.is_some(),
            };
            if !metas.contains(&meta) {
                metas.push(meta);
            }
        }
        metas.shrink_to_fit();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let person = |author: &Author| match author {
            Author::Person { name } => Some(name.clone()),
            Author::Model { .. } => None,
        };
        let known = Self {
            transcript: outline.transcript.as_ref().map(|head| (head.id.clone(), person(&head.author))),
            language: outline.language.clone(),
            turns: count(turns.len()),
            doubts: count(turns.iter().filter(|turn| turn.doubt.is_some()).count()),
            translation: outline.translation.as_ref().map(|_| outline.is_stale()),
        };
        (known, metas)
    }
}
