use super::*;
use crate::correction::text_form::{parse, parse_bytes, write, write_turns};
use earwitness_model::transcript::{Taken, TranslatedTurn};
use earwitness_model::{Author, Call, CallId, Digest, Doubt, DoubtReason, Place, Revision, RevisionBody, RevisionId};
use earwitness_model::{Translation, call::CallFile};
use proptest::prelude::*;

fn word(text: &str, start: f64, end: f64, probability: f32) -> Word {
    Word { text: text.into(), start, end, probability }
}

fn turn(channel: u16, speaker: &str, words: Vec<Word>) -> Turn {
    let text: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    Turn {
        start: words[0].start,
        end: words[words.len() - 1].end,
        channel,
        speaker: speaker.into(),
        language: Some("ru".into()),
        text: text.join(" "),
        confidence: 0.5,
        words,
        doubt: None,
    }
}

fn base() -> Transcript {
    let first = vec![
        word("Мам,", 1.0, 1.5, 0.9),
        word("это", 1.5, 2.0, 0.8),
        word("я,", 2.0, 2.2, 0.7),
        word("Артём.", 2.5, 3.25, 0.6),
    ];
    let second = vec![word("Ты", 4.0, 4.5, 0.5), word("где?", 4.5, 5.0, 0.5)];
    let third = vec![word("Под", 6.0, 6.5, 0.4), word("Орлвкой", 6.5, 7.5, 0.2), word("стоим", 7.5, 8.0, 0.9)];
    let mut third = turn(0, "A", third);
    third.doubt = Some(Doubt { reason: DoubtReason::LowConfidence, detail: "0.3".into(), heard: None });
    Transcript { language: Some("ru".into()), turns: vec![turn(0, "A", first), turn(0, "B", second), third] }
}

fn edit(from: &str, to: &str) -> Applied {
    let text = write_turns(&base(), None);
    assert!(text.contains(from), "{from} is not in {text}");
    applied(&text.replace(from, to))
}

fn applied(text: &str) -> Applied {
    apply(&base(), &parse(text).unwrap(), 10.0).unwrap()
}

fn times(turn: &Turn) -> Vec<(f64, f64)> {
    turn.words.iter().map(|w| (w.start, w.end)).collect()
}

#[test]
fn the_form_as_people_see_it() {
    let expected = "
[0:01.000 - 0:03.250] A (ch1): Мам, это я, Артём.

[0:04.000 - 0:05.000] B (ch1): Ты где?

[0:06.000 - 0:08.000] A (ch1): Под Орлвкой стоим
   ?? low confidence: 0.3
";
    assert_eq!(write_turns(&base(), None), expected);
    assert!(!applied(expected).changed);
}

#[test]
fn a_changed_word_takes_the_time_of_the_old_one() {
    let new = edit("Орлвкой", "Орловкой").transcript;
    assert_eq!(new.turns[2].words[1], word("Орловкой", 6.5, 7.5, 1.0));
    assert_eq!(new.turns[2].words[0].probability, 0.4);
    assert_eq!(new.turns[2].doubt, None, "an edited turn was listened to");
    assert!((new.turns[2].confidence - (0.4 + 1.0 + 0.9) / 3.0).abs() < 1e-6);
    assert_eq!(new.turns[..2], base().turns[..2]);
}

#[test]
fn added_words_are_fitted_between_their_neighbours() {
    let new = edit("я, Артём", "я, сын, Артём").transcript;
    assert_eq!(new.turns[0].text, "Мам, это я, сын, Артём.");
    assert_eq!(times(&new.turns[0]), [(1.0, 1.5), (1.5, 2.0), (2.0, 2.2), (2.2, 2.5), (2.5, 3.25)]);
}

#[test]
fn split_at_a_bar_by_word_times_and_at_a_typed_time() {
    let new = edit("это я", "это | B: я").transcript;
    assert_eq!((new.turns[0].end, new.turns[1].start, new.turns[1].end), (2.0, 2.0, 3.25));
    assert_eq!((new.turns[1].speaker.as_str(), new.turns[1].text.as_str()), ("B", "я, Артём."));
    let new = edit("я, Артём.", "\n[0:01.900] В: я, Артём.").transcript;
    assert_eq!((new.turns[0].end, new.turns[1].start, new.turns[1].end), (1.9, 1.9, 3.25));
    assert_eq!(new.turns[1].speaker, "B", "a Cyrillic В is meant for B");
    assert_eq!(new.turns[1].words[1], word("Артём.", 2.5, 3.25, 0.6));
}

#[test]
fn a_split_keeps_the_doubt_unless_its_line_goes() {
    assert!(edit("Под ", "Под | ").transcript.turns[2..].iter().all(|t| t.doubt == base().turns[2].doubt));
    let new = edit("\n   ?? low confidence: 0.3", "").transcript;
    assert_eq!(new.turns[2], Turn { doubt: None, ..base().turns[2].clone() });
}

