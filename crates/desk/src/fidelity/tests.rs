use super::*;
use crate::quote::Declaration;
use earwitness_model::{
    Author, CallId, Digest, RevisionBody, Transcript, Translation, Turn, transcript::TranslatedTurn,
};

fn turn(start: f64, speaker: &str, text: &str) -> Turn {
    Turn {
        start,
        end: start + 2.0,
        channel: 0,
        speaker: speaker.into(),
        language: None,
        text: text.into(),
        confidence: 1.0,
        words: Vec::new(),
        doubt: None,
    }
}

fn machine() -> Author {
    let weights = Digest::of(b"w");
    Author::Model { name: "whisper".into(), version: "1".into(), weights, parameters: serde_json::Value::Null }
}

fn revision(number: u32, author: Author, body: RevisionBody) -> Revision {
    Revision::new(CallId::new("c1"), number, author, jiff::Timestamp::UNIX_EPOCH, None, body).unwrap()
}

fn transcript(number: u32, author: Author, language: &str, turns: &[Turn]) -> Revision {
    let transcript = Transcript { language: Some(language.into()), turns: turns.to_vec() };
    revision(number, author, RevisionBody::Transcript(transcript))
}

fn translation(number: u32, author: Author, of: &Revision, texts: &[&str]) -> Revision {
    let turns = &of.transcript().unwrap().turns;
    let translated = |(t, text): (&Turn, &&str)| TranslatedTurn {
        start: t.start,
        end: t.end,
        channel: 0,
        text: (*text).into(),
        taken: None,
    };
    let turns = turns.iter().zip(texts).map(translated).collect();
    let body = RevisionBody::Translation(Translation { of: of.id.clone(), language: "en".into(), turns });
    revision(number, author, body)
}

/// The findings about one turn after one cut.
fn after_cut(language: &str, text: &str, words: &str) -> Vec<Finding> {
    let revision = transcript(1, Author::person("Anna"), language, &[turn(0.0, "A", text)]);
    let source = Source::of(revision.transcript().unwrap(), None, 0..=0).unwrap();
    let edits = source.resolve(&[Declaration::Cut { words: words.into(), nth: None }]).unwrap();
    let quote = quote(&revision, None, edits);
    check(&case(&quote, &revision, None)).findings
}

fn quote(transcript: &Revision, translation: Option<&Revision>, edits: Vec<Edit>) -> Quote {
    let translation = translation.map(|t| t.id.clone());
    Quote { call: CallId::new("c1"), transcript: transcript.id.clone(), translation, first: 0, last: 0, edits }
}

fn case<'a>(quote: &'a Quote, transcript: &'a Revision, translation: Option<&'a Revision>) -> Case<'a> {
    Case {
        quote,
        transcript,
        translation,
        transcript_now: transcript,
        translation_now: translation,
        reviews: &[],
        speaker: None,
        names: &[],
    }
}

fn levels(findings: &[Finding], check: Check) -> Vec<Level> {
    findings.iter().filter(|f| f.check == check).map(|f| f.level).collect()
}

