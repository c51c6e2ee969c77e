//! What is kept of voices: groups and decisions as records, so that everything can be looked up, undone and verified.

use super::{Decision, Decisions, Group, Party, Plan, Scene, Strict, TooManyAlike, group, split};
use crate::kept::{Keepable, Kept};
use earwitness_archive::{Archive, Error as ArchiveError, Tx};
use earwitness_model::{Author, Call, Digest, SpeakerRef, Standing, Voiceprint};
use std::collections::BTreeSet;

impl Keepable for Group {
    const KIND: &'static str = "voice";
    const LETTER: &'static str = "V";
}

impl Keepable for Decision {
    const KIND: &'static str = "voice-pair";
    const LETTER: &'static str = "D";
}

/// What went wrong with voices.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VoicesError {
    /// The archive refuses.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Nobody has this name.
    #[error("there is no voice {0:?} in this archive")]
    NotFound(String),
    /// A speaker who has no voiceprint.
    #[error("{0} has no voiceprint: too little speech, not measured yet, or forgotten")]
    NotMeasured(SpeakerRef),
    /// One speaker given twice.
    #[error("{0} is one speaker: give two")]
    OneSpeaker(SpeakerRef),
    /// What somebody rejected is decided the other way.
    #[error("{a} and {b} were held to be two voices by {by}, and stay so until somebody opens that again")]
    Rejected {
        /// One of them.
        a: SpeakerRef,
        /// The other.
        b: SpeakerRef,
        /// Who said so.
        by: String,
    },
    /// Decisions that cannot all hold.
    #[error("this would contradict other decisions: {a} and {b} were held to be two voices, and would be one")]
    Contradiction {
        /// One of them.
        a: SpeakerRef,
        /// The other.
        b: SpeakerRef,
    },
    /// There is no decision to open again.
    #[error("nobody decided anything about {a} and {b}")]
    NothingDecided {
        /// One of them.
        a: SpeakerRef,
        /// The other.
        b: SpeakerRef,
    },
    /// A speaker who is not in the group they are to leave.
    #[error("{speaker} is not in {voice}")]
    NotAMember {
        /// Who.
        speaker: SpeakerRef,
        /// The group.
        voice: String,
    },
    /// Too many to be grouped.
    #[error(transparent)]
    TooManyAlike(#[from] TooManyAlike),
}

/// What is done with voices gives this.
pub type Result<T> = std::result::Result<T, VoicesError>;

/// All voices of an archive at one moment, with what was grouped and decided.
#[derive(Clone, Debug)]
pub struct Voices {
    /// By call and label.
    pub prints: Vec<Voiceprint>,
    /// All calls.
    pub calls: Vec<Call>,
    /// `V1`, `V2` ….
    pub groups: Vec<Kept<Group>>,
    /// In the order in which they were first made.
    pub decisions: Vec<Kept<Decision>>,
    named: Vec<(String, Group)>,
    said: Decisions,
}

impl Voices {
    /// Reads all of it.
    ///
    /// # Errors
    /// What the archive gives.
    pub fn load(archive: &Archive) -> Result<Self> {
        let groups = Kept::<Group>::all(archive)?;
        let decisions = Kept::<Decision>::all(archive)?;
        let named = groups.iter().map(|kept| (kept.id.clone(), kept.is.clone())).collect();
        let said = Decisions::new(decisions.iter().map(|kept| kept.is.clone()));
        let (prints, calls) = (archive.voiceprints()?, archive.calls()?);
        Ok(Self { prints, calls, groups, decisions, named, said })
    }

    /// Ready to be compared.
    pub fn scene(&self) -> Scene<'_> {
        Scene::new(&self.prints, &self.calls, &self.named, &self.said)
    }

    /// The group of this name.
    pub fn group(&self, name: &str) -> Option<&Kept<Group>> {
        self.groups.iter().find(|kept| kept.id.eq_ignore_ascii_case(name))
    }

    /// What people mean by a text: `V1`, or `CALL:A` (a speaker with a voiceprint, or in a group).
    ///
    /// # Errors
    /// [`VoicesError::NotFound`], [`VoicesError::NotMeasured`], [`ArchiveError::Ambiguous`], what the archive gives.
    pub fn find(&self, archive: &Archive, text: &str) -> Result<Party> {
        let text = text.trim();
        let Some((call, label)) = text.rsplit_once(':') else {
            let kept = self.group(text).ok_or_else(|| VoicesError::NotFound(text.into()))?;
            return Ok(Party { voice: Some(kept.id.clone()), members: kept.members.clone() });
        };
        let speaker = SpeakerRef::new(archive.find_call(call)?.id, label.trim());
        let known = self.prints.iter().any(|print| print.speaker == speaker)
            || self.groups.iter().any(|kept| kept.members.contains(&speaker));
        if !known {
            return Err(VoicesError::NotMeasured(speaker));
        }
        Ok(Party { voice: None, members: vec![speaker] })
    }

    /// The decision about two speakers themselves, not what follows from others.
    pub fn decision(&self, a: &SpeakerRef, b: &SpeakerRef) -> Option<&Kept<Decision>> {
        self.decisions.iter().find(|kept| kept.is_about(a, b))
    }
}

