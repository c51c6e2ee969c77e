use super::*;
use crate::passage::Chosen;
use crate::passage::testing::*;
use jiff::civil::date;
use proptest::prelude::*;

fn theme(name: &str, key: Option<char>) -> Theme {
    Theme { name: name.into(), key, ..Theme::default() }
}

fn added(desk: &Desk, theme: Theme) -> Kept<Theme> {
    desk.archive.try_write(|tx| add(tx, anna(), theme)).unwrap()
}

fn faults(result: Result<Kept<Theme>>) -> Vec<String> {
    match result.unwrap_err() {
        MarksError::Faults(faults) => faults.into_iter().map(|f| f.place).collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_theme_is_checked_before_it_is_kept() {
    let desk = Desk::new();
    let kept = added(&desk, Theme { warning: Some("  ".into()), ..theme(" Looting ", Some('l')) });
    assert_eq!((kept.id.as_str(), kept.name.as_str(), &kept.warning), ("t1", "Looting", &None));
    let add = |theme| desk.archive.try_write(|tx| super::add(tx, anna(), theme));
    assert_eq!(faults(add(theme("LOOTING", None))), ["name"]);
    assert_eq!(faults(add(theme("Fear", Some('l')))), ["key"]);
    assert_eq!(faults(add(theme("", Some('L')))), ["name", "key"]);
    assert_eq!(faults(add(theme("t7", Some('-')))), ["name", "key"]);
    assert_eq!(faults(add(Theme { colour: COLOURS, about: "a\u{7}".into(), ..theme("x", None) })), ["about", "colour"]);
    // A retired theme gives its key back.
    let retired = Theme { retired: true, ..kept.is.clone() };
    let retired = desk.archive.try_write(|tx| change(tx, anna(), &kept, retired)).unwrap();
    let fear = add(theme("Fear", Some('l'))).unwrap();
    assert_eq!(faults(desk.archive.try_write(|tx| change(tx, anna(), &retired, kept.is.clone()))), ["key"]);
    let book = Codebook::load(&desk.archive).unwrap();
    assert_eq!(book.find("l").unwrap().id, fear.id);
    assert_eq!((&book.find("loo").unwrap().id, &book.find("T1").unwrap().id), (&retired.id, &retired.id));
    assert!(matches!(book.find("x"), Err(MarksError::NotFound { .. })));
    assert!(matches!(book.find(""), Err(MarksError::NotFound { .. })));
    add(theme("Feast", None)).unwrap();
    assert!(matches!(Codebook::load(&desk.archive).unwrap().find("fea"), Err(MarksError::Ambiguous { .. })));
}

#[test]
fn a_theme_lies_once_on_the_same_words() {
    let desk = Desk::new();
    added(&desk, theme("Friendly fire", Some('f')));
    let put = |chosen: &Chosen| desk.archive.try_write(|tx| super::put(tx, anna(), "f", chosen, " who? "));
    let (first, new) = put(&desk.said(2, "обстреляли свои")).unwrap();
    assert_eq!((first.id.as_str(), first.note.as_str(), new), ("o1", "who?", true));
    let (same, new) = put(&desk.chosen(2, Some(4), Some(19))).unwrap();
    assert_eq!((same.id.as_str(), new), ("o1", false));
    desk.hear(&[(0.0, "A", "Алло, мам."), (20.0, "A", TEXTS[2])]);
    let (same, new) = put(&desk.said(1, "обстреляли свои")).unwrap();
    assert_eq!((same.id.as_str(), new), ("o1", false), "the same words in a later transcript");
    assert!(put(&desk.said(1, "у моста")).unwrap().1);
    let book = Codebook::load(&desk.archive).unwrap();
    assert_eq!(book.count("t1"), Count { calls: 1, passages: 2 });
    assert_eq!(book.by_call()[&desk.call].iter().collect::<Vec<_>>(), ["t1"]);
}

#[test]
fn what_was_done_can_be_undone_and_done_again() {
    let desk = Desk::new();
    let kept = added(&desk, theme("Fear", Some('f')));
    let undo = |id: &str| desk.archive.try_write(|tx| super::undo(tx, anna(), id));
    let book = || Codebook::load(&desk.archive).unwrap();
    let whole = desk.chosen(0, None, None);
    desk.archive.try_write(|tx| put(tx, anna(), "Fear", &whole, "")).unwrap();
    desk.archive.try_write(|tx| take(tx, anna(), "o1")).unwrap();
    assert!(book().codings.is_empty() && book().coding("o1").is_err());
    undo("o1").unwrap();
    assert_eq!(book().coding("o1").unwrap().passage.place.turn, 0);
    desk.archive.try_write(|tx| note(tx, anna(), "o1", "here")).unwrap();
    undo("o1").unwrap();
    assert_eq!(book().coding("o1").unwrap().note, "");
    assert!(matches!(undo("t1"), Err(MarksError::InUse { passages: 1, .. })));
    assert_eq!(book().themes.len(), 1, "nothing of it was kept");
    let changed = Theme { key: None, retired: true, ..kept.is.clone() };
    desk.archive.try_write(|tx| change(tx, anna(), &kept, changed)).unwrap();
    assert!(matches!(desk.archive.try_write(|tx| put(tx, anna(), "Fear", &whole, "")), Err(MarksError::Retired(_))));
    added(&desk, theme("Flight", Some('f')));
    assert!(matches!(undo("t1"), Err(MarksError::Faults(_))), "its key is another's now");
    assert!(book().theme("t1").unwrap().retired);
    assert!(matches!(undo("o9"), Err(MarksError::NotFound { kind: "coding", .. })));
}

#[test]
fn themes_are_counted_by_week_and_month() {
    let desk = Desk::new();
    let (a, b, c) = (desk.call.clone(), CallId::new("c2"), CallId::new("c3"));
    let coding = |n: usize, call: &CallId, theme: &str| Kept {
        id: format!("o{n}"),
        revision: 1,
        by: anna(),
        at: jiff::Timestamp::UNIX_EPOCH,
        is: Coding {
            theme: theme.into(),
            passage: Passage {
                call: call.clone(),
                transcript: earwitness_model::RevisionId::new("r1"),
                place: crate::passage::Place { turn: n, last: n, from: None, to: None },
            },
            note: String::new(),
        },
    };
    let codings = [coding(1, &a, "t1"), coding(2, &a, "t1"), coding(3, &b, "t2"), coding(4, &c, "t1")];
    let days = [(&a, Some(date(2022, 3, 13))), (&b, Some(date(2022, 3, 14))), (&c, None)];
    let weeks = over_time(days, &codings, By::Week);
    let from: Vec<Option<Date>> = weeks.iter().map(|w| w.from).collect();
    assert_eq!(from, [Some(date(2022, 3, 7)), Some(date(2022, 3, 14)), None]);
    assert_eq!((weeks[0].calls, weeks[0].themes["t1"]), (1, Count { calls: 1, passages: 2 }));
    assert_eq!(weeks[2].themes["t1"], Count { calls: 1, passages: 1 });
    let months = over_time(days, &codings, By::Month);
    assert_eq!((months[0].from, months[0].calls, months[0].themes.len()), (Some(date(2022, 3, 1)), 2, 2));
    assert!(over_time([], &codings, By::Month).is_empty());
}

use jiff::civil::Date;

#[test]
fn a_codebook_goes_out_and_comes_in() {
    let (desk, other) = (Desk::new(), Desk::new());
    added(&desk, Theme { about: "Taken things,\nbought too".into(), colour: 3, ..theme("Looting", Some('l')) });
    added(&desk, Theme { warning: Some("cruelty".into()), retired: true, ..theme("Ill-treatment", None) });
    let text = export(&desk.archive).unwrap();
    let import = |desk: &Desk, text: &str| desk.archive.try_write(|tx| super::import(tx, &anna(), text));
    let told = import(&other, &text).unwrap();
    assert_eq!((told.added.as_slice(), told.same), (["t1".to_owned(), "t2".to_owned()].as_slice(), 0));
    assert_eq!(export(&other.archive).unwrap(), text);
    assert_eq!(import(&other, &text).unwrap(), Imported { same: 2, ..Imported::default() });
    let changed = text.replace("\"colour\": 3", "\"colour\": 4").replace("Looting", "LOOTING");
    assert_eq!(import(&other, &changed).unwrap().changed, ["t1"]);
    added(&other, theme("Fear", Some('f')));
    let clash = changed.replace("\"key\": \"l\"", "\"key\": \"f\"");
    assert!(
        import(&other, &clash).unwrap_err().to_string().contains("themes[1].key: “f” is the key of “Fear”") || {
            import(&other, &clash).unwrap_err().to_string().contains("themes[0].key: “f” is the key of “Fear”")
        }
    );
}

#[test]
fn a_file_that_is_wrong_is_told_in_full() {
    let told = |text: &str| {
        let faults = exchange::read(text).unwrap_err();
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert!(told("{").contains("it is no JSON"));
    assert!(told("[]").contains("an object"));
    assert!(told("{\"form\":\"x\"}").contains("form: a codebook says"));
    assert!(told("{\"form\":\"earwitness-codebook-1\"}").contains("themes: it is missing"));
    assert!(told("{\"form\":\"a\",\"form\":\"b\"}").contains("stands twice"));
    let many = told(
        r#"{"form":"earwitness-codebook-1","themes":[{"name":"a","key":"ab","colour":77,"retired":1,"size":2},{},7,
        {"name":"\u0007"}]}"#,
    );
    for place in [
        "themes[0].size: this is not known",
        "themes[0].key: a key is one",
        "themes[0].retired: true or false",
        "themes[0].colour: there are the colours 0 to 11",
        "themes[1].name: it is missing",
        "themes[2]: an object",
        "themes[3].name: it holds line breaks or control",
    ] {
        assert!(many.contains(place), "{place}\n{many}");
    }
}

#[test]
fn the_exchange_form_of_the_field_can_be_read() {
    let desk = Desk::new();
    added(&desk, Theme { about: "a < b & “c”".into(), ..theme("Fear \"&\" flight", None) });
    added(&desk, Theme { retired: true, colour: 11, ..theme("Old", None) });
    let text = qdc(&desk.archive).unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut names, mut guids, mut about) = (Vec::new(), Vec::new(), String::new());
    loop {
        use quick_xml::events::Event;
        match reader.read_event().unwrap() {
            Event::Start(e) | Event::Empty(e) if e.name().as_ref() == "Code" => {
                for attribute in e.attributes().map(std::result::Result::unwrap) {
                    let value = attribute.value.to_string();
                    match attribute.key.as_ref() {
                        "name" => names.push(quick_xml::escape::unescape(&value).unwrap().into_owned()),
                        "guid" => guids.push(value),
                        _ => {}
                    }
                }
            }
            Event::Text(e) => about += &e,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(names, ["Fear \"&\" flight", "Old"]);
    assert!(about.contains("a ") && text.contains("a &lt; b &amp; "), "{text}");
    let lengths: Vec<usize> = guids[0].split('-').map(str::len).collect();
    assert_eq!((lengths.as_slice(), guids.len()), ([8, 4, 4, 4, 12].as_slice(), 2));
    assert!(text.contains("isCodable=\"false\"") && text.contains("urn:QDA-XML:codebook:1.0"));
}

proptest! {
    #[test]
    fn no_file_breaks_the_reader(text in ".{0,200}") {
        let _ = exchange::read(&text);
    }

    #[test]
    fn no_theme_breaks_the_reader(name in ".{0,5}", key in ".{0,3}", colour in any::<i64>()) {
        let file = serde_json::json!({"form": FORM, "themes": [{"name": name, "key": key, "colour": colour}]});
        if let Ok(themes) = exchange::read(&file.to_string()) {
            prop_assert!(themes[0].colour < COLOURS && !themes[0].name.is_empty());
        }
    }
}