#[test]
fn a_cut_that_turns_a_sentence_is_for_an_editor_to_decide() {
    for (language, text, cut, check) in [
        // The ellipsis that swallowed a “not”.
        ("en", "We did not shoot at the car.", "not", Check::Negation),
        ("en", "We didn't, I swear, shoot at the car.", "didn't, I swear,", Check::Negation),
        ("en", "We didn’t shoot at it.", "didn’t", Check::Negation),
        ("en", "Nobody told us to shoot.", "Nobody told us to", Check::Negation),
        ("en", "I killed him. No, I mean the dog.", "No, I mean the dog.", Check::Negation),
        ("en", "I'd shoot him if he ran.", "if he ran", Check::Condition),
        ("en", "I would have shot him.", "would have", Check::Condition),
        ("en", "We took the village, but they were gone.", ", but they were gone", Check::Reversal),
        ("en", "We won. But nobody was there.", "But nobody was there.", Check::Reversal),
        ("en", "I shot him. I'm kidding, of course, mom.", "I'm kidding, of course, mom.", Check::Reversal),
        ("en", "They say we killed seven.", "They say", Check::Hedge),
        ("en", "We killed seven. The guys say so.", "The guys say so.", Check::Hedge),
        ("en", "It was our own battery that hit us.", "our own", Check::Actor),
        ("en", "Then Zimin fired at the car.", "Then Zimin", Check::Actor),
        ("en", "Did we shoot? Never.", "Did we shoot?", Check::Question),
        ("en", "Did we shoot at the car?", "at the car?", Check::Question),
        ("en", "I shot at the dog. Then we met the villager.", "at the dog. Then we met", Check::Splice),
        ("en", "The major came. He fired twice.", "The major came.", Check::Reference),
        ("ru", "Мы по машине не стреляли.", "не", Check::Negation),
        ("ru", "Никто по ней не стрелял, мам.", "Никто по ней не", Check::Negation),
        ("ru", "Я его убил. Нет, шучу.", "Нет, шучу.", Check::Negation),
        ("ru", "Я его убил. Да шучу я.", "Да шучу я.", Check::Reversal),
        ("ru", "Хрен мы его возьмём.", "Хрен мы", Check::Negation),
        ("ru", "Я бы выстрелил.", "бы", Check::Condition),
        ("ru", "Стреляй, если побежит.", ", если побежит", Check::Condition),
        ("ru", "Мы взяли село, но там пусто.", ", но там пусто", Check::Reversal),
        ("ru", "Стреляли они, а мы молчали.", ", а мы молчали", Check::Reversal),
        ("ru", "Говорят, это наша батарея.", "Говорят, это", Check::Hedge),
        ("ru", "Ротный приказал стрелять.", "Ротный приказал", Check::Actor),
        ("ru", "Потом Зимин выстрелил в машину.", "Потом Зимин", Check::Actor),
        ("ru", "Приехал майор. Он и выстрелил.", "Приехал майор.", Check::Reference),
        ("uk", "Ми по машині не стріляли.", "не", Check::Negation),
        ("uk", "Там немає жодного солдата.", "немає жодного", Check::Negation),
        ("uk", "Я б стрільнув, якби побіг.", ", якби побіг", Check::Condition),
        ("uk", "Вони прийшли, але нікого не чіпали.", ", але нікого не чіпали", Check::Reversal),
        ("uk", "Кажуть, це наші хлопці.", "Кажуть, це наші", Check::Hedge),
        ("uk", "Приїхав майор. Він і стріляв.", "Приїхав майор.", Check::Reference),
    ] {
        let findings = after_cut(language, text, cut);
        assert!(levels(&findings, check).contains(&Level::Decide), "{text} without {cut}: {findings:#?}");
    }
}

#[test]
fn a_cut_that_turns_nothing_is_let_pass() {
    for (language, text, cut) in [
        ("en", "There you go. The column stands in the forest.", "There you go."),
        ("en", "Well, the column stands, uh, in the forest.", "Well, the"),
        ("ru", "Ну, колонна стоит в лесу.", "Ну,"),
        ("ru", "А колонна? Колонна стоит на хрен в лесу.", "на хрен"),
    ] {
        let findings = after_cut(language, text, cut);
        let about_words =
            [Check::Negation, Check::Condition, Check::Actor, Check::Reversal, Check::Hedge, Check::Splice];
        let decide = findings.iter().find(|f| f.level == Level::Decide && about_words.contains(&f.check));
        assert_eq!(decide, None, "{text} without {cut}");
    }
    // A whole sentence is noted, with the words that are lost.
    let findings = after_cut("en", "No way. There was nobody but us. Then an officer came.", "No way … us.");
    assert_eq!(levels(&findings, Check::Negation), [Level::Note, Level::Note]);
    let note = findings.iter().find(|f| f.check == Check::Negation && f.words.contains("nobody"));
    assert!(note.is_some(), "{findings:#?}");
}

#[test]
fn insertions_and_marks_are_looked_at() {
    let revision = transcript(1, Author::person("Anna"), "en", &[turn(0.0, "A", "Yul… I [laughs] shot him.")]);
    let source = Source::of(revision.transcript().unwrap(), None, 0..=0).unwrap();
    let insert = |text: &str| Declaration::Insert { after: "shot him".into(), text: text.into(), nth: None };
    let found = |text: &str| {
        let quote = quote(&revision, None, source.resolve(&[insert(text)]).unwrap());
        check(&case(&quote, &revision, None)).findings
    };
    assert_eq!(levels(&found("but not dead"), Check::Insertion), [Level::Decide]);
    assert_eq!(levels(&found("the driver"), Check::Insertion), []);
    assert_eq!(levels(&found("the driver"), Check::Marks), [Level::Decide, Level::Note]);
}

