use super::*;
use earwitness_desk::protection::{Rule, StandIn};
use std::io::Write;

fn guard() -> Guard {
    let rule = |kind, terms: &[&str]| Rule {
        kind,
        terms: terms.iter().map(|t| (*t).to_string()).collect(),
        stand_in: StandIn::Blank,
        exact: false,
        person: None,
        note: String::new(),
    };
    Guard::new(&[
        rule(Kind::Name, &["Лаптев"]),
        rule(Kind::Name, &["Зимин", "Малой"]),
        rule(Kind::Phone, &["+380591104472", "+79441253308"]),
        rule(Kind::Address, &["улица Садовая, дом девять", "Садовая, 9"]),
        rule(Kind::Unit, &["847 мсп"]),
        rule(Kind::Place, &["Сухая Балка"]),
        rule(Kind::Vehicle, &["А123ВС 77"]),
    ])
    .unwrap()
}

fn secrets() -> Secrets {
    Secrets {
        ids: vec!["c0a1b2c3d4e".into(), "ab12cd34ef56".into()],
        files: vec!["0224_055210_k01.wav".into(), "0224_055210_k01".into()],
        harmless: ["ab".repeat(32)].into(),
    }
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let sign = SIGNS[(n >> (18 - 6 * i) & 63) as usize] as char;
            out.push(if i <= chunk.len() { sign } else { '=' });
        }
    }
    out
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
}

fn wav(extra: &[u8]) -> Vec<u8> {
    let mut out = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x08\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08".to_vec();
    out.extend(extra);
    out
}

fn list(text: &[u8]) -> Vec<u8> {
    let mut out = b"LIST".to_vec();
    out.extend((text.len() as u32 + 12).to_le_bytes());
    out.extend(b"INFOICMT");
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text);
    out
}

fn png(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\0\0\0\0".to_vec();
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(kind);
    out.extend(data);
    out.extend([0; 4]);
    out
}

fn jpeg(kind: u8, data: &[u8]) -> Vec<u8> {
    let mut out = vec![0xff, 0xd8, 0xff, kind];
    out.extend((data.len() as u16 + 2).to_be_bytes());
    out.extend(data);
    out.extend([0xff, 0xda, 0, 2]);
    out
}