#[test]
fn joined_turns_span_both() {
    let new = edit("\n[0:04.000 - 0:05.000] B (ch1): Ты", "Ты").transcript;
    assert_eq!(new.turns.len(), 2);
    assert_eq!((new.turns[0].text.as_str(), new.turns[0].end), ("Мам, это я, Артём. Ты где?", 5.0));
    assert_eq!(new.turns[0].words[4], word("Ты", 4.0, 4.5, 0.5));
}

#[test]
fn turns_are_deleted_and_added_and_moved() {
    let new = edit("\n[0:04.000 - 0:05.000] B (ch1): Ты где?\n", "\n[0:08.5] C (ch2): Алло\n").transcript;
    let heads: Vec<(&str, u16, f64)> = new.turns.iter().map(|t| (t.speaker.as_str(), t.channel, t.start)).collect();
    assert_eq!(heads, [("A", 0, 1.0), ("A", 0, 6.0), ("C", 1, 8.5)]);
    let new = edit("[0:04.000 - 0:05.000] B", "[0:03,900 – 0:05.000] A").transcript;
    assert_eq!((new.turns[1].start, new.turns[1].words[0].start, new.turns[1].speaker.as_str()), (3.9, 4.0, "A"));
}

#[test]
fn unintelligible_turns_and_words() {
    let new = edit("Ты где?", "/Неразборчиво/").transcript;
    let doubt = new.turns[1].doubt.clone().unwrap();
    assert_eq!((doubt.reason, doubt.heard.as_deref()), (DoubtReason::Unintelligible, Some("Ты где?")));
    assert!(new.turns[1].text.is_empty() && new.turns[1].words.is_empty());
    let text = write_turns(&new, None);
    assert!(text.contains("B (ch1): /unintelligible/\n   ?? unintelligible: marked by a person; heard \"Ты где?\""));
    assert!(!apply(&new, &parse(&text).unwrap(), 10.0).unwrap().changed);
    let new = edit("Орлвкой", "/unintelligible/,").transcript;
    assert_eq!(new.turns[2].words[1], word("/unintelligible/,", 6.5, 7.5, 0.0));
    assert_eq!(new.turns[2].doubt.as_ref().unwrap().reason, DoubtReason::Unintelligible);
    assert!((new.turns[2].confidence - 0.65).abs() < 1e-6);
}

#[test]
fn punctuation_is_no_new_word_and_notes_are_doubts() {
    let new = edit("Ты где?", "Ты… где").transcript;
    assert_eq!(new.turns[1].words, [word("Ты…", 4.0, 4.5, 0.5), word("где", 4.5, 5.0, 0.5)]);
    let new = edit("Ты где?", "Ты где?\n?? is this the wife").transcript;
    assert_eq!(new.turns[1].doubt.as_ref().unwrap().detail, "is this the wife");
}

#[test]
fn errors_name_the_line() {
    let errors = |text: &str| parse(text).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(errors("hello\n")[0].starts_with("line 1: text before the first turn"));
    assert!(errors("")[0].contains("no transcript"));
    let two = errors("# x\n[0:99.5 - 0:08] A: x\nlost\n[0:01 0:02 A (ch1): y\n");
    assert!(two[0].starts_with("line 2: \"0:99.5\" is not a time") && two[1].starts_with("line 4: the ]"), "{two:?}");
    assert!(errors("[0:01] A (ch0): x")[0].contains("not a track"));
    let wrong = |text: &str| apply(&base(), &parse(text).unwrap(), 10.0).unwrap_err()[0].to_string();
    assert!(wrong("\n[0:05 - 0:04] A: x").starts_with("line 2: the turn ends at 0:04.000 before"));
    assert!(wrong("[10:05 - 10:06] A: x").contains("but the call ends at 0:10.000"));
    assert!(wrong("[0:01.000 - 0:03.250] A (ch1):").contains("no text"));
}

#[test]
fn texts_from_windows() {
    let text = write_turns(&base(), None).replace('\n', "\r\n").replace(" - ", "\u{a0}–\t");
    assert!(!applied(&format!("\u{feff}{text}")).changed);
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(&text);
    assert!(!apply(&base(), &parse_bytes(&bytes).unwrap(), 10.0).unwrap().changed);
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert!(!apply(&base(), &parse_bytes(&utf16).unwrap(), 10.0).unwrap().changed);
}

