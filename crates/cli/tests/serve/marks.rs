//! Themes, notes, protection and the basket over HTTP.

use super::Served;
use crate::common::{Lab, id};
use serde_json::{Value, json};
use std::fs;

fn theme(name: &str, key: &str) -> Value {
    json!({"name": name, "key": key, "colour": 3})
}

#[test]
fn themes_are_laid_on_selections_and_taken_off() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let (anna, taras) = (served.client("Anna"), served.client("Taras"));
    let stream = taras.events();
    let (status, told) = anna.post("/api/themes", &theme("Bridges", "b"));
    assert_eq!((status, &told["id"], &told["themes"][0]["name"]), (200, &json!("t1"), &json!("Bridges")), "{told}");
    assert_eq!(stream.until("archive", |e| e["what"] == "themes")["call"], Value::Null);
    let (_, told) = anna.post("/api/themes", &json!({"name": "Ill-treatment", "key": "i", "warning": "violence"}));
    assert_eq!(told["themes"][1]["warning"], "violence");
    let (status, told) = anna.post("/api/themes", &theme("bridges", "b"));
    assert_eq!((status, &told["error"]["code"]), (422, &json!("mark_faults")), "{told}");
    assert!(told["error"]["what"].as_str().unwrap().contains("name of t1"), "{told}");

    let at = json!({"theme": "t2", "call": id(1), "turn": 2, "from": 1, "to": 6, "note": "hm"});
    let (status, told) = anna.post("/api/codings", &at);
    let coding = &told["coding"];
    assert_eq!((status, &told["new"], &coding["id"]), (200, &json!(true), &json!("o1")), "{told}");
    assert_eq!((&coding["words"], &coding["from"], &coding["to"]), (&json!("Мост цел"), &Value::Null, &json!(8)));
    assert_eq!((&coding["start"], &coding["end"], &coding["by"]), (&json!(4.5), &json!(6.25), &json!("Anna")));
    assert_eq!((&coding["rests"]["state"], &coding["speaker"]), (&json!("current"), &json!("A")));
    assert_eq!(stream.until("archive", |e| e["call"] == id(1).as_str())["what"], "themes");
    assert_eq!(taras.post("/api/codings", &at).1["new"], false);

    let (_, call) = anna.get(&format!("/api/calls/{}", id(1)));
    assert_eq!((&call["codings"][0]["id"], &call["themes"]), (&json!("o1"), &json!(["t2"])));
    let warned = json!([{"theme": "t2", "name": "Ill-treatment", "warning": "violence", "spans": [[4.5, 6.25]]}]);
    assert_eq!(call["warnings"], warned);
    let list = |q: &str| anna.get(&format!("/api/calls?q={q}")).1;
    assert_eq!((&list("theme:t2")["total"], &list("theme:i")["calls"][0]["themes"]), (&json!(1), &json!(["t2"])));
    assert_eq!((&list("-theme:ill")["total"], &list("theme:bridges")["total"]), (&json!(1), &json!(0)));
    assert_eq!(anna.get("/api/calls?q=theme:zebra").0, 404);
    let facet = json!([{"value": "t2", "label": "Ill-treatment", "count": 1}]);
    assert_eq!(anna.get("/api/calls/facets").1["themes"], facet);
    assert_eq!(anna.get("/api/search?q=theme:t2%20%D0%BC%D0%BE%D1%81%D1%82").1["total_turns"], 1);

    let (_, told) = anna.send("PATCH", "/api/codings/o1", Some(&json!({"note": "sure"})));
    assert_eq!((&told["coding"]["note"], &told["coding"]["revision_number"]), (&json!("sure"), &json!(2)));
    assert_eq!(anna.send("DELETE", "/api/codings/o1", None).1["coding"]["id"], "o1");
    assert_eq!(anna.send("DELETE", "/api/codings/o1", None).0, 404);
    assert_eq!(anna.get("/api/themes").1["themes"][1]["passages"], 0);
    assert_eq!(anna.post("/api/codings/o1/undo", &json!({})).1["coding"]["words"], "Мост цел");
    let shown = anna.get("/api/themes/t2/passages").1;
    assert_eq!((&shown["total"], &shown["codings"][0]["call_name"]), (&json!(1), &json!("0311_0001.wav")));
    let counts = anna.get("/api/themes/counts?by=week").1;
    assert_eq!(
        counts["periods"][0],
        json!({"from": "2022-02-28", "calls": 2, "themes": {"t2": {"calls": 1, "passages": 1}}})
    );
    assert_eq!((&counts["undated"], anna.get("/api/themes/counts?by=year").0), (&Value::Null, 422));
}

