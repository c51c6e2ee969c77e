use super::*;
use crate::passage::testing::*;

#[test]
fn notes_are_written_changed_and_taken_back() {
    let desk = Desk::new();
    let on = On::Words(desk.said(2, "у моста"));
    let note = desk.archive.try_write(|tx| add(tx, anna(), &on, " Which bridge?\r\nAsk. ")).unwrap();
    assert_eq!((note.id.as_str(), note.text.as_str()), ("n1", "Which bridge?\nAsk."));
    assert_eq!(desk.look(note.passage.as_ref().unwrap()).words, "у моста.");
    let all = On::Call(desk.call.to_string());
    let whole = desk.archive.try_write(|tx| add(tx, anna(), &all, "A mother.")).unwrap();
    assert_eq!((&whole.call, &whole.passage), (&desk.call, &None));
    let taras = || Author::person("Taras");
    let change = |seen, text: &str| desk.archive.try_write(|tx| super::change(tx, taras(), "n1", seen, text));
    assert_eq!(change(Some(1), "The one at Ozerne").unwrap().revision, 2);
    let error = change(Some(1), "Another").unwrap_err().to_string();
    assert!(error.contains("n1") && error.contains("Taras"), "{error}");
    assert_eq!(change(None, "No, another").unwrap().revision, 3);
    assert!(matches!(change(None, " \n"), Err(MarksError::Faults(_))));
    assert!(matches!(change(None, &"a".repeat(LONGEST + 1)), Err(MarksError::Faults(_))));
    desk.archive.try_write(|tx| remove(tx, anna(), "n1")).unwrap();
    assert!(find(&desk.archive, "n1").is_err());
    let back = desk.archive.try_write(|tx| undo(tx, anna(), "n1")).unwrap().unwrap();
    assert_eq!(back.text, "No, another");
    let history = history(&desk.archive, "n1").unwrap();
    assert_eq!(history.iter().map(|r| r.is_withdrawn()).collect::<Vec<_>>(), [false, false, false, true, false]);
    assert_eq!(desk.archive.try_write(|tx| undo(tx, anna(), "n2")).unwrap(), None);
    assert!(matches!(desk.archive.try_write(|tx| undo(tx, anna(), "n7")), Err(MarksError::NotFound { .. })));
}
