//! What people change in one call.

use super::view;
use crate::{
    app::App,
    code::Code,
    error::{Answer, Problem},
    input::Sent,
    session::Visitor,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
};
use earwitness_archive::{ActorName, Archive};
use earwitness_desk::{
    correction::{self, PageLine, PageTurn},
    editing::{self, Corrected, Correction, EditingError},
    fidelity::{self, Review},
    kept::Kept,
    people::{self, Person, Target},
    speakers::{self, LineSide, Relabel, SideOf},
};
use earwitness_model::{Author, Call, CallId, Revision, RevisionId, Span, SpeakerRef, Standing};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// The most turns of a call.
const MOST: usize = 50_000;

/// A transcript as a page edited it.
#[derive(Deserialize)]
pub struct Edited {
    based_on: RevisionId,
    tab: Option<String>,
    turns: Vec<EditedTurn>,
    translation: Option<Vec<EditedLine>>,
    translation_based_on: Option<RevisionId>,
}

#[derive(Deserialize)]
struct EditedTurn {
    start: f64,
    end: f64,
    channel: u16,
    speaker: String,
    text: String,
    #[serde(default)]
    unintelligible: bool,
    #[serde(default)]
    settled: bool,
}

#[derive(Deserialize)]
struct EditedLine {
    start: f64,
    end: f64,
    channel: u16,
    text: String,
    #[serde(default)]
    vouched: bool,
}

impl From<EditedTurn> for PageTurn {
    fn from(turn: EditedTurn) -> Self {
        let EditedTurn { start, end, channel, speaker, text, unintelligible, settled } = turn;
        Self { span: Span { start, end }, channel, speaker, text, unintelligible, settled }
    }
}

impl From<EditedLine> for PageLine {
    fn from(line: EditedLine) -> Self {
        let EditedLine { start, end, channel, text, vouched } = line;
        Self { span: Span { start, end }, channel, text, vouched }
    }
}

/// The call after a change, and its revision where there is a new one.
type Changed = (Value, Option<RevisionId>);

/// Changes a call in a person's name, tells all pages, and gives the call as it stands then.
async fn change(
    app: &Arc<App>,
    visitor: &Visitor,
    id: String,
    tab: Option<String>,
    act: impl FnOnce(&Archive, &Call, &Author) -> Answer<Option<RevisionId>> + Send + 'static,
) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    let (own, id) = (Arc::clone(app), CallId::new(id));
    let call = id.clone();
    let by = actor.clone();
    let done = app.write(actor, move |archive| {
        let known = archive.call(&call)?;
        let revision = act(archive, &known, &Author::person(by.as_str()))?;
        Ok((view::whole(&own, archive, &call)?, revision))
    });
    let (view, revision): Changed = done.await?;
    if let Some(revision) = revision {
        let by = visitor.person.as_ref().map_or("", ActorName::as_str);
        app.events.call(id.as_str(), Some(revision.as_str()), by, tab.as_deref());
    }
    Ok(Json(view))
}

/// What is new of a correction, for those who are told.
fn newest(kept: Corrected) -> Option<RevisionId> {
    kept.transcript.or(kept.translation)
}

/// Keeps a corrected transcript, and the translation beside it.
pub async fn transcript(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(edited): Sent<Edited>,
) -> Answer<Json<Value>> {
    if edited.turns.len() > MOST || edited.translation.as_ref().is_some_and(|lines| lines.len() > MOST) {
        let problem = Problem::unclear("no call has so many turns", "load the call again");
        return Err(problem.code(Code::TooManyTurns));
    }
    let tab = edited.tab.clone();
    change(&app, &visitor, id, tab, move |archive, call, author| keep(archive, call, author, edited)).await
}

