use super::{testing::*, *};
use proptest::prelude::*;

fn choose(desk: &Desk, chosen: &Chosen) -> Result<Passage> {
    Passages::of(&desk.archive).choose(chosen)
}

fn part(turn: usize, from: Option<usize>, to: Option<usize>) -> Place {
    Place { turn, last: turn, from, to }
}

#[test]
fn a_selection_is_widened_to_whole_words() {
    let desk = Desk::new();
    let place = |from, to| choose(&desk, &desk.chosen(2, from, to)).map(|p| p.place);
    // "Нас обстреляли свои, у моста."
    assert_eq!(place(Some(6), Some(17)).unwrap(), part(2, Some(4), Some(19)));
    assert_eq!(place(Some(4), Some(14)).unwrap(), part(2, Some(4), Some(14)));
    assert_eq!(place(Some(1), Some(40)).unwrap(), part(2, None, None), "all of it");
    assert_eq!(place(None, Some(3)).unwrap(), part(2, None, Some(3)));
    assert_eq!(place(None, None).unwrap(), part(2, None, None));
    assert!(matches!(place(Some(3), Some(4)), Err(MarksError::NoWords)), "a blank");
    assert!(matches!(place(Some(90), None), Err(MarksError::NoWords)));
    assert!(matches!(place(Some(9), Some(5)), Err(MarksError::NoWords)));
    let two = Chosen { last: Some(1), from: Some(6), to: Some(5), ..desk.chosen(0, None, None) };
    let passage = choose(&desk, &two).unwrap();
    assert_eq!(passage.place, Place { turn: 0, last: 1, from: Some(6), to: Some(5) });
    assert_eq!(desk.look(&passage).words, "мам. Слышу");
}

#[test]
fn words_may_be_told_by_themselves() {
    let desk = Desk::new();
    let passage = choose(&desk, &desk.said(2, "СВОИ у  моста")).unwrap();
    assert_eq!(passage.place, part(2, Some(15), None));
    let seen = desk.look(&passage);
    assert_eq!((seen.words.as_str(), seen.seconds), ("свои, у моста.", Some(Span::new(21.0, 22.5))));
    assert_eq!((seen.speaker.as_deref(), seen.stands()), (Some("A"), true));
    assert!(matches!(choose(&desk, &desk.said(2, "чужие")), Err(MarksError::NotSaid { .. })));
    assert!(matches!(choose(&desk, &desk.said(2, "…")), Err(MarksError::NotSaid { .. })));
}

#[test]
fn places_that_are_not_there_are_refused() {
    let desk = Desk::new();
    let told = |chosen: &Chosen| choose(&desk, chosen).unwrap_err().to_string();
    assert!(told(&desk.chosen(3, None, None)).contains("has 3 turns"));
    assert!(told(&Chosen { last: Some(usize::MAX), ..desk.chosen(0, None, None) }).contains("has 3 turns"));
    assert!(told(&Chosen { last: Some(0), ..desk.chosen(1, None, None) }).contains("before it begins"));
    assert!(told(&Chosen::turns("c0", 0, None)).contains("c0"));
    let other = Chosen { transcript: Some(RevisionId::new("r1")), ..desk.chosen(0, None, None) };
    assert!(told(&other).contains("transcript"));
    assert!(matches!(choose(&Desk::unheard(), &desk.chosen(0, None, None)), Err(MarksError::NoTranscript(_))));
}

#[test]
fn a_passage_follows_its_words() {
    let desk = Desk::new();
    desk.translate();
    let part_of = choose(&desk, &desk.said(2, "обстреляли свои")).unwrap();
    let whole = choose(&desk, &desk.chosen(2, None, None)).unwrap();
    assert_eq!(desk.look(&whole).translation.as_deref(), Some(ENGLISH[2]));
    assert_eq!(desk.look(&whole).rests, Rests::Current);
    // The second turn is split, so that all numbers behind it move; the last loses its end to a turn of its own.
    desk.hear(&[
        (0.0, "A", "Алло, мам."),
        (10.0, "B", "Слышу"),
        (10.5, "B", "тебя, сынок."),
        (20.0, "A", "Нас обстреляли свои,"),
        (21.5, "A", "у моста."),
    ]);
    let seen = desk.look(&part_of);
    assert_eq!((seen.now, seen.rests), (Some(part(3, Some(4), None)), Rests::SameWords));
    let seen = desk.look(&whole);
    let place = Place { turn: 3, last: 4, from: None, to: None };
    assert_eq!((seen.now, seen.rests.clone(), seen.stands()), (Some(place), Rests::SameWords, true));
    // A word more: a part stands, all that is said there does not.
    desk.hear(&[(20.0, "A", "Нас не обстреляли свои, у моста.")]);
    assert_eq!(desk.look(&part_of).rests, Rests::SameWords);
    let seen = desk.look(&whole);
    assert!(matches!(&seen.rests, Rests::Older { is, .. } if is.contains("не обстреляли")), "{:?}", seen.rests);
    assert_eq!((seen.now, seen.stands(), seen.words.as_str()), (Some(part(0, None, None)), false, TEXTS[2]));
    // Other words in their place.
    desk.hear(&[(20.0, "A", "Нас обстреляли чужие, у моста.")]);
    let seen = desk.look(&part_of);
    let older = Rests::Older {
        was: "обстреляли свои".into(),
        is: "Нас обстреляли чужие, у моста.".into(),
        number: 4,
        by: "person:Anna".into(),
    };
    assert_eq!((seen.now, seen.rests), (Some(part(0, None, None)), older));
    // Nothing there any more.
    desk.hear(&[(0.0, "A", "Алло, мам.")]);
    let seen = desk.look(&part_of);
    assert_eq!((seen.now, seen.rests, seen.words.as_str()), (None, Rests::Lost, "обстреляли свои"));
}

#[test]
fn of_the_same_words_said_twice_the_nearer_ones_are_meant() {
    let desk = Desk::unheard();
    desk.hear(&[(0.0, "A", "да да"), (1.2, "A", "да")]);
    let second = choose(&desk, &desk.chosen(0, Some(3), Some(5))).unwrap();
    desk.hear(&[(0.0, "A", "да да, да")]);
    assert_eq!(desk.look(&second).now, Some(part(0, Some(3), Some(5))));
    let third = Passage { place: part(1, None, None), ..second };
    assert_eq!(desk.look(&third).now, Some(part(0, Some(7), None)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_chosen_lies_in_its_turns(
        texts in prop::collection::vec("[а-г ,.]{0,12}", 1..4),
        turn in 0usize..5,
        last in prop::option::of(0usize..5),
        from in prop::option::of(0usize..20),
        to in prop::option::of(0usize..20),
    ) {
        let turns: Vec<Turn> = texts.iter().zip(0..).map(|(text, n)| super::testing::turn(f64::from(n) * 10.0, "A", text)).collect();
        let chosen = Chosen { from, to, ..Chosen::turns("c1", turn, last) };
        if let Ok(place) = Place::choose(&turns, &chosen) {
            prop_assert!(place.is_in(&turns));
            let within = place.seconds(&turns).unwrap();
            prop_assert!(within.start >= 0.0 && within.end <= 50.0);
            let again = Chosen { from: place.from, to: place.to, ..Chosen::turns("c1", place.turn, Some(place.last)) };
            prop_assert_eq!(Place::choose(&turns, &again).unwrap(), place, "what was widened stays as it is");
        }
    }
}
