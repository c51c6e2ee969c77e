//! Calls as the search index is given them: the revisions that stand now.

use earwitness_archive::{Archive, Result};
use earwitness_find::{CallDocument, TurnDocument};
use earwitness_model::{Call, Revision, Turn, TurnTranslation};

/// A call with the transcript and translation that stand. A call that was not heard yet has no turns. The translation
/// of a transcript that was corrected since is used all the same: it is the best there is to find the call by.
///
/// # Errors
/// What the archive gives.
pub fn document(archive: &Archive, call: &Call) -> Result<CallDocument> {
    let transcript = archive.current_transcript(&call.id)?;
    let translation = archive.current_translation(&call.id)?.map(|current| current.revision);
    let transcript = transcript.as_ref().and_then(Revision::transcript);
    let translation = translation.as_ref().and_then(Revision::translation);
    let turns = transcript.map(|t| t.turns.as_slice()).unwrap_or_default();
    let translations = translation.map_or_else(|| vec![None; turns.len()], |t| t.of_turns(turns));
    Ok(CallDocument {
        call: call.id.clone(),
        started_at: call.started_at,
        duration: call.duration,
        from: call.from.clone(),
        to: call.to.clone(),
        files: call.files.iter().map(|file| file.name.clone()).collect(),
        place: call.place.clone(),
        language: transcript.and_then(|t| t.language.clone()),
        turns: (0..)
            .zip(turns.iter().zip(translations))
            .map(|(index, (turn, translation))| turn_document(index, turn, translation))
            .collect(),
    })
}

fn turn_document(index: u32, turn: &Turn, translation: Option<TurnTranslation>) -> TurnDocument {
    TurnDocument {
        index,
        start: turn.start,
        end: turn.end,
        channel: turn.channel,
        speaker: turn.speaker.clone(),
        language: turn.language.clone(),
        text: turn.text.clone(),
        translation: translation.map(|t| t.text),
        doubtful: turn.doubt.is_some(),
    }
}
