use super::*;
use earwitness_model::Turn;
use proptest::prelude::*;

/// Kinds and words of a text's hints.
fn said(text: &str) -> Vec<(HintKind, String)> {
    of_text(text, None).into_iter().map(|hint| (hint.kind, hint.words)).collect()
}

fn check(cases: &[(&str, &[&str])], kind: HintKind) {
    for (text, words) in cases {
        let expected: Vec<(HintKind, String)> = words.iter().map(|w| (kind, (*w).to_owned())).collect();
        let found: Vec<_> = said(text).into_iter().filter(|(k, _)| *k == kind).collect();
        assert_eq!(found, expected, "{text}: {:?}", said(text));
    }
}

#[test]
fn who_names_himself() {
    let cases: [(&str, &[&str]); 16] = [
        ("Мам, это я, Артём.", &["Артём"]),
        ("это я, артем", &["артем"]),
        ("Алло, это Серёга.", &["Серёга"]),
        ("Меня зовут Виталик, я из Бурятии.", &["Виталик"]),
        ("Мене звати Оксана.", &["Оксана"]),
        ("Це я, Тарас.", &["Тарас"]),
        ("Я, Петренко Тарас Іванович, народився у Сумах.", &["Петренко Тарас Іванович"]),
        ("Олег слушает.", &["Олег"]),
        ("Доченька, это мама.", &["мама"]),
        ("It's me, Kevin.", &["Kevin"]),
        ("My name is Sarah, hello.", &["Sarah"]),
        ("Это я, Юль.", &[]),
        ("Это я, мам.", &[]),
        ("Это Денис?", &[]),
        ("Это Денис сказал.", &[]),
        ("Я Денису говорил.", &[]),
    ];
    check(&cases, HintKind::NamesSelf);
}

#[test]
fn who_is_addressed() {
    let cases: [(&str, &[&str]); 21] = [
        ("Мам, это я, Артём.", &["Мам"]),
        ("Слышу тебя, сынок.", &["сынок"]),
        ("слышу тебя, сынок", &["сынок"]),
        ("Привет, Тёмочка!", &["Тёмочка"]),
        ("Привет Женёк, как дела", &["Женёк"]),
        ("Юль, я не знаю.", &["Юль"]),
        ("Я не знаю, Наташ, правда.", &["Наташ"]),
        ("Это Денис?", &["Денис"]),
        ("Миколо, ти де?", &["Миколо"]),
        ("Мамо, я живий.", &["Мамо"]),
        ("Светлана Андреевна, здравствуйте.", &["Светлана Андреевна"]),
        ("Mom, I'm fine.", &["Mom"]),
        ("Вера, привет.", &["Вера"]),
        ("Вера у нас одна.", &[]),
        ("твою мать", &[]),
        ("Мама сказала ждать.", &[]),
        ("Алло! Алло, кто это?", &[]),
        ("Надо ехать. Надо.", &[]),
        ("Только ты не говори. Только...", &[]),
        ("Том, о том и речь.", &[]),
        ("Ты за Петрову, отвечаешь.", &[]),
    ];
    check(&cases, HintKind::Addresses);
}

#[test]
fn of_whom_somebody_speaks() {
    let cases: [(&str, &[&str]); 14] = [
        ("Я Руслану говорил.", &["Руслану"]),
        ("Олежку ранило, Витёк с ним.", &["Олежку", "Витёк"]),
        ("видел сашку бобра", &["сашку"]),
        ("Лёха Зимин погиб.", &["Лёха Зимин"]),
        ("Там этот Ершов командует.", &["Ершов"]),
        ("Он сейчас в Ростове стоит.", &[]),
        ("Передай Степану Гнатовичу.", &["Степану Гнатовичу"]),
        ("Рассказывал про Свету.", &[]),
        ("Мы говорили о мире и о вере.", &[]),
        ("Тема такая: март, мая не жди.", &[]),
        ("Слава Україні!", &[]),
        ("Маши рукой, вали отсюда.", &[]),
        ("Петь не умею, коли так.", &[]),
        ("I saw Natasha there.", &["Natasha"]),
    ];
    check(&cases, HintKind::SpeaksAbout);
}

#[test]
fn a_hint_names_its_place_and_whom_it_is_about() {
    let turn = |speaker: &str, start: f64, text: &str| Turn {
        start,
        end: start + 2.0,
        channel: 0,
        speaker: speaker.into(),
        language: None,
        text: text.into(),
        confidence: 1.0,
        words: Vec::new(),
        doubt: None,
    };
    let turns = vec![turn("A", 0.5, "Алло, мам, это я, Тёма."), turn("B", 3.0, "Сынок! Витя рядом?")];
    let all = hints(&Transcript { language: None, turns }, None);
    let short: Vec<_> = all.iter().map(|h| (h.turn, h.kind, h.words.as_str(), h.about.join(" "))).collect();
    let expected = [
        (0, HintKind::Addresses, "мам", "B".to_owned()),
        (0, HintKind::NamesSelf, "Тёма", "A".to_owned()),
        (1, HintKind::Addresses, "Сынок", "A".to_owned()),
        (1, HintKind::SpeaksAbout, "Витя", String::new()),
    ];
    assert_eq!(short, expected);
    assert_eq!((all[0].relation, all[1].names.as_slice()), (Some("mother"), ["Артём".to_owned()].as_slice()));
    assert_eq!((all[1].from, all[1].to, all[1].start), (18, 22, 0.5));
    assert_eq!(all[3].names, ["Виктор"]);
}

#[test]
fn a_network_adds_what_the_lexicon_does_not_know() {
    if !earwitness_testkit::models_ready() {
        return;
    }
    let read = |name: &str| std::fs::read(earwitness_testkit::models().join("names").join(name)).unwrap();
    let navec = read("navec_news_v1_1B_250K_300d_100q.tar");
    let tagger = Tagger::read(&read("slovnet_ner_news_v1.tar"), &navec).unwrap();
    let both = |text: &str| -> Vec<(String, usize)> {
        of_text(text, Some(&tagger)).into_iter().map(|hint| (hint.words, hint.found_by.len())).collect()
    };
    // One by both, one by the network alone, for no list of given names has it.
    assert_eq!(both("Он видел Артёма и Зульфикара."), [("Артёма".to_owned(), 2), ("Зульфикара".to_owned(), 1)]);
    let alone = of_text("Он видел Зульфикара.", Some(&tagger));
    assert_eq!(alone[0].found_by, BTreeSet::from([FoundBy::Network]));
    assert_eq!((of_text("Он видел Зульфикара.", None).len(), alone[0].kind), (0, HintKind::SpeaksAbout));
    // It takes this for a person.
    assert_eq!(both("Алло? Кто это?"), []);
    // Family words stay what they are.
    assert_eq!(both("Мам, ты где?"), [("Мам".to_owned(), 1)]);
}

proptest! {
    #[test]
    fn any_text_gives_places_within_it(text in "[а-яё А-ЯЁіїєґ'’a-zA-Z,.!?—\\-\u{301}0-9]{0,120}") {
        for hint in of_text(&text, None) {
            let words: String = text.chars().skip(hint.from).take(hint.to - hint.from).collect();
            prop_assert!(!words.is_empty() && words == hint.words);
        }
    }

    #[test]
    fn never_panics(text in ".{0,200}") {
        let _ = of_text(&text, None);
    }
}