#[test]
fn a_codebook_is_changed_undone_and_carried() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    anna.post("/api/themes", &theme("Bridges", "b"));
    let (_, told) = anna.send("PATCH", "/api/themes/t1", Some(&json!({"key": "", "retired": true})));
    let one = &told["themes"][0];
    assert_eq!((&one["key"], &one["retired"], &one["colour"]), (&Value::Null, &json!(true), &json!(3)));
    let put = json!({"theme": "t1", "call": id(1), "turn": 0});
    let (status, told) = anna.post("/api/codings", &put);
    assert_eq!((status, &told["error"]["code"]), (409, &json!("theme_retired")));
    assert_eq!(anna.post("/api/themes/t1/undo", &json!({})).1["themes"][0]["key"], "b");
    assert_eq!(anna.post("/api/codings", &put).0, 200);
    let (status, told) = anna.post("/api/themes/t1/undo", &json!({}));
    assert_eq!((status, &told["themes"][0]["retired"]), (200, &json!(true)), "an undo is undone");
    assert_eq!(anna.post("/api/themes/o1/undo", &json!({})).0, 404);
    assert_eq!(anna.post("/api/codings/t1/undo", &json!({})).0, 404);

    let file = anna.raw("GET", "/api/codebook", &[]);
    assert!(file.header("content-disposition").contains("codebook.json"));
    let mut book: Value = serde_json::from_slice(&file.body).unwrap();
    book["themes"][0]["about"] = "crossings".into();
    book["themes"].as_array_mut().unwrap().push(json!({"name": "Fear", "key": "f"}));
    let (status, told) = anna.put("/api/codebook", &book);
    assert_eq!(
        (status, &told["added"], &told["changed"], &told["same"]),
        (200, &json!(["t2"]), &json!(["t1"]), &json!(0))
    );
    book["themes"][1]["key"] = "ff".into();
    let (status, told) = anna.put("/api/codebook", &book);
    assert!(status == 422 && told["error"]["what"].as_str().unwrap().contains("themes[1].key"), "{told}");
    let qdc = anna.text("/api/codebook?form=qdc");
    assert!(qdc.0 == 200 && qdc.1.contains("CodeBook"), "{}", qdc.1);
    assert_eq!(anna.get("/api/codebook?form=doc").0, 422);
}

#[test]
fn notes_are_shared_and_never_written_over() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let (anna, taras) = (served.client("Anna"), served.client("Taras"));
    let stream = taras.events();
    let part = json!({"turn": 2, "from": 0, "to": 4});
    let (status, told) = anna.post("/api/notes", &json!({"call": id(1), "text": "Which?", "passage": part}));
    assert_eq!((status, &told["note"]["passage"]["words"]), (200, &json!("Мост")), "{told}");
    assert_eq!(stream.until("archive", |e| e["what"] == "notes")["call"], id(1).as_str());
    anna.post("/api/notes", &json!({"call": id(1), "text": "A mother"}));
    let change = |client: &super::Client, seen: u32, text: &str| {
        client.send("PATCH", "/api/notes/n1", Some(&json!({"text": text, "revision_number": seen})))
    };
    let (_, told) = change(&taras, 1, "The one at Ozerne");
    assert_eq!((&told["note"]["by"], &told["note"]["first"]["by"]), (&json!("Taras"), &json!("Anna")));
    let (status, told) = change(&anna, 1, "No");
    assert_eq!(
        (status, &told["error"]["code"], &told["error"]["values"]["by"]),
        (409, &json!("changed"), &json!("person:Taras"))
    );
    let call = anna.get(&format!("/api/calls/{}", id(1))).1;
    assert_eq!((&call["notes"][0]["text"], &call["notes"][1]["passage"]), (&json!("The one at Ozerne"), &Value::Null));
    assert_eq!(call["note"], "from the table", "the table's own note stays");
    assert_eq!(anna.get("/api/notes").1["notes"][0]["id"], "n2");
    assert_eq!(anna.get(&format!("/api/notes?call={}", id(2))).1["notes"], json!([]));
    assert_eq!(anna.send("DELETE", "/api/notes/n1", None).1["note"]["id"], "n1");
    assert_eq!(anna.get("/api/notes").1["notes"].as_array().unwrap().len(), 1);
    assert_eq!(anna.post("/api/notes/n1/undo", &json!({})).1["note"]["text"], "The one at Ozerne");
    let history = anna.get("/api/notes/n1/history").1;
    assert_eq!((&history["history"][2]["text"], &history["history"][1]["by"]), (&Value::Null, &json!("Taras")));
    assert_eq!(
        (anna.get("/api/notes/n9/history").0, anna.post("/api/notes", &json!({"call": id(1), "text": " "})).0),
        (404, 422)
    );
}

