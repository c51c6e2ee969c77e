use super::*;
use earwitness_model::Turn;
use proptest::prelude::*;

/// Kinds and words of a text's hints.
fn said(text: &str) -> Vec<(HintKind, String)> {
    of_text(text).into_iter().map(|hint| (hint.kind, hint.words)).collect()
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
    let all = hints(&Transcript { language: None, turns });
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

proptest! {
    #[test]
    fn any_text_gives_places_within_it(text in "[а-яё А-ЯЁіїєґ'’a-zA-Z,.!?—\\-\u{301}0-9]{0,120}") {
        for hint in of_text(&text) {
            let words: String = text.chars().skip(hint.from).take(hint.to - hint.from).collect();
            prop_assert!(!words.is_empty() && words == hint.words);
        }
    }

    #[test]
    fn never_panics(text in ".{0,200}") {
        let _ = of_text(&text);
    }
}