fn packed(bytes: &[u8], gzip: bool) -> Vec<u8> {
    if gzip {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(bytes).unwrap();
        return writer.finish().unwrap();
    }
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn cp1251(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1251.encode(text).0.into_owned()
}

/// Name of the file, its bytes, and a part of what must be said about it.
type Planted = (&'static str, Vec<u8>, &'static str);

fn html(text: &str) -> Vec<u8> {
    format!("<!doctype html>\n<p>Clean.</p>\n{text}\n").into_bytes()
}

fn in_text() -> Vec<Planted> {
    vec![
        ("a.html", html("<p>Лаптев</p>"), "name"),
        ("a.html", html("<p>о Лаптеве</p>"), "name"),
        ("a.html", html("<p>ЛАПТЕВЫМ</p>"), "name"),
        ("a.html", html("<p>Laptev said</p>"), "name"),
        ("a.html", html("<p>Laptew</p>"), "name"),
        ("a.html", html("<p>LAPTEV'S</p>"), "name"),
        ("a.html", html("<p>Лаптёву</p>"), "name"),
        ("a.html", html("<p>Лaптeв</p>"), "name"),
        ("a.html", html("<p>Лап<b>тев</b></p>"), "name"),
        ("a.html", html("<p>Lap<span class=x></span>tev</p>"), "name"),
        ("a.html", html("<p>Лап\u{ad}тев</p>"), "name"),
        ("a.html", html("<p>Лап&shy;тев</p>"), "name"),
        ("a.html", html("<p>Лап\u{200b}тев</p>"), "name"),
        ("a.html", html("<p>Л а п т е в</p>"), "name"),
        ("a.html", html("<p>L-a-p-t-e-v</p>"), "name"),
        ("a.html", html("<p>Лап-\nтев</p>"), "name"),
        ("a.html", html("<p>&#1051;&#1072;&#1087;&#1090;&#1077;&#1074;</p>"), "name"),
        ("a.html", html("<p>&#x41b;&#x430;&#x43f;&#x442;&#x435;&#x432;</p>"), "name"),
        ("a.html", html("<p title=\"Зимин\">x</p>"), "name"),
        ("a.html", html("<p data-who='zimin'>x</p>"), "name"),
        ("a.html", html("<img alt='Зимину'>"), "name"),
        ("a.html", html("<meta name=author content='Zimin'>"), "name"),
        ("a.html", html("<a href='/%D0%97%D0%B8%D0%BC%D0%B8%D0%BD'>x</a>"), "name"),
        ("a.html", html("<a href='mailto:laptev99@mail.example'>x</a>"), "name"),
        ("a.html", html("<i class=ArtyomLaptev></i>"), "name"),
        ("a.html", html("<!-- check this -->"), "comment"),
        ("a.html", html("<!-- Малой, спросить -->"), "name"),
        ("a.html", html("<script>var x='\\u041b\\u0430\\u043f\\u0442\\u0435\\u0432'</script>"), "name"),
        ("a.html", html("<script>var x='\\x4captev'</script>"), "name"),
        ("a.html", html("<style>p::after{content:'\\41b \\430 \\43f \\442 \\435 \\432 '}</style>"), "name"),
        ("a.json", r#"{"speaker":"Зимина"}"#.into(), "name"),
        ("a.json", r#"{"s":"\u0417\u0438\u043c\u0438\u043d"}"#.into(), "name"),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nЗимину хуже\n".into(), "name"),
        ("a.txt", cp1251("Ведомость: Лаптев"), "name"),
        ("a.txt", encoding_rs::KOI8_U.encode("Ведомость: Лаптев").0.into_owned(), "name"),
        ("a.txt", utf16("\u{feff}Ведомость: Лаптев", false), "name"),
        ("a.txt", utf16("\u{feff}Ведомость: Лаптев", true), "name"),
        ("a.eml", b"Subject: =D0=9B=D0=B0=D0=BF=D1=82=D0=B5=D0=B2".to_vec(), "name"),
        ("a.txt", base64("пишет Лаптев".as_bytes()).into(), "name"),
        ("a.html", html(&format!("<img src='data:text/plain;base64,{}'>", base64(b"by Laptev, A."))), "name"),
        ("a.txt", base64(&utf16("пишет Лаптев", false)).into(), "name"),
        ("a.txt", base64(base64("пишет Лаптев".as_bytes()).as_bytes()).into(), "name"),
        ("a.txt", "пишет Лаптев".bytes().map(|b| format!("{b:02x}")).collect::<String>().into(), "name"),
        ("a.txt.gz", packed("пишет Лаптев".as_bytes(), true), "name"),
    ]
}

fn numbers_places_and_names_of_files() -> Vec<Planted> {
    vec![
        ("a.html", html("<p>+380591104472</p>"), "telephone"),
        ("a.html", html("<p>059 110-44-72</p>"), "telephone"),
        ("a.html", html("<p>110.44.72</p>"), "telephone"),
        ("a.html", html("<p>8 (944) 125 33 08</p>"), "telephone"),
        ("a.html", html("<a href='tel:0591104472'>x</a>"), "telephone"),
        ("a.html", html("<p>+380<b>59</b>110<i>44</i>72</p>"), "telephone"),
        ("a.html", html("<p>&#43;380&nbsp;59&nbsp;110&nbsp;44&nbsp;72</p>"), "telephone"),
        ("a.html", html("<p>ноль пять девять сто десять сорок четыре семьдесят два</p>"), "telephone"),
        ("a.html", html("<p>nine four four one two five three three zero eight</p>"), "telephone"),
        ("a.html", html("<p>+7 903 555-12-34</p>"), "looks like a telephone"),
        ("a.html", html("<p>улице Садовой, дом девять</p>"), "address"),
        ("a.html", html("<p>Sadovaya, 9</p>"), "address"),
        ("a.html", html("<p>из 847-го мсп</p>"), "unit"),
        ("a.html", html("<p>в Сухой Балке</p>"), "place"),
        ("a.html", html("<p>Sukhaya Balka</p>"), "place"),
        ("a.html", html("<p>a 123 bc-77</p>"), "vehicle"),
        ("a.html", html("<source src='clips/0224_055210_K01.mp3'>"), "delivered file"),
        ("a.html", html("<p id='c0a1b2c3d4e'>"), "archive"),
        ("a.html", html("<p id='q-c99a1b2c3d4'>"), "name of a call"),
        ("a.html", html("<p data-r='r0123456789ab'>"), "name of a revision"),
        ("a.html", html(&format!("<p data-x='{}'>", "0f".repeat(32))), "digest"),
        ("a.html", html("<script src='https://cdn.example/x.js'></script>"), "outside"),
        ("a.css", "@import url(//fonts.example/x.css)".into(), "outside"),
        ("a.map", r#"{"sources":["/home/anna/stories/x.ts"]}"#.into(), "folder"),
    ]
}

fn in_files() -> Vec<Planted> {
    let zipped = {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("notes.txt", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all("спросить Зимина".as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let mut id3 = b"ID3\x03\0\0\0\0\0\x1fTIT2\0\0\0\x15\0\0\x01\xff\xfe".to_vec();
    id3.extend(utf16("Зимин звонит", false));
    let mut id3v1 = vec![0; 200];
    id3v1.extend(b"TAG");
    id3v1.extend(cp1251("Лаптев"));
    id3v1.resize(328, 0);
    let mut ogg = b"OggS________OpusTags\x03\0\0\0lib\x01\0\0\0\x0c\0\0\0TITLE=Laptev".to_vec();
    ogg.extend([0; 8]);
    let exif: Vec<u8> = b"Exif\0\0II*\0 shot by Laptev".to_vec();
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><dc:creator>Zimin</dc:creator></x:xmpmeta>";
    let ztxt: Vec<u8> = [b"Comment\0\0".to_vec(), packed("снял Лаптев".as_bytes(), false)].concat();
    vec![
        ("clips/laptev.wav", wav(&[]), "name"),
        ("clips/Зимину/a.wav", wav(&[]), "name"),
        ("clips/0224_055210_k01-7.wav", wav(&[]), "delivered file"),
        ("clips/79441253308.wav", wav(&[]), "telephone"),
        ("a.wav", wav(&list("Лаптев звонит".as_bytes())), "name"),
        ("a.wav", wav(&list(&cp1251("Лаптев звонит"))), "name"),
        ("a.wav", wav(&list(b"clean")), "description"),
        ("a.wav", wav(b"bext\x04\0\0\0abcd"), "description"),
        ("a.mp3", id3.clone(), "name"),
        ("a.mp3", id3, "description"),
        ("a.mp3", id3v1.clone(), "name"),
        ("a.mp3", id3v1, "description"),
        ("a.ogg", ogg.clone(), "name"),
        ("a.ogg", ogg, "description"),
        ("a.jpg", jpeg(0xe1, &exif), "name"),
        ("a.jpg", jpeg(0xe1, xmp), "name"),
        ("a.jpg", jpeg(0xe1, &exif), "description"),
        ("a.jpg", jpeg(0xfe, b"nothing"), "description"),
        ("a.jpg", jpeg(0xed, b"Photoshop 3.0"), "description"),
        ("a.png", png(b"tEXt", b"Author\0Laptev"), "name"),
        ("a.png", png(b"zTXt", &ztxt), "name"),
        ("a.png", png(b"eXIf", b"II*\0"), "description"),
        ("a.svg", "<svg><metadata><rdf:li>Zimin</rdf:li></metadata></svg>".into(), "name"),
        ("a.zip", zipped, "name"),
    ]
}

#[test]
fn every_planted_leak_is_found_and_named() {
    let (guard, secrets) = (guard(), secrets());
    let mut planted = in_text();
    planted.extend(numbers_places_and_names_of_files());
    planted.extend(in_files());
    assert!(planted.len() >= 90, "{}", planted.len());
    let mut missed = Vec::new();
    for (name, bytes, told) in &planted {
        let leaks = check_file(name, bytes, &guard, &secrets);
        let named = leaks.iter().any(|l| l.what.contains(told) && l.file == *name && !l.place.is_empty());
        if !named {
            missed.push(format!("{name} ({told}) {:?}: {leaks:?}", String::from_utf8_lossy(bytes)));
        }
    }
    assert!(missed.is_empty(), "{} of {} missed:\n{}", missed.len(), planted.len(), missed.join("\n"));
}

#[test]
fn a_clean_folder_gives_nothing() {
    let page = "<!doctype html><html lang=en><head><meta charset=utf-8><title>As if</title><style>p{color:#a0b1c2}</style>\
        </head><body><p>Before dawn on Feb. 24, 2022, Artyom woke his mother. “… three days, tops.”</p>\
        <p>Серый свет, зимний лес, малый дом, садовая дорожка.</p><audio src=\"clips/9f3ac1.wav\"></audio>\
        <svg viewBox=\"0 0 640 48\"><path d=\"M0 24L4 20 8 31 12 24 16 8 20 40\"/></svg></body></html>";
    let noise: Vec<u8> = (0..400_000u32).flat_map(|i| (i.wrapping_mul(2_654_435_761) >> 16).to_le_bytes()).collect();
    let mut sound = wav(&[]);
    sound.truncate(36);
    sound.extend(b"data");
    sound.extend((noise.len() as u32).to_le_bytes());
    sound.extend(&noise);
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("clips")).unwrap();
    std::fs::write(dir.path().join("index.html"), page).unwrap();
    std::fs::write(dir.path().join("clips/9f3ac1.wav"), sound).unwrap();
    assert_eq!(check_folder(dir.path(), &guard(), &secrets()).unwrap(), []);
    std::fs::create_dir(dir.path().join("clips/laptev")).unwrap();
    assert_eq!(check_folder(dir.path(), &guard(), &secrets()).unwrap().len(), 1);
    std::os::unix::fs::symlink("/etc/hostname", dir.path().join("x")).unwrap();
    assert!(matches!(check_folder(dir.path(), &guard(), &secrets()), Err(LeakError::Odd(_))));
}

#[test]
fn digests_of_what_lies_there_and_of_weights_lead_to_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let put = |text: String| std::fs::write(dir.path().join("SHA256SUMS"), text).unwrap();
    std::fs::write(dir.path().join("a.txt"), "Clean.").unwrap();
    let own = earwitness_model::Digest::of(b"Clean.").hex();
    put(format!("{own}  a.txt\n{}  weights\n", "ab".repeat(32)));
    assert_eq!(check_folder(dir.path(), &guard(), &secrets()).unwrap(), []);
    put(format!("{own}  a.txt\n{}  b.txt\n", "cd".repeat(32)));
    let leaks = check_folder(dir.path(), &guard(), &secrets()).unwrap();
    assert_eq!((leaks.len(), leaks[0].text.clone()), (1, "cd".repeat(32)));
}

#[test]
fn a_leak_is_found_where_it_is() {
    let leaks = check_file("a.html", "<p>x</p>\n\n<p>Лаптев</p>".as_bytes(), &guard(), &secrets());
    assert_eq!(leaks.len(), 1, "{leaks:?}");
    assert_eq!((leaks[0].place.as_str(), leaks[0].text.as_str()), ("line 3", "Лаптев"));
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_the_check(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), head in 0usize..8) {
        let heads: [&[u8]; 8] = [b"", b"RIFF\0\0\0\0WAVE", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1", b"PK\x03\x04", b"\x1f\x8b\x08", b"OggSOpusTags", b"x\x9c"];
        let bytes = [heads[head], &bytes].concat();
        let _ = check_file("x", &bytes, &guard(), &secrets());
    }
}