fn call_and_revision(transcript: Transcript) -> (Call, Revision) {
    let recording = Digest::of(b"x");
    let call = Call {
        id: CallId::of_recording(&recording),
        recording,
        files: vec![CallFile { name: "a\n[0:01] A: x.wav".into(), sha256: recording }],
        started_at: None,
        duration: 1e9,
        channels: 1,
        from: None,
        to: None,
        direction: None,
        place: Place::default(),
        note: None,
    };
    let (now, body) = (jiff_now(), RevisionBody::Transcript(transcript));
    let revision = Revision::new(call.id.clone(), 1, Author::person("me"), now, None, body).unwrap();
    (call, revision)
}

fn translation_revision(translation: Translation) -> Revision {
    let machine = Author::Model {
        name: "whisper-base".into(),
        version: "1".into(),
        weights: Digest::of(b"weights"),
        parameters: serde_json::Value::Null,
    };
    let (call, body) = (CallId::new("c1"), RevisionBody::Translation(translation));
    Revision::new(call, 1, machine, jiff_now(), None, body).unwrap()
}

fn jiff_now() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

#[test]
fn translations_come_back_where_they_were_changed() {
    let translated = |start, end, text: &str| TranslatedTurn { start, end, channel: 0, text: text.into(), taken: None };
    let turns = vec![translated(1.0, 3.25, "Mom, it's me, Artyom."), translated(4.0, 5.0, "Where are you?")];
    let (call, revision) = call_and_revision(base());
    let old = Translation { of: revision.id.clone(), language: "en".into(), turns: turns.clone() };
    let kept = translation_revision(old.clone());
    let text = write(&call, &revision, Some(&kept)).unwrap();
    assert!(text.contains("# The translation: 2 of 2 turns are still a machine's draft."));
    let back = |text: &str| {
        let edited = parse(text).unwrap();
        assert_eq!((edited.call, edited.base), (Some(call.id.clone()), Some(revision.id.clone())));
        applied(text).translation(&base(), Some(&kept), &RevisionId::new("r2"), "en")
    };
    assert_eq!(back(&text), None);
    assert_eq!(back(&text.replace("   > Where are you?\n", "")), None);
    let new = back(&text.replace("Where are you?", "Where are you now?")).unwrap();
    let left = TranslatedTurn { taken: Some(Taken { revision: kept.id.clone(), person: None }), ..turns[0].clone() };
    assert_eq!(new.turns, [left.clone(), translated(4.0, 5.0, "Where are you now?")]);
    assert!(crate::correction::is_stale(&old, &RevisionId::new("r2")));
    let split = text.replace("Мам, ", "Мам, | ").replace("Mom, ", "Mom! | ");
    let new = back(&split).unwrap();
    assert_eq!(new.turns[..2], [translated(1.0, 1.5, "Mom!"), translated(1.5, 3.25, "it's me, Artyom.")]);
    assert_eq!(back(&text.replace("> Where are you?", ">")).unwrap().turns, std::slice::from_ref(&left));
    // A line that somebody vouches for is a draft no more, though not a letter was changed.
    let new = back(&text.replace("> Where", ">! Where")).unwrap();
    assert_eq!(new.turns, [left, turns[1].clone()]);
}

#[test]
fn after_a_split_the_old_translation_stands_once() {
    let translated = |start, end, text: &str| TranslatedTurn { start, end, channel: 0, text: text.into(), taken: None };
    let turns = vec![translated(1.0, 3.25, "Mom, it's me, Artyom."), translated(4.0, 5.0, "Where are you?")];
    let (call, revision) = call_and_revision(base());
    let kept = translation_revision(Translation { of: revision.id.clone(), language: "en".into(), turns });
    let text = write(&call, &revision, Some(&kept)).unwrap();
    for split in [
        ("я, Артём.", "| я, Артём."),
        ("я, Артём.", "\n[0:01.900] A (ch1): я, Артём."),
        ("я, Артём.\n   > Mom, it's me, Artyom.", "\n   > Mom, it's me, Artyom.\n[0:01.900] A (ch1): я, Артём."),
    ] {
        let text = text.replace(split.0, split.1).replace("Where are you?", "Where are you now?");
        let new = applied(&text);
        assert_eq!(new.transcript.turns.len(), 4, "{text}");
        assert!(!new.translation_lags(&base(), kept.translation()), "a split changes no word");
        let translation = new.translation(&base(), Some(&kept), &RevisionId::new("r2"), "en").unwrap();
        let said: Vec<&str> = translation.turns.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(said, ["Mom, it's me, Artyom.", "Where are you now?"], "{text}");
        let shown = translation.of_turns(&new.transcript.turns);
        assert_eq!(shown.iter().flatten().count(), 2, "{shown:?}");
    }
    // Shown with the old translation, too, before anybody touches that.
    let new = applied(&text.replace("я, Артём.", "| я, Артём.")).transcript;
    assert_eq!(write_turns(&new, kept.translation()).matches("Mom").count(), 1);
}

