//! Who stands behind the words, and whether they still stand.

use super::words::same_words;
use super::{Case, Check, Finding, Level};
use earwitness_model::{
    Author, Revision, Span, Standing, Turn,
    transcript::{TranslatedTurn, TurnTranslation},
};

/// The language of the words that are quoted, ISO 639-1.
pub(super) fn language(case: &Case<'_>) -> Option<String> {
    if let Some(translation) = case.translation.and_then(Revision::translation) {
        return Some(translation.language.clone());
    }
    let transcript = case.transcript.transcript()?;
    let turn = transcript.turns.get(case.quote.first).and_then(|t| t.language.clone());
    turn.or_else(|| transcript.language.clone())
}

/// The quoted turns.
fn turns<'a>(case: &Case<'a>) -> &'a [Turn] {
    let transcript = case.transcript.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    transcript.get(case.quote.first..=case.quote.last).unwrap_or_default()
}

/// The translations of the quoted turns.
fn translated(case: &Case<'_>) -> Vec<TurnTranslation> {
    let all = case.transcript.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    let translation = case.translation.and_then(Revision::translation);
    let found = translation.map(|t| t.of_turns(all)).unwrap_or_default();
    found.into_iter().skip(case.quote.first).take(turns(case).len()).flatten().collect()
}

pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = vec![transcript(case)];
    let mut makers: Vec<String> = person(&case.transcript.author).into_iter().collect();
    if let Some(revision) = case.translation {
        let (finding, translators) = translation(case, revision);
        findings.push(finding);
        makers = translators;
    }
    findings.push(review(case, &makers));
    findings.push(stale(case));
    findings.push(speaker(case));
    findings.extend(doubts(case));
    findings
}

fn person(author: &Author) -> Option<String> {
    match author {
        Author::Person { name } => Some(name.clone()),
        Author::Model { .. } => None,
    }
}

fn transcript(case: &Case<'_>) -> Finding {
    match &case.transcript.author {
        Author::Person { name } => {
            Finding::new(Level::Passed, Check::Transcript, format!("The transcript was corrected by {name}."))
        }
        model @ Author::Model { .. } => {
            let words = format!("No person has corrected the transcript: the words are {model}'s.");
            Finding::new(Level::Decide, Check::Transcript, words)
        }
    }
}

fn translation(case: &Case<'_>, revision: &Revision) -> (Finding, Vec<String>) {
    let turns = translated(case);
    if turns.iter().any(|t| revision.is_draft(t.taken.as_ref())) {
        let words = "The translation of these words is a machine's draft; no person has made or changed it.";
        return (Finding::new(Level::Decide, Check::Translation, words), Vec::new());
    }
    let maker = |t: &TurnTranslation| match &t.taken {
        Some(taken) => taken.person.clone(),
        None => person(&revision.author),
    };
    let mut people: Vec<String> = turns.iter().filter_map(maker).collect();
    people.sort();
    people.dedup();
    let words = format!("The translation is by {}.", people.join(" and "));
    (Finding::new(Level::Passed, Check::Translation, words), people)
}

/// Four eyes: somebody who did not make the words has read them.
fn review(case: &Case<'_>, makers: &[String]) -> Finding {
    let quoted = case.translation.map_or(&case.transcript.id, |t| &t.id);
    let kind = if case.translation.is_some() { "translation" } else { "transcript" };
    let readers = case.reviews.iter().filter(|r| r.revision == *quoted).map(|r| r.by.as_str());
    let (own, others): (Vec<&str>, Vec<&str>) = readers.partition(|by| makers.iter().any(|m| m == by));
    match (others.first(), own.first()) {
        (Some(_), _) if makers.is_empty() => {
            let words =
                format!("{} has read the {kind}, which a machine made: two eyes, not four.", others.join(" and "));
            Finding::new(Level::Decide, Check::Review, words)
        }
        (Some(_), _) => {
            let words = format!("The {kind} was read by {}.", others.join(" and "));
            Finding::new(Level::Passed, Check::Review, words)
        }
        (None, Some(by)) => {
            let words = format!("The {kind} was read only by {by}, who made it; a second person must read it.");
            Finding::new(Level::Decide, Check::Review, words)
        }
        (None, None) => Finding::new(Level::Decide, Check::Review, format!("No second person has read the {kind}.")),
    }
}

fn stale(case: &Case<'_>) -> Finding {
    let mut changed = Vec::new();
    for turn in turns(case) {
        changed.extend(changed_words(case, turn));
    }
    if case.translation.is_some() && changed.is_empty() {
        changed.extend(changed_translation(case));
    }
    if !changed.is_empty() {
        return Finding::new(Level::Broken, Check::Stale, format!("STALE: {}", changed.join(" ")));
    }
    let newer = case.transcript.id != case.transcript_now.id
        || case.translation.map(|t| &t.id)
            != case.translation_now.map(|t| &t.id).filter(|_| case.translation.is_some());
    if newer {
        let words = "There are later revisions of this call, in which these words are the same.";
        return Finding::new(Level::Note, Check::Stale, words);
    }
    Finding::new(Level::Passed, Check::Stale, "No later revision has changed these words.")
}