fn keep(archive: &Archive, call: &Call, author: &Author, edited: Edited) -> Answer<Option<RevisionId>> {
    let none = || EditingError::NoTranscript(call.id.clone());
    let current = archive.current_transcript(&call.id)?.ok_or_else(none)?;
    let translation = archive.current_translation(&call.id)?.map(|t| t.revision);
    let translated = edited.translation.is_some();
    let stands = !translated || edited.translation_based_on.as_ref() == translation.as_ref().map(|t| &t.id);
    if edited.based_on != current.id || !stands {
        return Err(overtaken(&current, translation.as_ref()));
    }
    let Some(base) = current.transcript() else { return Err(EditingError::NotATranscript(current.id).into()) };
    let turns: Vec<PageTurn> = edited.turns.into_iter().map(PageTurn::from).collect();
    let lines: Vec<PageLine> = edited.translation.unwrap_or_default().into_iter().map(PageLine::from).collect();
    let text = correction::edited(base, &current.id, &turns, &lines);
    let correction = Correction::new(archive, call, current.clone(), &current.id, &text)?;
    if !correction.applied.changed && correction.translated(&current.id).is_none() {
        return Ok(None);
    }
    match archive.try_write(|tx| correction.keep(tx, call, author)) {
        Ok(kept) => Ok(newest(kept)),
        Err(EditingError::Overtaken) => {
            let now = archive.current_transcript(&call.id)?.unwrap_or(current);
            Err(overtaken(&now, archive.current_translation(&call.id)?.map(|t| t.revision).as_ref()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Somebody else was faster. Nothing is overwritten.
fn overtaken(transcript: &Revision, translation: Option<&Revision>) -> Problem {
    let (by, _) = view::author(&transcript.author);
    let what = format!("the call was changed meanwhile: revision {} by {by} stands now", transcript.number);
    let current = json!({"transcript": view::head_of(transcript), "translation": translation.map(view::head_of)});
    let problem = Problem::conflict(what, "look at it and make your change there; nothing of either is lost");
    problem.code(Code::Overtaken).beside("current", current)
}

/// A revision to be put back.
#[derive(Deserialize)]
pub struct Earlier {
    revision: RevisionId,
    tab: Option<String>,
}

/// Puts back what an earlier revision said.
pub async fn restore(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(earlier): Sent<Earlier>,
) -> Answer<Json<Value>> {
    let put = move |archive: &Archive, call: &Call, author: &Author| {
        Ok(newest(archive.try_write(|tx| editing::restore(tx, author, call, &earlier.revision))?))
    };
    change(&app, &visitor, id, earlier.tab.clone(), put).await
}

/// What is to be said of speakers.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Speakers {
    /// All turns of one are another's.
    Merge {
        /// Who goes.
        from: String,
        /// Who stays.
        into: String,
    },
    /// Another label.
    Rename {
        /// The label.
        from: String,
        /// The new one.
        to: String,
    },
    /// Some turns are another's.
    Turns {
        /// From 0.
        turns: BTreeSet<usize>,
        /// Whose.
        label: String,
    },
    /// Who that is.
    Assign {
        /// The speaker.
        label: String,
        /// Somebody who is known.
        person: Option<String>,
        /// Somebody who is new.
        new_person: Option<String>,
    },
    /// On which side of the line.
    Side {
        /// The speaker.
        label: String,
        /// None: it is not known.
        side: Option<LineSide>,
    },
    /// The labels as they were before.
    Undo,
}

/// Corrects who speaks.
pub async fn speakers(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(said): Sent<Speakers>,
) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    let decided = matches!(said, Speakers::Assign { .. });
    let answer = change(&app, &visitor, id, None, move |archive, call, author| {
        let relabelled = |change: Relabel| {
            let done = archive.try_write(|tx| speakers::relabel(tx, author, call, &change))?;
            Ok(Some(done.transcript.id))
        };
        match said {
            Speakers::Merge { from, into } => relabelled(Relabel::Merge { from, into }),
            Speakers::Rename { from, to } => relabelled(Relabel::Rename { from, to }),
            Speakers::Turns { turns, label } => relabelled(Relabel::Assign { turns, to: label }),
            Speakers::Undo => relabelled(Relabel::Undo),
            Speakers::Side { label, side } => {
                let of = SideOf::Speaker(label);
                archive.try_write(|tx| speakers::set_side(tx, author.clone(), call, of, side))?;
                Ok(archive.current_transcript(&call.id)?.map(|t| t.id))
            }
            Speakers::Assign { label, person, new_person } => {
                assign(archive, actor.as_str(), call, &label, (person, new_person))?;
                Ok(archive.current_transcript(&call.id)?.map(|t| t.id))
            }
        }
    });
    let answer = answer.await?;
    if decided {
        app.events.archive("people");
    }
    Ok(answer)
}

/// Who a speaker is: by the word of whoever sits here, and so confirmed. Without anybody, what was linked to just this
/// speaker is taken back.
fn assign(
    archive: &Archive,
    who: &str,
    call: &Call,
    label: &str,
    (known, new): (Option<String>, Option<String>),
) -> Answer<()> {
    let done = archive.try_write(|tx| -> people::Result<()> {
        let target = Target::find(tx, &format!("{}:{label}", call.id))?;
        let person = match (known, new) {
            (Some(known), _) => people::find(tx, &known)?,
            (None, Some(name)) => people::add(tx, Author::person(who), Person { name, ..Person::default() })?,
            (None, None) => {
                let speaker = Target::Speaker(SpeakerRef::new(call.id.clone(), label));
                let links = Kept::<people::Link>::all(tx)?.into_iter();
                for link in links.filter(|link| link.target == speaker && link.standing != Standing::Rejected) {
                    people::unlink(tx, who, &link.id)?;
                }
                return Ok(());
            }
        };
        people::link(tx, who, &person, target, Standing::Confirmed, Vec::new())?;
        Ok(())
    });
    Ok(done?)
}

/// What was read.
#[derive(Deserialize)]
pub struct HaveRead {
    what: String,
    revision: RevisionId,
}

/// Keeps that a second person has read a revision against what it was made from.
pub async fn reviewed(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Sent(read): Sent<HaveRead>,
) -> Answer<Json<Value>> {
    let actor = visitor.actor()?;
    change(&app, &visitor, id, None, move |archive, call, author| {
        let standing = match read.what.as_str() {
            "transcript" => archive.current_transcript(&call.id)?,
            "translation" => archive.current_translation(&call.id)?.map(|t| t.revision),
            other => return Err(Problem::unclear(format!("{other:?} cannot be read"), "transcript or translation")),
        };
        let Some(revision) = standing.filter(|standing| standing.id == read.revision) else {
            let problem = Problem::conflict("another revision stands now", "read that one");
            return Err(problem.code(Code::AnotherRevision));
        };
        if fidelity::makers(&revision) == BTreeSet::from([actor.as_str().to_owned()]) {
            let what = format!("{actor} made this {}; a second person must read it", read.what);
            let problem = Problem::conflict(what, "ask somebody else to read it");
            return Err(problem.code(Code::SecondPerson).value("person", actor.as_str()));
        }
        let review = Review { revision: revision.id.clone(), by: actor.as_str().into() };
        if !Kept::<Review>::all(archive)?.iter().any(|kept| kept.is == review) {
            archive.write(|tx| Kept::add(tx, author.clone(), &review))?;
        }
        Ok(Some(revision.id))
    })
    .await
}
