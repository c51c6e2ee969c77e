use super::*;
use crate::leak;
use crate::story::parse;
use earwitness_desk::protection::Guard;

fn story(language: &str) -> Story {
    let text = format!(
        "+++\ntitle = \"As <if>\"\nsummary = \"Three \\\"men\\\"\"\nlanguage = \"{language}\"\nwarning = \"Swearing.\"\n\
         method = \"We *listened*.\"\n[people.a]\nname = \"Artyom\"\nabout = \"a private\"\n+++\n\
         ## Artyom\n\nHe woke her. {{{{ quote k01#7 }}}}\n\n{{{{ quote k02#1 }}}}\n\n![A road](road.png)\n"
    );
    parse("story.md", &text).unwrap()
}

fn shown(file: Option<&str>) -> Shown {
    let part = |kind, text: &str| Part { kind, text: text.into() };
    let parts =
        vec![part("cut", "… "), part("kept", "three <days>"), part("inserted", " [at most]"), part("kept", ".")];
    let clip = |file: &str| Clip {
        file: file.into(),
        seconds: 7.4,
        peaks: vec![(-0.5, 0.4); BARS],
        bytes: b"RIFF\0\0\0\0WAVE".to_vec(),
    };
    Shown {
        lines: vec![ShownLine { who: "Artyom".into(), parts }],
        spoken: vec!["три дня".into()],
        spoken_language: "ru".into(),
        day: "2022-03-11".into(),
        standing: "There is no evidence of this beyond what he says.".into(),
        clip: file.map(clip),
    }
}

fn built(language: &str) -> (String, Vec<String>, Vec<leak::Leak>) {
    let pictures = BTreeMap::from([("road.png".to_string(), ("5f6a.png".to_string(), b"\x89PNG\r\n\x1a\n".to_vec()))]);
    let files = build(&story(language), &[shown(Some("9f3ac1.wav")), shown(None)], &pictures).unwrap();
    let guard = Guard::new(&[]).unwrap();
    let leaks =
        files.iter().flat_map(|(name, b)| leak::check_file(name, b, &guard, &leak::Secrets::default())).collect();
    let names = files.iter().map(|f| f.0.clone()).collect();
    (String::from_utf8(files[0].1.clone()).unwrap(), names, leaks)
}

#[test]
fn a_page_holds_what_readers_need() {
    let (page, files, leaks) = built("en");
    assert_eq!(files, ["index.html", "clips/9f3ac1.wav", "pictures/5f6a.png"]);
    for part in [
        "<h1>As &lt;if&gt;</h1>",
        "Three &quot;men&quot;",
        "<h2>Artyom</h2>",
        "<span class=\"cut\" title=\"words left out\">… </span>three &lt;days&gt;<span class=\"added\"",
        "<b>Artyom:</b>",
        "March 11, 2022",
        "0:07",
        "src=\"clips/9f3ac1.wav\"",
        "There is no evidence of this beyond what he says.",
        "lang=\"ru\">три дня</span>",
        "<em>listened</em>",
        "pictures/5f6a.png",
        "Swearing.",
        "default-src 'none'",
        "<dt>Artyom</dt><dd>a private</dd>",
    ] {
        assert!(page.contains(part), "{part} is missing in\n{page}");
    }
    assert!(!page.contains(crate::story::MARKS), "a mark was left");
    assert_eq!(leaks, []);
    assert!(built("uk").0.contains("11 березня 2022") && built("uk").0.contains("Слухати"));
}

#[test]
fn the_page_allows_its_own_style_and_script() {
    // RFC 6234's digest of nothing, in base64.
    assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    let (page, ..) = built("en");
    let between = |open: &str, close: &str| page.split_once(open).unwrap().1.split_once(close).unwrap().0.to_string();
    assert!(
        page.contains(&hash(&between("<style>", "</style>")))
            && page.contains(&hash(&between("<script>", "</script>")))
    );
}

#[test]
fn a_site_is_not_built_of_half_of_it() {
    let none = BTreeMap::new();
    assert!(matches!(build(&story("en"), &[shown(None)], &none), Err(SiteError::Quotes { wanted: 2, given: 1 })));
    assert!(matches!(build(&story("en"), &[shown(None), shown(None)], &none), Err(SiteError::Picture(_))));
}