/// Forms groups above a strict threshold, and keeps every change as a revision by the machine.
///
/// # Errors
/// [`VoicesError::TooManyAlike`], what the archive gives.
pub fn form(tx: &Tx<'_>, strict: &Strict) -> Result<Plan> {
    let voices = Voices::load(tx)?;
    let plan = group::plan(&voices.scene(), &voices.named, strict)?;
    let weights = voices.prints.first().map_or_else(|| Digest::of(b""), |print| print.weights);
    let author = Author::Model {
        name: "voice-groups".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        weights,
        parameters: serde_json::json!({
            "calibration": super::score::CALIBRATION, "linkage": strict.linkage,
            "threshold": strict.threshold, "least_seconds": strict.least_seconds,
        }),
    };
    carry_out(tx, &voices, &plan, &author)?;
    Ok(plan)
}

/// A person's word on two speakers: `confirmed`, `rejected`, `disputed`, or `suggested` to open it again. The groups
/// that the two stand in follow. Gives what became of groups.
///
/// # Errors
/// [`VoicesError::OneSpeaker`], [`VoicesError::Rejected`], [`VoicesError::Contradiction`],
/// [`VoicesError::NothingDecided`], what the archive gives.
pub fn decide(
    tx: &Tx<'_>,
    author: &Author,
    (a, b): (&SpeakerRef, &SpeakerRef),
    standing: Standing,
    note: Option<String>,
) -> Result<Plan> {
    let voices = Voices::load(tx)?;
    let one = || VoicesError::OneSpeaker(a.clone());
    let decision = Decision::new(a.clone(), b.clone(), standing, note).ok_or_else(one)?;
    match voices.decision(a, b) {
        Some(kept) if kept.standing == Standing::Rejected && standing == Standing::Confirmed => {
            return Err(rejected(kept));
        }
        None if standing == Standing::Suggested => {
            return Err(VoicesError::NothingDecided { a: a.clone(), b: b.clone() });
        }
        _ => {}
    }
    keep_all(tx, &voices, author, vec![decision])?;
    follow(tx, author, &[a, b])
}

/// A person's word that all members of these are one voice.
///
/// # Errors
/// As [`decide`].
pub fn join(tx: &Tx<'_>, author: &Author, members: &BTreeSet<SpeakerRef>, note: Option<&str>) -> Result<Plan> {
    let voices = Voices::load(tx)?;
    let mut members = members.iter();
    let Some(first) = members.next() else { return Ok(Plan::default()) };
    let mut decisions = Vec::new();
    let mut all = vec![first];
    for member in members {
        all.push(member);
        let known = voices.decision(first, member);
        if let Some(kept) = known.filter(|kept| kept.standing == Standing::Rejected) {
            return Err(rejected(kept));
        }
        // What is confirmed or follows from it is not written again.
        if voices.said.standing(first, member) != Standing::Confirmed {
            let note = note.map(str::to_owned);
            decisions.extend(Decision::new(first.clone(), member.clone(), Standing::Confirmed, note));
        }
    }
    if all.len() < 2 {
        return Err(VoicesError::OneSpeaker(first.clone()));
    }
    keep_all(tx, &voices, author, decisions)?;
    follow(tx, author, &all)
}