/// What became of a turn's words in the transcript that stands now.
fn changed_words(case: &Case<'_>, turn: &Turn) -> Option<String> {
    let now = case.transcript_now;
    let old = case.transcript.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    let new = now.transcript().map(|t| t.turns.as_slice()).unwrap_or_default();
    let by = format!("revision {} by {}", now.number, now.author);
    if let Some((was, is)) = other_words(turn, old, new) {
        return Some(format!("{by} has other words where “{was}” was: “{is}”."));
    }
    let new: Vec<&Turn> = new.iter().filter(|t| t.channel == turn.channel).collect();
    let own = turn.span();
    let mostly = new.iter().max_by(|a, b| a.span().overlap(&own).total_cmp(&b.span().overlap(&own)));
    let other = mostly.filter(|t| t.speaker != turn.speaker)?;
    Some(format!("{by} gives “{}” to {}, no longer to {}.", turn.text, other.speaker, turn.speaker))
}

/// What is said where a turn stands, in the turns it belongs to and in those of another transcript of the call; nothing
/// where these are the same words.
pub fn other_words(turn: &Turn, old: &[Turn], new: &[Turn]) -> Option<(String, String)> {
    let old: Vec<&Turn> = old.iter().filter(|t| t.channel == turn.channel).collect();
    let new: Vec<&Turn> = new.iter().filter(|t| t.channel == turn.channel).collect();
    let here = common(turn.span(), &spans(&old, |t| t.span()), &spans(&new, |t| t.span()));
    let texts = |turns: &[&Turn]| joined(turns.iter().map(|t| (t.span(), t.text.as_str())), here);
    let (was, is) = (texts(&old), texts(&new));
    (!same_words(&was, &is)).then_some((was, is))
}

fn changed_translation(case: &Case<'_>) -> Vec<String> {
    let Some(now) = case.translation_now else { return vec!["the translation is gone.".into()] };
    let all = |r: Option<&Revision>, channel: u16| {
        let turns = r.and_then(Revision::translation).map(|t| t.turns.as_slice()).unwrap_or_default();
        turns.iter().filter(|t| t.channel == channel).cloned().collect::<Vec<_>>()
    };
    let mut changed = Vec::new();
    for turn in turns(case) {
        let (old, new) = (all(case.translation, turn.channel), all(Some(now), turn.channel));
        let (old, new) = (old.iter().collect::<Vec<_>>(), new.iter().collect::<Vec<_>>());
        let here = common(turn.span(), &spans(&old, |t| t.span()), &spans(&new, |t| t.span()));
        let texts = |turns: &[&TranslatedTurn]| joined(turns.iter().map(|t| (t.span(), t.text.as_str())), here);
        let (was, is) = (texts(&old), texts(&new));
        if !same_words(&was, &is) {
            let by = format!("translation {} by {}", now.number, now.author);
            changed.push(format!("{by} has other words where “{was}” was: “{is}”."));
        }
    }
    changed
}

fn spans<T>(turns: &[&T], span: impl Fn(&T) -> Span) -> Vec<Span> {
    turns.iter().map(|t| span(t)).collect()
}

/// The stretch around a turn that begins and ends between turns in both revisions: where turns were joined or split,
/// the words of the whole stretch must be compared, so that a word put before the quoted ones is not overlooked.
fn common(own: Span, old: &[Span], new: &[Span]) -> Span {
    let mut here = own;
    for _ in 0..old.len() + new.len() {
        let all = old.iter().chain(new).filter(|s| touch(**s, here));
        let grown = all.fold(here, |a, b| Span::new(a.start.min(b.start), a.end.max(b.end)));
        if grown == here {
            break;
        }
        here = grown;
    }
    here
}

/// The texts of what touches a stretch.
fn joined<'a>(turns: impl Iterator<Item = (Span, &'a str)>, here: Span) -> String {
    turns.filter(|(span, _)| touch(*span, here)).map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

/// Whether two spans share any time; two that only meet at a rounded edge do not.
fn touch(a: Span, b: Span) -> bool {
    a.overlap(&b) > 0.01
}

fn speaker(case: &Case<'_>) -> Finding {
    let Some(who) = case.speaker else {
        return Finding::new(Level::Decide, Check::Speaker, "Nobody has said who speaks.");
    };
    let (level, words) = match who.standing {
        Standing::Confirmed => (Level::Passed, format!("The speaker is confirmed: {}.", who.name)),
        Standing::Suggested => (Level::Decide, format!("That {} speaks is suggested, and not confirmed.", who.name)),
        Standing::Disputed => (Level::Decide, format!("That {} speaks is disputed.", who.name)),
        Standing::Rejected => (Level::Broken, format!("It was decided that {} does not speak here.", who.name)),
    };
    Finding::new(level, Check::Speaker, words)
}

/// Doubts of the transcript that stand on the quoted turns.
fn doubts(case: &Case<'_>) -> Vec<Finding> {
    let doubt = |t: &Turn| {
        let doubt = t.doubt.as_ref()?;
        let words = format!("The transcript has a doubt here: {} ({}).", doubt.reason.words(), doubt.detail);
        Some(Finding::new(Level::Decide, Check::Transcript, words))
    };
    turns(case).iter().filter_map(doubt).collect()
}
