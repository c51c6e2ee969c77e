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
    let caption = |start: f64, text: &str, spoken: &str| Caption {
        start,
        end: start + 2.0,
        who: "Artyom".into(),
        text: text.into(),
        spoken: spoken.into(),
    };
    Shown {
        lines: vec![ShownLine { who: "Artyom".into(), parts }],
        captions: vec![caption(0.2, "Mom, three <days>.", "Мам, три дня.")],
        spoken_language: "ru".into(),
        day: "2022-03-11".into(),
        standing: "There is no evidence of this beyond what he says.".into(),
        clip: file.map(clip),
    }
}

fn built(language: &str) -> (String, Vec<String>, Vec<leak::Leak>) {
    let pictures = BTreeMap::from([("road.png".to_string(), ("5f6a.png".to_string(), b"\x89PNG\r\n\x1a\n".to_vec()))]);
    let files = build(&story(language), &[shown(Some("ninefa.wav")), shown(None)], &pictures).unwrap();
    let guard = Guard::new(&[]).unwrap();
    let leaks =
        files.iter().flat_map(|(name, b)| leak::check_file(name, b, &guard, &leak::Secrets::default())).collect();
    let names = files.iter().map(|f| f.0.clone()).collect();
    let text = |n: usize| String::from_utf8(files[n].1.clone()).unwrap();
    (text(0) + &text(1), names, leaks)
}

#[test]
fn a_page_holds_what_readers_need() {
    let (page, files, leaks) = built("en");
    let first =
        ["index.html", "method.html", "card.png", "clips/ninefa.wav", "clips/ninefa.vtt", "clips/ninefa-spoken.vtt"];
    assert_eq!(files[..6], first);
    assert!(files.contains(&"pictures/5f6a.png".to_string()) && files.contains(&"fonts/OFL.txt".to_string()));
    for part in [
        "<h1>As &lt;if&gt;</h1>",
        "Three &quot;men&quot;",
        "<h2>Artyom</h2>",
        "<span class=\"cut\" title=\"words left out\">… </span>three &lt;days&gt;<span class=\"added\"",
        "<b>Artyom:</b>",
        "March 11, 2022",
        "0:07",
        "src=\"clips/ninefa.wav\"",
        "There is no evidence of this beyond what he says.",
        "lang=\"ru\">Мам, три дня.</p>",
        "data-captions=\"clips&#x2f;ninefa.vtt\" data-spoken=\"clips&#x2f;ninefa-spoken.vtt\" data-language=\"ru\"",
        "<track kind=\"captions\" srclang=\"en\"",
        "href=\"method.html#source-1\"",
        "<meta property=\"og:image\" content=\"card.png\">",
        "<dt>With words left out</dt><dd>2</dd>",
        "<em>listened</em>",
        "pictures/5f6a.png",
        "Swearing.",
        "default-src 'none'",
        "<dt>Artyom</dt><dd>a private<svg class=\"lane\"",
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
