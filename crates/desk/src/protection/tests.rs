use super::*;
use proptest::prelude::*;

fn rule(kind: Kind, terms: &[&str], stand_in: StandIn) -> Rule {
    let terms = terms.iter().map(|t| (*t).to_string()).collect();
    Rule { kind, terms, stand_in, exact: false, person: None, note: String::new() }
}

fn guard(kind: Kind, terms: &[&str]) -> Guard {
    Guard::new(&[rule(kind, terms, StandIn::Blank)]).unwrap()
}

fn found(guard: &Guard, text: &str) -> Vec<String> {
    guard.find(text).into_iter().map(|h| h.text).collect()
}

#[test]
fn names_are_found_in_their_forms_and_spellings() {
    for (term, texts) in [
        (
            "Лаптев",
            &[
                "Лаптева",
                "ЛАПТЕВУ",
                "лаптевым",
                "Лаптевых",
                "Лаптёв",
                "Лаптевой",
                "Laptev",
                "Laptev's",
                "LAPTEV",
                "Lapteva",
                "Laptew",
                "Lapteff",
                "Laptyev",
                "Лaптeв",
                "Лап\u{ad}тев",
                "Л\u{200b}аптев",
                "Ла\u{301}птев",
                "laptev_1999@mail.example",
                "rec/ArtyomLaptev.wav",
            ][..],
        ),
        ("Артём", &["Артёма", "Артему", "Артёмом", "Artyom", "Artem", "Artiom", "Artjom", "Artyom's", "Артемове"]),
        ("Зимин", &["Зимину", "Зиминым", "Zimin", "Zimina", "ZIMIN"]),
        ("Ершов", &["Ершова", "Yershov", "Ershov", "Jerschow", "Ершову"]),
        ("Гареев", &["Гареева", "Gareyev", "Gareev", "Gareyeva", "Гареевым"]),
        ("Олежка", &["Олежке", "Олежку", "Olezhka", "Olezhku"]),
        ("Павел", &["Павла", "Павлом", "Pavel", "Pawel"]),
        ("Ольга", &["Ользі", "Ольгой", "Olga", "Ol'ga"]),
        ("Юлия", &["Юлии", "Юлию", "Юлией", "Yulia", "Julia", "Iuliia", "Юлія"]),
        ("Динара", &["Динаре", "Динар", "Dinara", "Dinaru"]),
        ("Заречное", &["Заречном", "Заречного", "Zarechnoye", "Zarechnoe"]),
        ("Сухая Балка", &["Сухой Балке", "Сухую  Балку", "Sukhaya Balka", "sukhaya-balka"]),
        ("Щербаков", &["Shcherbakov", "Scherbakow", "Щербакова"]),
        ("Наталка", &["Наталці", "Наталку", "Natalka"]),
        ("Yershov", &["Ершов", "Ершова", "Yershov's"]),
    ] {
        let guard = guard(Kind::Name, &[term]);
        for text in texts {
            let text = format!("вот {text}, да");
            assert_eq!(guard.find(&text).len(), 1, "{term} in {text}");
        }
    }
}

#[test]
fn other_words_are_left_alone() {
    let all = guard(Kind::Name, &["Лаптев", "Света", "Катя", "Зимин", "Руслан", "Олег", "Лев"]);
    for text in [
        "свет погас, светло",
        "зима, зимний лес",
        "The cat sat on the mat; a category of olive.",
        "лапти, лапша",
        "левый берег",
        "алегро",
    ] {
        assert_eq!(found(&all, text), Vec::<String>::new(), "{text}");
    }
    let exact = Guard::new(&[Rule { exact: true, ..rule(Kind::Name, &["Света"], StandIn::Blank) }]).unwrap();
    assert_eq!(found(&exact, "Света, свету, СВЕТА"), ["Света", "СВЕТА"]);
}

#[test]
fn numbers_are_found_however_they_are_written() {
    let guard = guard(Kind::Phone, &["+380591104472"]);
    for text in [
        "+380591104472",
        "380 59 110 44 72",
        "8-059-110-44-72",
        "(059) 110.44.72",
        "0591104472",
        "1104472",
        "110 44 72",
        "+380–59–110–44–72",
        "плюс триста восемьдесят пятьдесят девять сто десять сорок четыре семьдесят два",
        "ноль пять девять, один один ноль, четыре четыре, семь два",
        "ноль пять девять сто десять сорок четыре семьдесят два",
        "five nine one hundred ten forty four seventy two",
        "five nine one one zero four four seven two",
        "０５９１１０４４７２",
        "пять девять 110 сорок четыре 72",
        "п'ятдесят дев'ять сто десять сорок чотири сімдесят два",
    ] {
        let text = format!("Звони: {text}, слышишь?");
        assert_eq!(guard.find(&text).len(), 1, "{text}");
        let left = guard.apply(&text).text;
        assert!(!left.contains(['1', '4', '7']) && left.ends_with("слышишь?"), "{left}");
    }
    for text in ["110 447", "2022-03-11 18:45:02", "1,104,473", "сорок четыре года, семьдесят два дня"]
    {
        assert_eq!(found(&guard, text), Vec::<String>::new(), "{text}");
    }
    assert!(Guard::new(&[rule(Kind::Phone, &["12345"], StandIn::Blank)]).is_err());
}

