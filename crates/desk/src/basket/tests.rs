use super::*;
use crate::passage::testing::*;

fn ids(desk: &Desk, owner: &str) -> Vec<u32> {
    Basket::of(&desk.archive, owner).unwrap().0.items.iter().map(|item| item.id).collect()
}

#[test]
fn everybody_has_a_basket() {
    let desk = Desk::new();
    let add = |owner: &str, turn: usize| {
        desk.archive.try_write(|tx| super::add(tx, owner, &desk.chosen(turn, None, None), "")).unwrap()
    };
    assert_eq!((add("Anna", 0), add("Anna", 1), add("Anna", 2), add("Taras", 2)), (1, 2, 3, 1));
    assert_eq!(add("Anna", 1), 2, "the same words once");
    let order = |ids: &[u32]| desk.archive.try_write(|tx| super::order(tx, "Anna", ids));
    order(&[3, 1, 2]).unwrap();
    assert_eq!(ids(&desk, "Anna"), [3, 1, 2]);
    for wrong in [&[3, 1][..], &[3, 1, 2, 2], &[3, 1, 9], &[]] {
        assert!(matches!(order(wrong), Err(MarksError::Order)), "{wrong:?}");
    }
    let taken = desk.archive.try_write(|tx| remove(tx, "Anna", 1)).unwrap();
    assert_eq!((taken.id, ids(&desk, "Anna")), (1, vec![3, 2]));
    desk.archive.try_write(|tx| note(tx, "Anna", 3, " the end ")).unwrap();
    assert_eq!(Basket::of(&desk.archive, "Anna").unwrap().0.item(3).unwrap().note, "the end");
    assert!(matches!(desk.archive.try_write(|tx| note(tx, "Anna", 1, "")), Err(MarksError::NotFound { .. })));
    desk.archive.try_write(|tx| undo(tx, "Anna")).unwrap();
    assert_eq!(Basket::of(&desk.archive, "Anna").unwrap().0.item(3).unwrap().note, "");
    desk.archive.try_write(|tx| undo(tx, "Taras")).unwrap();
    assert!(ids(&desk, "Taras").is_empty());
    desk.archive.try_write(|tx| undo(tx, "Taras")).unwrap();
    assert_eq!((ids(&desk, "Taras"), ids(&desk, "Anna")), (vec![1], vec![3, 2]));
    assert!(matches!(desk.archive.try_write(|tx| undo(tx, "Olena")), Err(MarksError::NotFound { .. })));
    assert_eq!(add("Anna", 0), 4, "numbers are not used again");
}

fn reference(desk: &Desk, chosen: &Chosen, call: &str, original: bool) -> Result<Reference> {
    let id = desk.archive.try_write(|tx| super::add(tx, "Anna", chosen, ""))?;
    let (basket, _) = Basket::of(&desk.archive, "Anna")?;
    basket.item(id)?.reference(&mut Passages::of(&desk.archive), call, original)
}

#[test]
fn a_story_can_point_at_it() {
    let desk = Desk::new();
    let text = |chosen: &Chosen, original| reference(&desk, chosen, "k01", original).unwrap();
    assert_eq!(text(&desk.chosen(1, None, None), false).text, "{{ quote k01#1 original }}", "there is no translation");
    let part = text(&desk.said(2, "обстреляли свои"), false);
    assert_eq!(part.text, "{{ quote k01#2 original cut=\"Нас\" cut=\", у моста.\" }}");
    assert!(!part.whole);
    desk.translate();
    let (whole, part) = (text(&desk.chosen(1, None, None), false), text(&desk.said(2, "свои"), false));
    assert_eq!((whole.text.as_str(), whole.whole), ("{{ quote k01#1 }}", false));
    assert_eq!((part.text.as_str(), part.whole), ("{{ quote k01#2 }}", true), "nobody knows which words these are");
    let two = Chosen { last: Some(2), ..desk.chosen(1, None, None) };
    assert_eq!(text(&two, true).text, "{{ quote k01#1-2 original }}");
    let named = reference(&desk, &desk.chosen(0, None, None), "two words", false).unwrap();
    assert_eq!(named.text, format!("{{{{ quote {}#0 }}}}", desk.call));
    desk.hear(&[(20.0, "A", "Никто не стрелял, вовсе.")]);
    let (basket, _) = Basket::of(&desk.archive, "Anna").unwrap();
    let item = basket.items.iter().find(|item| item.passage.place.turn == 2).unwrap();
    let gone = item.reference(&mut Passages::of(&desk.archive), "k01", false);
    assert!(matches!(gone, Err(MarksError::Moved { .. })), "{gone:?}");
}

#[test]
fn a_cut_names_the_very_words() {
    let desk = Desk::unheard();
    desk.hear(&[
        (0.0, "A", "Да, да, \"здесь\" да."),
        (10.0, "A", "раз два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать мост"),
    ]);
    let text = |chosen: &Chosen| reference(&desk, chosen, "k", false).unwrap().text;
    assert_eq!(
        text(&desk.chosen(0, Some(4), Some(6))),
        "{{ quote k#0 original cut=\"Да,\" cut=\", \\\"здесь\\\" да.\" }}"
    );
    assert_eq!(
        text(&desk.said(1, "мост")),
        "{{ quote k#1 original cut=\"раз два три четыре пять … девять десять одиннадцать двенадцать тринадцать\" }}"
    );
}
