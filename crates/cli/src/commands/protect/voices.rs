//! Voices that leave in disguise only.

use super::super::Outcome;
use crate::context::Context;
use earwitness_archive::Archive;
use earwitness_desk::{
    kept::Kept,
    people::{People, Target},
    protection::{Kind, Rule, StandIn},
};
use earwitness_model::SpeakerRef;
use std::collections::BTreeMap;

/// What is said wherever a voice is disguised.
pub const NO_ANONYMITY: &str =
    "A disguise is not anonymity: manner, words and accent stay, and who knows the voice may know it still.";

/// The rule for the voice of a person (`p1`, a name), a voice of several calls (`V1`) or one speaker (`CALL:LABEL`).
pub(super) fn protect(who: &str, note: String, context: &Context) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let (term, person) = match named(&archive, who)? {
        Named::Person(id) => (id.clone(), Some(id)),
        Named::Target(target) => (target.to_string(), None),
    };
    let rule = Rule { kind: Kind::Voice, terms: vec![term], stand_in: StandIn::Disguise, exact: false, person, note };
    let kept = archive.write(|tx| Kept::add(tx, author, &rule))?;
    if context.out.json {
        context.out.json(&kept)?;
    } else {
        let places = of_rule(&kept, &People::load(&archive)?, &archive).len();
        context.out.line(&format!("added: {} (the voice of {}, in {places} places, in disguise)", kept.id, who))?;
        context.out.note(NO_ANONYMITY);
        if places == 0 {
            context.out.warn("nobody is linked to this yet: `earwitness people link` says where a person speaks");
        }
    }
    Ok(Outcome::Done)
}

enum Named {
    Person(String),
    Target(Target),
}

fn named(archive: &Archive, who: &str) -> anyhow::Result<Named> {
    match People::load(archive)?.find(who) {
        Ok(person) => Ok(Named::Person(person.id)),
        Err(nobody) => match Target::find(archive, who) {
            Ok(target @ (Target::Speaker(_) | Target::Voice(_))) => Ok(Named::Target(target)),
            Ok(Target::Phone(_)) | Err(earwitness_desk::people::PeopleError::NoTarget(_)) => Err(nobody.into()),
            Err(error) => Err(error.into()),
        },
    }
}

/// Every speaker of a call whose voice is protected, with whom the rule names (`p1`, `V1`, `c…:A`): who has one name is
/// one voice, and gets one disguise.
pub fn voices(archive: &Archive) -> anyhow::Result<BTreeMap<SpeakerRef, String>> {
    let people = People::load(archive)?;
    let mut all = BTreeMap::new();
    for rule in Kept::<Rule>::all(archive)?.iter().filter(|r| r.kind == Kind::Voice) {
        let who = rule.terms.first().cloned().unwrap_or_default();
        all.extend(of_rule(rule, &people, archive).into_iter().map(|speaker| (speaker, who.clone())));
    }
    Ok(all)
}

fn of_rule(rule: &Rule, people: &People, archive: &Archive) -> Vec<SpeakerRef> {
    if let Some(person) = &rule.person {
        return people.speakers_of(person).into_keys().collect();
    }
    // A speaker whose label was corrected away speaks under another now, which the rule cannot know.
    let targets = rule.terms.iter().filter_map(|term| Target::find(archive, term).ok());
    targets.flat_map(|target| people.speakers(&target)).collect()
}