#[test]
fn a_selected_word_is_protected() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let anna = served.client("Anna");
    anna.post("/api/people", &json!({"name": "Artyom", "protected": true}));
    let rule = json!({"kind": "name", "terms": ["Артём"], "stand_in": {"with": "alias", "text": "Ivan"}, "person": "p1",
        "call": id(1)});
    let mut only = rule.clone();
    only["try"] = true.into();
    let (status, told) = anna.post("/api/protection", &only);
    assert_eq!((status, &told["id"], &told["rules"]), (200, &Value::Null, &json!([])), "{told}");
    let places: Vec<_> = told["found"].as_array().unwrap().iter().map(|f| (&f["turn"], &f["in"], &f["text"])).collect();
    assert_eq!(places[0], (&json!(0), &json!("text"), &json!("Артём")), "{told}");
    assert!(places.contains(&(&json!(0), &json!("translation"), &json!("Artyom"))), "{told}");
    let (_, told) = anna.post("/api/protection", &rule);
    let one = &told["rules"][0];
    assert_eq!((&told["id"], &one["shown"], &one["person_name"]), (&json!("x1"), &json!("Ivan"), &json!("Artyom")));
    assert_eq!((&told["persons"], &told["numbers"], &one["by"]), (&json!(1), &json!(2), &json!("Anna")));
    assert_eq!(anna.post("/api/protection", &rule).1["rules"].as_array().unwrap().len(), 1, "the same rule once");
    assert_eq!(lab.json(&["protect"])[0]["terms"], json!(["Артём"]));
    let (_, told) = anna.post("/api/protection", &json!({"kind": "number", "terms": ["+380591104472"]}));
    assert_eq!((&told["rules"][1]["kind"], &told["rules"][1]["shown"]), (&json!("phone"), &json!("[…]")));
    for (wrong, status) in [
        (json!({"kind": "voice", "terms": ["V1"]}), 422),
        (json!({"kind": "name", "terms": ["a"]}), 422),
        (json!({"kind": "name", "terms": [" "]}), 422),
        (json!({"kind": "name", "terms": ["Lida"], "person": "p9"}), 404),
        (json!({"kind": "name", "terms": ["Lida"], "call": "nowhere"}), 404),
    ] {
        assert_eq!(anna.post("/api/protection", &wrong).0, status, "{wrong}");
    }
    assert_eq!(anna.send("DELETE", "/api/protection/x1", None).1["rules"].as_array().unwrap().len(), 1);
    assert_eq!(anna.send("DELETE", "/api/protection/x1", None).0, 404);
    assert_eq!(anna.get("/api/protection").1["rules"][0]["id"], "x2");
}

