use super::*;
use earwitness_desk::quote::Declaration;
use earwitness_model::Span;
use proptest::prelude::*;

const HEAD: &str = "+++\ntitle = \"A story\"\n[calls]\nk01 = \"0224.wav\"\n[people.artyom]\nname = \"Artyom\"\nspeaks = [\"k01:A\"]\n+++\n";

fn story(body: &str) -> Result<Story, Vec<StoryFault>> {
    parse("story.md", &format!("{HEAD}{body}"))
}

fn faults(text: &str) -> String {
    parse("story.md", text).unwrap_err().iter().map(|f| format!("{f}\n")).collect()
}

#[test]
fn a_story_is_read() {
    let text = "\n## Artyom\n\nHe woke his mother. {{ quote k01#7 cut=\"There you go.\" }} And then.\n\n\
        {{ quote k01#2-3 by=artyom join\n   mask=“damn”#2 insert=\"the post [a checkpoint]\" claim=k01.c3 original silent }}\n\n\
        {{quote k01@0:12.5-0:20 insert=\"[He laughs]\"}}\n\n![A road](road.jpg)\n";
    let story = story(text).unwrap();
    assert_eq!(story.head.title, "A story");
    assert_eq!(story.head.call("k01"), "0224.wav");
    assert_eq!(story.head.speaker("k01", "A").map(|(key, p)| (key, p.name.as_str())), Some(("artyom", "Artyom")));
    assert_eq!(story.head.speaker("k01", "B"), None);
    let [first, second, third] = story.quotes.as_slice() else { panic!("{:?}", story.quotes) };
    assert_eq!((first.line, first.label().as_str()), (12, "k01#7"));
    assert_eq!(first.edits, [Declaration::Cut { words: "There you go.".into(), nth: None }]);
    assert_eq!((second.line, second.label().as_str(), second.by.as_deref()), (14, "k01#2-3", Some("artyom")));
    assert_eq!(
        second.edits,
        [
            Declaration::Join,
            Declaration::Mask { word: "damn".into(), nth: Some(2) },
            Declaration::Insert { after: "the post".into(), text: "a checkpoint".into(), nth: None },
        ]
    );
    assert!(second.original && second.silent && second.claim.as_deref() == Some("k01.c3"));
    assert_eq!((third.line, third.place), (17, Place::Seconds(Span::new(12.5, 20.0))));
    assert_eq!(third.edits, [Declaration::Insert { after: String::new(), text: "He laughs".into(), nth: None }]);
    assert_eq!(story.pictures, [Picture { file: "road.jpg".into(), line: 19 }]);
}

#[test]
fn quotes_stand_where_they_were_written() {
    let story =
        story("# One\n\nHe *said* {{ quote k01#1 }}, twice.\n\n{{ quote k01#2\n original }}\n\n![x](a.png)").unwrap();
    let html = to_html(&story, &|n| format!("<q>{n}</q>"), &|n| format!("<figure>{n}</figure>"), &|f| format!("p/{f}"));
    assert_eq!(
        html,
        "<h2>One</h2>\n<p>He <em>said</em> <q>0</q>, twice.</p>\n<figure>1</figure>\n<p><img src=\"p/a.png\" alt=\"x\" /></p>\n"
    );
}

#[test]
fn faults_name_the_line_and_what_to_do() {
    for (body, line, told) in [
        ("{{ quote k01 }}", 9, "not a place in a call"),
        ("\n{{ quote k01#x }}", 10, "not a place in a call"),
        ("{{ quote k01#5-2 }}", 9, "ends before it begins"),
        ("{{ quote k01@1:00-0:30 }}", 9, "ends before it begins"),
        ("{{ film k01#1 }}", 9, "only quotes"),
        ("a\n\nb {{ quote k01#1 cut=\"x }}", 11, "not closed"),
        ("{{ quote k01#1", 9, "not closed"),
        ("{{ quote k01#1 cut }}", 9, "needs words"),
        ("{{ quote k01#1 cut=\"\" }}", 9, "nothing behind ="),
        ("{{ quote k01#1 cut=\"a\"#0 }}", 9, "#0"),
        ("{{ quote k01#1 insert=\"a checkpoint\" }}", 9, "insert=\"words before"),
        ("{{ quote k01#1 join=yes }}", 9, "stands alone"),
        ("{{ quote k01#1 colour=red }}", 9, "cannot be said"),
        ("{{ quote k01#1 by=boris }}", 9, "nobody is called"),
        ("text <script>alert(1)</script>", 9, "HTML"),
        ("x\n\n<div>\n", 11, "HTML"),
        ("# He said {{ quote k01#1 }}", 9, "heading"),
        ("[x](javascript:alert(1))", 9, "https://"),
        ("![x](../../etc/passwd)", 9, "beside the story"),
        ("![x](https://example.org/a.png)", 9, "beside the story"),
    ] {
        let found = story(body).unwrap_err();
        let text = found[0].to_string();
        assert!(text.starts_with(&format!("story.md: line {line}: ")) && text.contains(told), "{body}: {text}");
    }
    assert!(faults("no head").contains("line 1: the story has no head"));
    assert!(faults("+++\ntitle = \"x\"\n").contains("does not end"));
    assert!(faults("+++\ntitle = \"x\"\ncolor = 1\n+++\n").contains("line 3: unknown field"));
    assert!(faults("+++\ntitle = \"x\"\nlanguage = \"fr\"\n+++\n").contains("“fr”"));
    assert!(faults("+++\ntitle = \"\"\n+++\n").contains("no title"));
    assert!(faults("+++\ntitle = \"x\"\n+++\n\u{e000}1\u{e001}").contains("line 4"));
    // All faults are told at once.
    assert_eq!(story("{{ quote k01 }}\n\n{{ quote k01#x }}").unwrap_err().len(), 2);
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in "([+]{3}\ntitle=\"x\"\n[+]{3}\n)?([{}]{2}|quote | k#1|cut=|mask=|insert=|[\"“”«»\\\\#@=-]|[а-я]|\n|[!\\[\\]()<>*`]){0,40}") {
        if let Ok(story) = parse("story.md", &text) {
            let count = story.quotes.len();
            let html = to_html(&story, &|n| { assert!(n < count); "Q".into() }, &|n| { assert!(n < count); "Q".into() }, &str::to_string);
            prop_assert!(!html.contains(MARKS));
        }
    }

    #[test]
    fn nor_does_any_other(text in "\\PC{0,200}") {
        let _ = parse("story.md", &text);
        let _ = story(&text);
    }
}
