//! Every sound in a folder, heard as an enemy would: what is said in it, and whose voice it is.

use super::super::protect::voices::voices;
use crate::{
    context::Context,
    listening::{Ears, HeardAgain, HeardTurn, reason},
    output::clean,
    progress::{Progress, Unit},
};
use anyhow::Context as _;
use earwitness_archive::Archive;
use earwitness_audio::{Decoded, Limits, decode_bytes, sniff};
use earwitness_desk::{
    kept::Kept,
    protection::{Guard, Hit, Listened, Uttered, fold},
    voices::Likelihood,
};
use earwitness_model::{Span, SpeakerRef, Voiceprint, time::clock};
use earwitness_publish::leak::{LARGEST, Leak, Level};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// From this log10 likelihood ratio on a clip is said to be in a protected voice: the most that the calibration allows to say.
/// Of the corpus' 189 turns of three seconds and more every one lies above it as it is, one of eleven in disguise: a
/// building draws another one. docs/benchmarks.md has the table.
pub(super) const SAME_VOICE: f64 = 2.0;
/// Seconds of speech under which a voice is not measured.
const SHORTEST: f64 = 1.5;
/// Endings of files that must be heard, whatever their bytes look like.
const ENDINGS: [&str; 12] = ["wav", "mp3", "ogg", "oga", "opus", "m4a", "mp4", "aac", "flac", "amr", "webm", "mka"];
/// A hearing is repeated in each of these that it may be, besides the one that was found: a name is written as the language
/// has it.
const NEIGHBOURS: [&str; 2] = ["ru", "uk"];

/// A sound that lies in the folder.
struct SoundFile {
    name: String,
    sound: Result<Decoded, String>,
}

/// Something that was heard; where it was heard only nearly, what a person who listened would say: that it is not there.
pub(super) struct Heard {
    pub leak: Leak,
    pub not_there: Option<Listened>,
}

/// Everything that is heard in the folder's sounds and must not be. What somebody listened to and found to be something
/// else is left out.
pub(super) fn check(dir: &Path, archive: &Archive, guard: &Guard, context: &Context) -> anyhow::Result<Vec<Heard>> {
    let files = sounds(dir)?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let ears = Ears::new(context, archive);
    let hidden = Hidden::load(archive, context)?;
    let listened = Kept::<Listened>::all(archive)?;
    let progress = Progress::new(&context.out, "listening", files.len() as u64, Unit::Count);
    let mut all = Vec::new();
    for (done, file) in files.iter().enumerate() {
        progress.at(done as u64, &clean(&file.name));
        let heard = match &file.sound {
            Ok(sound) => of_sound(sound, &ears, guard, &hidden),
            Err(why) => Err(anyhow::anyhow!("{why}")),
        };
        match heard {
            Ok(found) => all.extend(found.into_iter().map(|found| found.of(file))),
            Err(error) if crate::interrupt::asked() => return Err(error),
            Err(error) => {
                let what = format!("nobody heard it: {}", reason(&error));
                all.push(Found { place: "in the sound".into(), what, text: String::new(), near: None }.of(file));
            }
        }
    }
    progress.finish();
    let same = |heard: &Heard, known: &Listened| {
        let is =
            |new: &Listened| (&new.file, new.milliseconds, &new.term) == (&known.file, known.milliseconds, &known.term);
        heard.not_there.as_ref().is_some_and(is)
    };
    all.retain(|heard| !listened.iter().any(|known| same(heard, known)));
    Ok(all)
}