/// A person's word that a speaker is not the voice of a group; the others stay as they are.
///
/// # Errors
/// [`VoicesError::NotFound`], [`VoicesError::NotAMember`], what the archive gives.
pub fn leave(tx: &Tx<'_>, author: &Author, voice: &str, speaker: &SpeakerRef, note: Option<&str>) -> Result<Plan> {
    let voices = Voices::load(tx)?;
    let kept = voices.group(voice).ok_or_else(|| VoicesError::NotFound(voice.into()))?;
    if !kept.members.contains(speaker) {
        return Err(VoicesError::NotAMember { speaker: speaker.clone(), voice: kept.id.clone() });
    }
    let said: Vec<Decision> = voices.decisions.iter().map(|kept| kept.is.clone()).collect();
    let split = split(&kept.members, speaker, &said);
    let decision = |(a, b): (SpeakerRef, SpeakerRef), standing| Decision::new(a, b, standing, note.map(str::to_owned));
    let mut decisions: Vec<Decision> =
        split.confirmed.into_iter().filter_map(|pair| decision(pair, Standing::Confirmed)).collect();
    decisions.extend(split.rejected.into_iter().filter_map(|pair| decision(pair, Standing::Rejected)));
    keep_all(tx, &voices, author, decisions)?;
    follow(tx, author, &kept.members.iter().collect::<Vec<_>>())
}

/// Removes voiceprints for good; they are not made again. Groups that a machine formed lose these speakers; what
/// people decided stays, for it holds no measurement. Gives how many voices were new to be forgotten.
///
/// # Errors
/// What the archive gives.
pub fn forget(tx: &Tx<'_>, author: &Author, speakers: &[SpeakerRef]) -> Result<usize> {
    let count = tx.forget_voiceprints(speakers)?;
    follow(tx, author, &speakers.iter().collect::<Vec<_>>())?;
    Ok(count)
}

fn rejected(kept: &Kept<Decision>) -> VoicesError {
    VoicesError::Rejected { a: kept.a.clone(), b: kept.b.clone(), by: kept.by.to_string() }
}

/// Keeps decisions, each as a new revision of what was decided of its pair, unless they contradict each other.
fn keep_all(tx: &Tx<'_>, voices: &Voices, author: &Author, decisions: Vec<Decision>) -> Result<()> {
    let replaced = |old: &&Kept<Decision>| !decisions.iter().any(|new| new.is_about(&old.a, &old.b));
    let others = voices.decisions.iter().filter(replaced).map(|kept| kept.is.clone());
    let all = Decisions::new(others.chain(decisions.iter().cloned()));
    let before: Vec<&Decision> = voices.said.contradictions().iter().collect();
    if let Some(new) = all.contradictions().iter().find(|c| !before.contains(c)) {
        return Err(VoicesError::Contradiction { a: new.a.clone(), b: new.b.clone() });
    }
    for decision in &decisions {
        match voices.decision(&decision.a, &decision.b) {
            Some(kept) => kept.change(tx, author.clone(), decision)?,
            None => Kept::add(tx, author.clone(), decision)?,
        };
    }
    Ok(())
}

/// Brings the groups that these speakers stand in, or that they form, in line with what was decided; no others.
fn follow(tx: &Tx<'_>, author: &Author, speakers: &[&SpeakerRef]) -> Result<Plan> {
    let voices = Voices::load(tx)?;
    let touched = |group: &Group| group.members.iter().any(|m| speakers.contains(&m));
    let groups: Vec<(String, Group)> = voices.named.iter().filter(|(_, group)| touched(group)).cloned().collect();
    let mut concerned: BTreeSet<&SpeakerRef> = groups.iter().flat_map(|(_, group)| &group.members).collect();
    concerned.extend(speakers);
    let prints: Vec<Voiceprint> = voices.prints.iter().filter(|p| concerned.contains(&p.speaker)).cloned().collect();
    let about = |decision: &Decision| concerned.contains(&decision.a) && concerned.contains(&decision.b);
    let said = Decisions::new(voices.decisions.iter().map(|kept| kept.is.clone()).filter(about));
    let scene = Scene::new(&prints, &voices.calls, &groups, &said);
    let method = groups.iter().find_map(|(_, group)| group.method.as_ref());
    let strict = method.map_or_else(
        || Strict::among(voices.prints.len()),
        |m| Strict { threshold: m.threshold, least_seconds: m.least_seconds, linkage: m.linkage },
    );
    let plan = group::plan(&scene, &groups, &strict)?;
    carry_out(tx, &voices, &plan, author)?;
    Ok(plan)
}

fn carry_out(tx: &Tx<'_>, voices: &Voices, plan: &Plan, author: &Author) -> Result<()> {
    for (name, group) in &plan.changed {
        if let Some(kept) = voices.group(name) {
            kept.change(tx, author.clone(), group)?;
        }
    }
    for name in &plan.dissolved {
        if let Some(kept) = voices.group(name) {
            kept.withdraw(tx, author.clone())?;
        }
    }
    for group in &plan.new {
        Kept::add(tx, author.clone(), group)?;
    }
    Ok(())
}
