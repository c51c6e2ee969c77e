use super::*;
use earwitness_model::Turn;
use proptest::prelude::*;

fn turn(speaker: &str, text: &str) -> SourceTurn {
    let speaker = speaker.to_string();
    SourceTurn { index: 0, speaker, channel: 0, span: Span::new(0.0, 1.0), text: text.into() }
}

fn source(turns: &[(&str, &str)]) -> Source {
    let turns = turns.iter().enumerate().map(|(i, (who, text))| SourceTurn { index: i + 3, ..turn(who, text) });
    Source { turns: turns.collect() }
}

fn cut(words: &str) -> Declaration {
    Declaration::Cut { words: words.into(), nth: None }
}

fn insert(after: &str, text: &str) -> Declaration {
    Declaration::Insert { after: after.into(), text: text.into(), nth: None }
}

fn mask(word: &str) -> Declaration {
    Declaration::Mask { word: word.into(), nth: None }
}

fn text(source: &Source, declared: &[Declaration]) -> Result<String, QuoteError> {
    Ok(source.publish(&source.resolve(declared)?)?.text())
}

/// Publishes, and undoes what was published.
fn there_and_back(source: &Source, edits: &[Edit]) {
    let published = source.publish(edits).unwrap();
    let lines: Vec<String> = published.lines.iter().map(Line::text).collect();
    let shape: Vec<(usize, usize)> = source.turns.iter().map(|t| (t.index, t.text.chars().count())).collect();
    let back = undo(&lines, &shape, edits).unwrap();
    let was: Vec<String> = source.turns.iter().map(|t| t.text.clone()).collect();
    assert_eq!(back, was, "{lines:?} {edits:?}");
}

#[test]
fn edits_are_shown_as_newspapers_show_them() {
    let one = source(&[("A", "There you go. The post was ours, damn it, I'd say.")]);
    let cases = [
        (vec![], "There you go. The post was ours, damn it, I'd say."),
        (vec![cut("There you go.")], "… The post was ours, damn it, I'd say."),
        (vec![cut(", damn it")], "There you go. The post was ours …, I'd say."),
        (vec![cut("damn it, I'd say.")], "There you go. The post was ours, …"),
        (vec![insert("The post", "a checkpoint")], "There you go. The post [a checkpoint] was ours, damn it, I'd say."),
        (vec![insert("I'd say", "he adds")], "There you go. The post was ours, damn it, I'd say [he adds]."),
        (vec![insert("", "He laughs")], "[He laughs] There you go. The post was ours, damn it, I'd say."),
        (vec![mask("damn")], "There you go. The post was ours, d— it, I'd say."),
        (vec![cut("There … post"), mask("damn")], "… was ours, d— it, I'd say."),
        (vec![cut("There you go."), insert("There you go.", "Oleg")], "… [Oleg] The post was ours, damn it, I'd say."),
        (vec![cut("damn it"), insert("damn it", "curses")], "There you go. The post was ours, … [curses], I'd say."),
        (vec![cut("I’d say")], "There you go. The post was ours, damn it, …."),
    ];
    for (declared, expected) in cases {
        assert_eq!(text(&one, &declared).unwrap(), expected);
        there_and_back(&one, &one.resolve(&declared).unwrap());
    }
}

#[test]
fn turns_of_one_speaker_are_joined_and_others_are_lines() {
    let talk = source(&[("A", "Мам, мы стоим."), ("A", "Третью ночь."), ("B", "Где?")]);
    assert_eq!(text(&talk, &[]).unwrap(), "Мам, мы стоим.\nТретью ночь.\nГде?");
    let edits = [talk.join(3).unwrap(), talk.cut(3, 0, 4).unwrap()];
    assert_eq!(talk.publish(&edits).unwrap().text(), "… мы стоим. Третью ночь.\nГде?");
    there_and_back(&talk, &edits);
    assert!(talk.join(4).unwrap_err().to_string().contains("B"));
    assert!(talk.join(5).is_err());
    assert!(talk.resolve(&[Declaration::Join]).is_err());
}

#[test]
fn nothing_else_is_possible() {
    let one = source(&[("A", "I couldn't see the others. The rest is 3.5 kilometers, the road is out.")]);
    for (declared, why) in [
        (cut("n't"), "does not stand"),
        (cut("other"), "does not stand"),
        (cut("the"), "2 times"),
        (cut("3"), "does not stand"),
        (mask("the others"), "one whole word"),
        (mask("I"), "one whole word"),
        (insert("others", "a [b]"), "brackets"),
        (insert("others", ""), "1 to 300"),
        (insert("others", "a\nb"), "1 to 300"),
        (cut("I couldn't … out."), "no word"),
    ] {
        let told = text(&one, std::slice::from_ref(&declared)).unwrap_err().to_string();
        assert!(told.contains(why), "{declared:?}: {told}");
    }
    let nth = |nth| Declaration::Cut { words: "the".into(), nth: Some(nth) };
    assert!(text(&one, &[nth(2)]).unwrap().ends_with("3.5 kilometers, … road is out."));
    assert!(text(&one, &[nth(3)]).is_err());
    assert!(text(&one, &[cut("see the"), cut("the others")]).unwrap_err().to_string().contains("same words"));
    assert!(text(&one, &[insert("I", "a"), insert("I", "b")]).is_err());
}