#[test]
fn a_translation_left_under_changed_text_lags_behind() {
    let translated = |start, end, text: &str| TranslatedTurn { start, end, channel: 0, text: text.into(), taken: None };
    let turns = vec![translated(1.0, 3.25, "Mom, it's me, Artyom."), translated(4.0, 5.0, "Where are you?")];
    let (call, revision) = call_and_revision(base());
    let old = Translation { of: revision.id.clone(), language: "en".into(), turns };
    let text = write(&call, &revision, Some(&translation_revision(old.clone()))).unwrap();
    let lags = |text: &str| applied(text).translation_lags(&base(), Some(&old));
    assert!(!lags(&text));
    let one = text.replace("Where are you?", "Where are you now?");
    assert!(!lags(&one), "only a translation changed");
    assert!(!lags(&text.replace("Мам, ", "Мам, | ")), "a split changes no word");
    assert!(lags(&one.replace("Мам, ", "Пап, ")), "another word, and its line was left as it was");
    assert!(!lags(&text.replace("Мам, ", "Пап, ").replace("Mom, ", "Dad, ")));
}

fn any_turn() -> impl Strategy<Value = Turn> {
    let text = prop_oneof!["[а-яa-z ,.!?|/#>\\[\\]:-]{0,30}", "\\PC{0,12}", "(/unintelligible/ ?){0,2}", ".{0,8}"];
    let words = proptest::collection::vec((".{0,6}", 0.0..20.0, 0.0..20.0, 0.0..1.0f32), 0..5);
    let doubt = proptest::option::of(("\\PC{0,10}", proptest::option::of(".{0,10}"), any::<bool>()));
    (0.0..5000.0, 0.0..9.0, any::<u16>(), ".{0,4}", text, words, doubt).prop_map(
        |(start, length, channel, speaker, text, words, doubt)| Turn {
            start,
            end: start + length,
            channel,
            speaker,
            language: None,
            text,
            confidence: 0.3,
            words: words.into_iter().map(|(t, a, b, p)| word(&t, a, b, p)).collect(),
            doubt: doubt.map(|(detail, heard, unintelligible)| Doubt {
                reason: if unintelligible { DoubtReason::Unintelligible } else { DoubtReason::Loop },
                detail,
                heard,
            }),
        },
    )
}

fn any_transcript() -> impl Strategy<Value = Transcript> {
    proptest::collection::vec(any_turn(), 0..6).prop_map(|mut turns| {
        turns.sort_by(|a, b| a.start.total_cmp(&b.start));
        Transcript { language: None, turns }
    })
}

proptest! {
    #[test]
    fn writing_and_reading_changes_nothing(transcript in any_transcript()) {
        let (call, revision) = call_and_revision(transcript.clone());
        let edited = parse(&write(&call, &revision, None).unwrap()).unwrap();
        let applied = apply(&transcript, &edited, call.duration).unwrap();
        prop_assert_eq!(&applied.transcript, &transcript);
        prop_assert!(!applied.changed);
    }

    #[test]
    fn parse_never_panics(text in "([\\[\\]0-9:. >?#|A()ch-]|\\PC|\n){0,80}", bytes in any::<Vec<u8>>()) {
        for edited in [parse(&text), parse_bytes(&bytes)].into_iter().flatten() {
            let _ = apply(&base(), &edited, 10.0);
        }
    }

    /// Lines cut, doubled, and letters struck out: whatever is made of it has sound times.
    #[test]
    fn times_are_sound_whatever_is_edited(transcript in any_transcript(), cuts in any::<Vec<(u8, u8)>>()) {
        let mut lines: Vec<String> = write_turns(&transcript, None).lines().map(str::to_string).collect();
        for (line, what) in cuts {
            let at = usize::from(line) % lines.len().max(1);
            match what % 4 {
                _ if lines.is_empty() => {}
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, format!("слово {}", what)),
                2 => lines.insert(at, lines[usize::from(what) % lines.len()].clone()),
                _ => lines[at] = lines[at].chars().enumerate().filter(|(i, _)| i % 23 != 22).map(|(_, c)| c).collect(),
            }
        }
        let Ok(edited) = parse(&lines.join("\n")) else { return Ok(()) };
        let Ok(applied) = apply(&transcript, &edited, 6000.0) else { return Ok(()) };
        for turn in applied.transcript.turns.iter().filter(|t| !transcript.turns.iter().any(|o| o.words == t.words)) {
            let mut last = turn.start;
            for w in &turn.words {
                prop_assert!(w.start >= last - 1e-9 && w.end >= w.start && w.end <= turn.end + 1e-9, "{:?}", turn);
                last = w.end;
            }
        }
        let _ = crate::correction::diff(&transcript, &applied.transcript);
    }
}