/// The sounds of a folder, decoded, in the order of their names.
fn sounds(dir: &Path) -> anyhow::Result<Vec<SoundFile>> {
    let (mut folders, mut paths): (Vec<PathBuf>, Vec<PathBuf>) = (vec![dir.to_path_buf()], Vec::new());
    while let Some(folder) = folders.pop() {
        let failed = || format!("{} cannot be read", folder.display());
        for entry in fs::read_dir(&folder).with_context(failed)? {
            let path = entry.with_context(failed)?.path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let failed = || format!("{} cannot be read", path.display());
        if fs::metadata(&path).with_context(failed)?.len() > LARGEST {
            continue;
        }
        let bytes = fs::read(&path).with_context(failed)?;
        let named = path.extension().is_some_and(|e| ENDINGS.contains(&e.to_string_lossy().to_lowercase().as_str()));
        if !named && !sniff(&bytes).is_audio() {
            continue;
        }
        let name = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().into_owned();
        match decode_bytes(&bytes, &Limits::default()) {
            Ok(sound) => found.push(SoundFile { name, sound: Ok(sound) }),
            // What only looks like sound is searched as bytes, like everything else.
            Err(_) if !named => {}
            Err(why) => found.push(SoundFile { name, sound: Err(why.to_string()) }),
        }
    }
    Ok(found)
}

/// Where, what, what stands there, and the term where it was heard only nearly.
#[derive(Debug)]
struct Found {
    place: String,
    what: String,
    text: String,
    near: Option<String>,
}

impl Found {
    fn of(self, file: &SoundFile) -> Heard {
        let Self { place, what, text, near } = self;
        let seconds = file.sound.as_ref().map_or(0.0, Decoded::duration);
        let milliseconds = (seconds * 1000.0).round() as u64;
        let name = || file.name.clone();
        let not_there = near.map(|term| Listened { file: name(), milliseconds, term, why: String::new() });
        let level = if not_there.is_some() { Level::Listen } else { Level::Leak };
        Heard { leak: Leak { file: name(), place, what, text, level }, not_there }
    }
}

fn of_sound(sound: &Decoded, ears: &Ears, guard: &Guard, hidden: &Hidden) -> anyhow::Result<Vec<Found>> {
    let first = ears.hear(&sound.channels, sound.sample_rate, ears.languages())?;
    let mut found = words(&first, guard);
    let others = NEIGHBOURS.iter().filter(|l| ears.languages().iter().any(|own| own == *l));
    for language in others.filter(|l| first.language.as_deref() != Some(**l)) {
        let again = ears.hear(&sound.channels, sound.sample_rate, &[(*language).to_string()])?;
        found.extend(words(&again, guard));
    }
    found.extend(voices_in(sound, &first, ears, hidden)?);
    // What one hearing has exactly and another one nearly is there.
    let exact: BTreeSet<String> = found.iter().filter(|f| f.near.is_none()).map(|f| f.what.clone()).collect();
    found.retain(|f| f.near.as_ref().is_none_or(|term| !exact.contains(&is_heard(term))));
    let mut seen = BTreeSet::new();
    found.retain(|f| seen.insert((f.what.clone(), fold(&f.text))));
    Ok(found)
}

fn is_heard(term: &str) -> String {
    format!("a protected word is heard: {term}")
}

/// Protected words, turn by turn, and across turns for numbers that are said in pieces; and words that are much like
/// protected ones, since a recogniser mishears names more than other words.
fn words(heard: &HeardAgain, guard: &Guard) -> Vec<Found> {
    let exact =
        |place: &str, hit: Hit| Found { place: place.into(), what: is_heard(&hit.term), text: hit.text, near: None };
    let near = |place: &str, hit: Hit| Found {
        place: place.into(),
        what: format!("listen: it may say {}", hit.term),
        text: hit.text,
        near: Some(hit.term),
    };
    let uttered: Vec<Uttered<'_>> =
        heard.turns.iter().map(|HeardTurn { speaker, text, .. }| Uttered { by: speaker, text }).collect();
    let mut found = Vec::new();
    for (turn, hits) in heard.turns.iter().zip(guard.find_turns(&uttered)) {
        let place = format!("heard at {}", clock(turn.start));
        found.extend(hits.into_iter().map(|hit| exact(&place, hit)));
        found.extend(guard.find_near(&turn.text).into_iter().map(|hit| near(&place, hit)));
    }
    found.extend(guard.find(&heard.text()).into_iter().map(|hit| exact("heard in the sound", hit)));
    found
}

/// The voices that must not leave as they are.
struct Hidden(BTreeMap<String, Vec<Voiceprint>>);

impl Hidden {
    fn load(archive: &Archive, context: &Context) -> anyhow::Result<Self> {
        let wanted = voices(archive)?;
        let mut prints: BTreeMap<SpeakerRef, Voiceprint> = BTreeMap::new();
        if !wanted.is_empty() {
            prints = archive.voiceprints()?.into_iter().map(|print| (print.speaker.clone(), print)).collect();
        }
        let mut all: BTreeMap<String, Vec<Voiceprint>> = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for (speaker, who) in wanted {
            match prints.remove(&speaker) {
                Some(print) => all.entry(who).or_default().push(print),
                None => {
                    missing.insert((who, speaker));
                }
            }
        }
        for (who, speaker) in missing.iter().filter(|(who, _)| !all.contains_key(who)) {
            context.out.warn(&format!(
                "the voice of {who} is protected, but {speaker} has no voiceprint: no clip was compared with it \
                 (`earwitness process` measures voices)"
            ));
        }
        Ok(Self(all))
    }
}

/// Protected voices in the whole of each channel, and in what each speaker says.
fn voices_in(sound: &Decoded, heard: &HeardAgain, ears: &Ears, hidden: &Hidden) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    if hidden.0.is_empty() {
        return Ok(found);
    }
    let whole = Span::new(0.0, sound.duration());
    for samples in &sound.channels {
        let mut stretches = vec![whole];
        if heard.turns.iter().any(|turn| turn.speaker != heard.turns[0].speaker) {
            stretches.extend(heard.turns.iter().map(|turn| Span::new(turn.start, turn.end)));
        }
        for stretch in stretches.into_iter().filter(|s| s.length() >= SHORTEST) {
            let Some(print) = ears.voice(samples, sound.sample_rate, stretch)?.filter(|p| p.net_speech >= SHORTEST)
            else {
                continue;
            };
            for (who, prints) in &hidden.0 {
                let likelihoods = prints.iter().filter_map(|known| Likelihood::between(&print, known));
                let Some(closest) = likelihoods.max_by(|a, b| a.rank().total_cmp(&b.rank())) else { continue };
                if closest.rank() >= SAME_VOICE {
                    let place = format!("heard from {} to {}", clock(stretch.start), clock(stretch.end));
                    let what = format!("the protected voice of {who}");
                    found.push(Found { place, what, text: closest.words(), near: None });
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use earwitness_desk::protection::{Kind, Rule, StandIn};

    #[test]
    fn what_is_said_in_pieces_is_found_and_says_where() {
        let rule = |kind, term: &str| Rule {
            kind,
            terms: vec![term.into()],
            stand_in: StandIn::Blank,
            exact: false,
            person: None,
            note: String::new(),
        };
        let guard = Guard::new(&[rule(Kind::Name, "Зимин"), rule(Kind::Phone, "+380591104472")]).unwrap();
        let turn =
            |start: f64, text: &str| HeardTurn { start, end: start + 2.0, speaker: "A".into(), text: text.into() };
        let turns = vec![
            turn(0.0, "ноль пять девять сто десять"),
            turn(2.5, "сорок четыре семьдесят два"),
            turn(5.0, "зимину хуже"),
        ];
        let found = words(&HeardAgain { language: None, turns }, &guard);
        let at = |place: &str, what: &str| found.iter().find(|f| f.place == place && f.what.contains(what));
        assert!(at("heard at 0:05.000", "heard: Зимин").is_some_and(|f| f.text == "зимину" && f.near.is_none()));
        assert!(found.iter().any(|f| f.what.contains("+380591104472")), "{found:?}");
        let misheard = HeardAgain { language: None, turns: vec![turn(0.0, "там же симина")] };
        let found = words(&misheard, &guard);
        assert_eq!((found.len(), found[0].near.as_deref(), &*found[0].text), (1, Some("Зимин"), "симина"));
    }
}