#[test]
fn edits_from_a_file_are_believed_only_if_they_fit() {
    let one = source(&[("A", "Я не стрелял.")]);
    let forged = |from, to, text: &str| Edit::Cut { turn: 3, from, to, text: text.into() };
    for edit in [
        forged(2, 4, "не"),
        forged(1, 5, " ни "),
        forged(5, 1, ""),
        forged(1, usize::MAX, "не"),
        Edit::Cut { turn: 9, from: 1, to: 5, text: " не ".into() },
        Edit::Insert { turn: 3, at: 4000, text: "x".into() },
        Edit::Join { turn: usize::MAX },
    ] {
        assert!(one.publish(std::slice::from_ref(&edit)).is_err(), "{edit:?}");
    }
    assert_eq!(one.publish(&[forged(1, 5, " не ")]).unwrap().text(), "Я … стрелял.");
}

#[test]
fn what_was_published_must_be_explained_by_the_edits() {
    let one = source(&[("A", "Я не стрелял, мам.")]);
    let edits = [one.cut(3, 13, 17).unwrap()];
    let line = |text: &str| undo(&[text.to_string()], &[(3, 18)], &edits);
    assert_eq!(line("Я не стрелял, ….").unwrap(), ["Я не стрелял, мам."]);
    assert_ne!(line("Я же стрелял, ….").unwrap(), ["Я не стрелял, мам."]);
    for wrong in ["Я стрелял, ….", "Я не стрелял, …. Да", "", "Я не стрелял, мам."]
    {
        assert!(line(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_source_is_read_from_revisions() {
    let spoken = |start: f64, text: &str| Turn {
        start,
        end: start + 2.0,
        channel: 0,
        speaker: "A".into(),
        language: None,
        text: text.into(),
        confidence: 1.0,
        words: Vec::new(),
        doubt: None,
    };
    let transcript =
        Transcript { language: None, turns: vec![spoken(0.0, "раз"), spoken(2.0, ""), spoken(4.0, "два")] };
    assert_eq!(Source::of(&transcript, None, 0..=0).unwrap().text(), "раз");
    assert!(matches!(Source::of(&transcript, None, 0..=1), Err(QuoteError::Empty { turn: 1, .. })));
    assert!(matches!(Source::of(&transcript, None, 2..=3), Err(QuoteError::NoSuchTurn { turn: 3, count: 3 })));
    assert!(matches!(Source::of(&transcript, None, 0..=usize::MAX), Err(QuoteError::NoSuchTurn { .. })));
    #[allow(clippy::reversed_empty_ranges)]
    let backwards = 2..=1;
    assert!(matches!(Source::of(&transcript, None, backwards), Err(QuoteError::Backwards { .. })));
    assert_eq!(turns_at(&transcript, Span::new(1.9, 6.0)), Some(1..=2));
    assert_eq!(turns_at(&transcript, Span::new(0.0, 0.5)), None);
}

proptest! {
    #[test]
    fn undone_edits_give_the_source(
        texts in prop::collection::vec("[a-zа-я.,!?… «»\"'\\[\\]\u{301}-]{1,30}", 1..4),
        tries in prop::collection::vec((0usize..4, 0usize..3, 0usize..30, 1usize..12), 0..8),
    ) {
        let turns: Vec<(&str, &str)> = texts.iter().map(|t| ("A", t.trim())).filter(|t| !t.1.is_empty()).collect();
        prop_assume!(!turns.is_empty());
        let source = source(&turns);
        let mut edits = Vec::new();
        for (kind, turn, from, length) in tries {
            let turn = turn + 3;
            let edit = match kind {
                0 => source.cut(turn, from, from + length),
                1 => source.mask(turn, from, from + length),
                2 => source.insert(turn, from, "so"),
                _ => source.join(turn),
            };
            let Ok(edit) = edit else { continue };
            edits.push(edit);
            if source.publish(&edits).is_err() {
                edits.pop();
            }
        }
        if source.publish(&edits).is_ok() {
            there_and_back(&source, &edits);
        }
    }

    #[test]
    fn no_declaration_breaks_anything(text in ".{1,60}", words in ".{0,20}", nth in prop::option::of(0usize..5)) {
        let source = source(&[("A", &text)]);
        for declared in [
            Declaration::Cut { words: words.clone(), nth },
            Declaration::Mask { word: words.clone(), nth },
            Declaration::Insert { after: words.clone(), text: words.clone(), nth },
        ] {
            if let Ok(edits) = source.resolve(&[declared]) && source.publish(&edits).is_ok() {
                there_and_back(&source, &edits);
            }
        }
    }
}