#[test]
fn words_of_machines_and_single_eyes_are_told() {
    let spoken = transcript(1, machine(), "ru", &[turn(0.0, "A", "Мы не стреляли.")]);
    let draft = translation(1, machine(), &spoken, &["We were shooting."]);
    let quote = quote(&spoken, Some(&draft), Vec::new());
    let findings = check(&case(&quote, &spoken, Some(&draft))).findings;
    for check in [Check::Transcript, Check::Translation, Check::Review, Check::Speaker, Check::Negation] {
        assert_eq!(levels(&findings, check), [Level::Decide], "{check:?}");
    }
    assert_eq!(levels(&findings, Check::Undone), [Level::Passed]);
}

#[test]
fn four_eyes_are_those_of_two_people() {
    let spoken = transcript(2, Author::person("Anna"), "ru", &[turn(0.0, "A", "Мы не стреляли.")]);
    let made = translation(2, Author::person("Boris"), &spoken, &["We were not shooting."]);
    let quote = quote(&spoken, Some(&made), Vec::new());
    let read = |by: &str, revision: &Revision| {
        let reviews = [Review { revision: revision.id.clone(), by: by.into() }];
        let identity = Identity { name: "Denis".into(), standing: Standing::Confirmed };
        let case = Case { reviews: &reviews, speaker: Some(&identity), ..case(&quote, &spoken, Some(&made)) };
        check(&case)
    };
    assert_eq!(read("Clara", &made).level(), Level::Passed);
    assert_eq!(levels(&read("Boris", &made).findings, Check::Review), [Level::Decide]);
    assert_eq!(levels(&read("Clara", &spoken).findings, Check::Review), [Level::Decide]);
}

#[test]
fn a_later_correction_makes_a_quote_stale() {
    let first = transcript(1, machine(), "ru", &[turn(0.0, "A", "Мы стреляли."), turn(3.0, "B", "Да.")]);
    let made = translation(1, Author::person("Boris"), &first, &["We were shooting.", "Yes."]);
    let quote = quote(&first, Some(&made), Vec::new());
    let now = |turns: &[Turn], texts: &[&str]| {
        let later = transcript(2, Author::person("Anna"), "ru", turns);
        let translated = translation(2, Author::person("Boris"), &later, texts);
        let case =
            Case { transcript_now: &later, translation_now: Some(&translated), ..case(&quote, &first, Some(&made)) };
        let report = check(&case);
        (levels(&report.findings, Check::Stale)[0], report)
    };
    let text = ["We were shooting.", "Yes."];
    let (level, report) = now(&[turn(0.0, "A", "Мы не стреляли."), turn(3.0, "B", "Да.")], &text);
    assert_eq!(level, Level::Broken);
    assert!(report.findings[0].words.starts_with("STALE") && report.findings[0].words.contains("не стреляли"));
    // Other turns, punctuation, joined turns: the words stand.
    assert_eq!(now(&[turn(0.0, "A", "Мы стреляли!"), turn(3.0, "B", "Нет.")], &text).0, Level::Note);
    let long = |text: &str| Turn { end: 5.0, ..turn(0.0, "A", text) };
    assert_eq!(now(&[long("Мы стреляли, да.")], &["We were shooting, yes."]).0, Level::Note);
    assert_eq!(now(&[long("Не мы стреляли, да.")], &["We were shooting, yes."]).0, Level::Broken);
    assert_eq!(
        now(&[turn(0.0, "A", "Мы стреляли."), turn(3.0, "B", "Да.")], &["Not we were shooting.", "Yes."]).0,
        Level::Broken
    );
    // Another speaker, another translation, words that are gone.
    assert_eq!(now(&[turn(0.0, "B", "Мы стреляли.")], &text).0, Level::Broken);
    assert_eq!(now(&[turn(0.0, "A", "Мы стреляли.")], &["We were not shooting."]).0, Level::Broken);
    assert_eq!(now(&[turn(3.0, "A", "Мы стреляли.")], &text).0, Level::Broken);
    assert_eq!(levels(&check(&case(&quote, &first, Some(&made))).findings, Check::Stale), [Level::Passed]);
}

#[test]
fn a_quote_of_another_revision_is_broken() {
    let first = transcript(1, machine(), "ru", &[turn(0.0, "A", "Мы стреляли.")]);
    let second = transcript(2, machine(), "ru", &[turn(0.0, "A", "Мы стояли.")]);
    let quote = quote(&first, None, Vec::new());
    let report = check(&case(&quote, &second, None));
    assert_eq!(report.level(), Level::Broken);
    assert_eq!(report.published, None);
    let out_of_reach = Quote { first: 7, last: usize::MAX, ..quote };
    assert_eq!(check(&case(&out_of_reach, &first, None)).level(), Level::Broken);
}