#[test]
fn times_are_no_numbers_and_numbers_with_colons_are() {
    let short = guard(Kind::Phone, &["+380440000001"]);
    for text in ["00:00:00.100 --> 00:00:01.100", "0:00 / 0:00, 01", "[00:00:00,1"] {
        assert_eq!(found(&short, text), Vec::<String>::new(), "{text}");
    }
    let number = guard(Kind::Phone, &["+380591104472"]);
    for text in ["059:110:44:72", "8:059:110:44:72", "в 10:44 набери 110 44 72", "0:01 059 110 44 72"] {
        assert_eq!(number.find(text).len(), 1, "{text}");
    }
}

#[test]
fn plates_units_and_addresses() {
    let plates = guard(Kind::Vehicle, &["А123ВС 77"]);
    for text in ["А123ВС77", "A123BC 77", "а 123 вс-77"] {
        assert_eq!(plates.find(text).len(), 1, "{text}");
    }
    let units = guard(Kind::Unit, &["847 мсп", "847-й мотострелковый полк"]);
    for text in ["847 мсп", "847-го мотострелкового полка", "847 msp", "из 847 мсп."] {
        assert!(!units.find(text).is_empty(), "{text}");
    }
    let address = guard(Kind::Address, &["улица Садовая, дом девять", "Садовая, 9"]);
    for text in ["на улице Садовой, дом девять", "ул. Садовая 9", "Sadovaya 9"] {
        assert!(!address.find(text).is_empty(), "{text}");
    }
}

#[test]
fn what_stands_in_the_place_is_shown() {
    let rules = [
        rule(Kind::Name, &["Зимин"], StandIn::Alias("Pavel".into())),
        rule(Kind::Place, &["Заречное"], StandIn::Word("a village".into())),
        rule(Kind::Phone, &["+79441253308"], StandIn::Bleep),
        rule(Kind::Name, &["Пётр Зимин"], StandIn::Blank),
    ];
    let guard = Guard::new(&rules).unwrap();
    let done = guard.apply("Зимину в Заречном позвони: 8 944 125-33-08. Петра Зимина нет.");
    assert_eq!(done.text, "Pavel в [a village] позвони: [bleep]. […] нет.");
    assert_eq!(done.hits.iter().map(|h| h.rule).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(guard.apply(&done.text).text, done.text);
    assert!(Guard::new(&[rule(Kind::Name, &[" "], StandIn::Blank)]).is_err());
    assert!(Guard::new(&[rule(Kind::Name, &["Я"], StandIn::Blank)]).is_err());
}

#[test]
fn things_that_look_like_numbers() {
    for text in ["+7 944 125-33-08", "8 (944) 125 33 08", "0591104472", "79441253308", "059 110-44-72"] {
        assert_eq!(looks_like_phone(&format!("a {text} b")).len(), 1, "{text}");
    }
    for text in ["2022-03-11T18:45:02", "M0 10 L1 20 L2 30 40 50 60", "0.125 12.5", "#a0b1c2d3e4"] {
        assert_eq!(looks_like_phone(text), Vec::<String>::new(), "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_protected_is_left(before in "\\PC{0,30}", after in "\\PC{0,30}") {
        let rules = [
            rule(Kind::Name, &["Лаптев"], StandIn::Alias("Pavel".into())),
            rule(Kind::Phone, &["+380591104472"], StandIn::Bleep),
        ];
        let guard = Guard::new(&rules).unwrap();
        let text = format!("{before} Лаптеву +380 59 110-44-72 {after}");
        prop_assert!(guard.find(&text).len() >= 2);
        let left = guard.apply(&text).text;
        prop_assert!(guard.find(&left).is_empty(), "{left}");
    }

    #[test]
    fn any_term_can_be_a_rule(term in "\\PC{1,40}", text in "\\PC{0,60}") {
        for kind in [Kind::Name, Kind::Phone, Kind::Vehicle] {
            if let Ok(guard) = Guard::new(&[rule(kind, &[&term], StandIn::Blank)]) {
                let _ = guard.apply(&text);
            }
        }
    }
}