#[test]
fn quotes_go_from_the_basket_into_a_story() {
    let lab = Lab::new();
    let served = Served::start(&lab, &[]);
    let (anna, taras) = (served.client("Anna"), served.client("Taras"));
    let (status, told) = anna.post("/api/basket", &json!({"call": id(1), "turn": 0, "last": 1, "note": "begin"}));
    assert_eq!((status, &told["id"], &told["items"][0]["note"]), (200, &json!(1), &json!("begin")), "{told}");
    anna.post("/api/basket", &json!({"call": id(1), "turn": 2, "from": 0, "to": 8}));
    assert_eq!(taras.get("/api/basket").1["items"], json!([]), "everybody has a basket");
    let (_, told) = anna.put("/api/basket/order", &json!({"ids": [2, 1]}));
    assert_eq!((&told["items"][0]["id"], &told["items"][0]["words"]), (&json!(2), &json!("Мост цел")));
    let (status, told) = anna.put("/api/basket/order", &json!({"ids": [2]}));
    assert_eq!((status, &told["error"]["code"]), (409, &json!("basket_order")));
    assert_eq!(anna.send("PATCH", "/api/basket/2", Some(&json!({"note": "end"}))).1["items"][0]["note"], "end");

    anna.post("/api/stories", &json!({"name": "column"}));
    let file = lab.root.join("stories/column/story.md");
    fs::write(&file, "+++\ntitle = \"A story\"\n[calls]\nk01 = \"march/0311_0001.wav\"\n+++\n\nBefore.\n\n\n").unwrap();
    let (status, told) = anna.post("/api/basket/1/story", &json!({"name": "column", "remove": true}));
    assert_eq!(
        (status, &told["reference"], &told["whole"]),
        (200, &json!("{{ quote k01#0-1 }}"), &json!(false)),
        "{told}"
    );
    assert_eq!(told["story"]["quotes"][0]["label"], "k01#0-1", "{told}");
    assert!(fs::read_to_string(&file).unwrap().ends_with("+++\n\nBefore.\n\n{{ quote k01#0-1 }}\n"));
    assert_eq!(anna.get("/api/basket").1["items"].as_array().unwrap().len(), 1);
    let (_, told) = anna.post("/api/basket/2/story", &json!({"name": "column", "original": true}));
    assert_eq!(told["reference"], "{{ quote k01#2 original cut=\", переправа работает.\" }}");
    assert!(told["story"]["quotes"][1]["published"].to_string().contains("Мост цел"), "{told}");
    assert_eq!(anna.post("/api/basket/1/story", &json!({"name": "column"})).0, 404);
    assert_eq!(anna.post("/api/basket/2/story", &json!({"name": "nothing"})).0, 404);
    assert_eq!(anna.post("/api/basket/undo", &json!({})).1["items"].as_array().unwrap().len(), 2);
    assert_eq!(anna.send("DELETE", "/api/basket/1", None).1["items"].as_array().unwrap().len(), 1);

    let call = anna.get(&format!("/api/calls/{}", id(1))).1;
    let mut edited = crate::turns(&call);
    edited[2]["text"] = "Мост взорван.".into();
    let kept = anna.put(
        &format!("/api/calls/{}/transcript", id(1)),
        &json!({"based_on": call["revision"]["id"], "turns": edited}),
    );
    assert_eq!(kept.0, 200, "{}", kept.1);
    let (status, told) = anna.post("/api/basket/2/story", &json!({"name": "column"}));
    assert_eq!((status, &told["error"]["code"]), (409, &json!("words_moved")), "{told}");
}

#[test]
fn read_only_and_nameless_visitors_note_nothing() {
    let lab = Lab::new();
    lab.text(&["themes", "add", "Bridges"]);
    lab.text(&["notes", "add", &id(1), "A mother"]);
    let before = lab.open().ledger_head().unwrap();
    let served = Served::start(&lab, &["--read-only"]);
    let anna = served.client("Anna");
    for (method, path, body) in [
        ("POST", "/api/themes", theme("Fear", "f")),
        ("PATCH", "/api/themes/t1", json!({"name": "x"})),
        ("POST", "/api/codings", json!({"theme": "t1", "call": id(1), "turn": 0})),
        ("PUT", "/api/codebook", json!({"form": "earwitness-codebook-1", "themes": []})),
        ("POST", "/api/notes", json!({"call": id(1), "text": "x"})),
        ("DELETE", "/api/notes/n1", json!({})),
        ("POST", "/api/protection", json!({"kind": "name", "terms": ["Lida"]})),
        ("POST", "/api/basket", json!({"call": id(1), "turn": 0})),
        ("PUT", "/api/basket/order", json!({"ids": []})),
    ] {
        assert_eq!(anna.send(method, path, Some(&body)).0, 403, "{method} {path}");
    }
    assert_eq!(anna.get("/api/themes").1["themes"][0]["name"], "Bridges");
    assert_eq!(anna.get(&format!("/api/calls/{}", id(1))).1["notes"][0]["text"], "A mother");
    assert_eq!(lab.open().ledger_head().unwrap(), before);
    drop(served);
    let served = Served::start(&lab, &[]);
    let nameless = served.visitor();
    assert_eq!(nameless.post("/api/themes", &theme("Fear", "f")).0, 403);
    assert_eq!(nameless.get("/api/basket").0, 403, "whose?");
}
