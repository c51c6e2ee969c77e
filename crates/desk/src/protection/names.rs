//! The forms of a name: patterns over folded text, in which й is и, ё is е and ї is і.

use super::fold;

/// Endings of Russian and Ukrainian nouns, adjectives and possessives, the longest first.
const ENDINGS: &[&str] = &[
    "иными",
    "овыми",
    "евыми",
    "иного",
    "ового",
    "иному",
    "овому",
    "ьими",
    "иных",
    "овых",
    "евых",
    "иным",
    "овым",
    "иною",
    "овою",
    "ьего",
    "еві",
    "ові",
    "єві",
    "ами",
    "ями",
    "ими",
    "іми",
    "ыми",
    "ого",
    "его",
    "ому",
    "ему",
    "ием",
    "ьем",
    "ьою",
    "иеи",
    "ина",
    "ино",
    "ину",
    "ины",
    "ине",
    "ова",
    "ово",
    "ову",
    "овы",
    "ове",
    "ев",
    "ов",
    "ин",
    "ів",
    "ам",
    "ям",
    "ах",
    "ях",
    "им",
    "ім",
    "ым",
    "их",
    "іх",
    "ых",
    "ом",
    "ем",
    "ою",
    "ею",
    "єю",
    "ои",
    "еи",
    "ая",
    "яя",
    "ое",
    "ее",
    "ии",
    "ыи",
    "ия",
    "ию",
    "ья",
    "ью",
    "ьи",
    "оі",
    "іи",
    "юю",
    "ую",
];
/// Endings of one letter.
const VOWELS: &str = "аяуюеиіыоєь";
/// A stem shorter than this is found only with few endings, and in Latin letters only as a whole name.
const SHORT: usize = 4;

/// The pattern of exactly these words, in any case.
pub(super) fn exact(term: &str) -> String {
    joined(&tokens(&fold(term)).iter().map(|t| regex::escape(t)).collect::<Vec<_>>())
}

/// The pattern of a term in all its forms and spellings.
pub(super) fn forms(term: &str) -> String {
    joined(&tokens(&fold(term)).iter().map(|t| token(t)).collect::<Vec<_>>())
}

/// The pattern of a number plate: letters of either alphabet, blanks and hyphens anywhere.
pub(super) fn plate(term: &str) -> String {
    const SAME: [&str; 12] = ["аa", "вvb", "еe", "кk", "мm", "нhn", "оo0", "рrp", "сcs", "тt", "уyu", "хxh"];
    let folded = fold(term);
    let one = |c: char| match SAME.iter().find(|s| s.contains(c) && !c.is_numeric()) {
        Some(same) => format!("[{same}]"),
        None => regex::escape(&c.to_string()),
    };
    let letters: Vec<String> = folded.chars().filter(|c| c.is_alphanumeric()).map(one).collect();
    letters.join(r"[\s\-._№]{0,2}")
}

/// The words of a term; 847-й is one word, whose ending changes.
fn tokens(folded: &str) -> Vec<&str> {
    let mut tokens: Vec<&str> = Vec::new();
    for token in folded.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|t| !t.is_empty()) {
        let number = tokens.last().is_some_and(|t| t.chars().all(char::is_numeric));
        if !(number && matches!(token, "и" | "го" | "му" | "я" | "е" | "м" | "th" | "st" | "nd" | "rd")) {
            tokens.push(token);
        }
    }
    tokens
}

fn joined(tokens: &[String]) -> String {
    // “Laptev, Artyom”, “ул. Садовая, 9”, “laptev_artyom”: anything but words may stand between.
    tokens.join(r"[^\p{L}\p{N}<>]{1,4}")
}

fn token(token: &str) -> String {
    if token.chars().all(char::is_numeric) {
        return format!(r"{token}(?:-?(?:го|му|и|я|е|м|th|st|nd|rd))?");
    }
    if token.chars().any(|c| matches!(c, '\u{400}'..='\u{52f}')) {
        return format!("(?:{}|{})", cyrillic(token), latin(token));
    }
    let back = to_cyrillic(token);
    format!("(?:{}(?:'?s|es)?|{})", regex::escape(token), cyrillic(&back))
}

/// The part of a word that its endings are put to.
pub(super) fn stem(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let ends = |e: &str| word.ends_with(e);
    let adjective = ["ии", "ыи", "ои", "ая", "яя", "ое", "ее"].iter().any(|e| ends(e));
    let cut = match letters.last() {
        _ if adjective && letters.len() >= 5 => 2,
        Some(c) if VOWELS.contains(*c) && letters.len() > 2 => 1,
        _ => 0,
    };
    letters[..letters.len() - cut].iter().collect()
}

fn cyrillic(word: &str) -> String {
    let stem = stem(word);
    let vowels = format!("[{VOWELS}]");
    let endings = if stem.chars().count() < SHORT {
        format!("{vowels}|ом|ем|ою|ею|ои|еи|ами|ям|ин[аыоу]?|ая|аю|ае|аи|аеи|ую|ое|ого|ому|ых|ые|ие")
    } else {
        format!("{}|{vowels}", ENDINGS.join("|"))
    };
    // A bare short stem is often another word (Света, свет): it counts only where the name has no ending of its own.
    let open = if stem != word && stem.chars().count() <= SHORT { "" } else { "?" };
    let whole = if open.is_empty() { format!("|{}", alike(&word.chars().collect::<Vec<_>>())) } else { String::new() };
    format!("(?:(?:{})(?:{endings}){open}{whole})", stems(&stem))
}

/// The stem, and how it changes before endings: Павел – Павла, Ольга – Ользі, Антін – Антона.
fn stems(stem: &str) -> String {
    let letters: Vec<char> = stem.chars().collect();
    let mut all = vec![alike(&letters)];
    if let [head @ .., vowel, last] = letters.as_slice()
        && head.len() >= 2
        && !VOWELS.contains(*last)
    {
        let last = alike(&[*last]);
        match vowel {
            'е' | 'о' => all.push(alike(head) + &last),
            'і' => all.push(format!("{}[оеи]{last}", alike(head))),
            _ => {}
        }
    }
    if let [head @ .., last] = letters.as_slice() {
        let soft = match last {
            'к' => Some("ц"),
            'г' => Some("з"),
            'х' => Some("с"),
            _ => None,
        };
        all.extend(soft.map(|soft| alike(head) + soft));
    }
    all.join("|")
}

/// The pattern of letters, with those for one another that stand in the Russian and the Ukrainian form of a name.
fn alike(letters: &[char]) -> String {
    let one = |c: &char| match c {
        'и' | 'і' => "[иі]".into(),
        'е' | 'є' => "[еє]".into(),
        'г' | 'ґ' => "[гґ]".into(),
        c => regex::escape(&c.to_string()),
    };
    letters.iter().map(one).collect()
}

/// The usual Latin spellings of a Cyrillic word and its forms.
fn latin(word: &str) -> String {
    let stem = stem(word);
    let whole = spelled(word);
    if stem.chars().count() < SHORT + 1 {
        let forms = "а|у|е|ы|и|ю|я|ои|ом|еи|ем".split('|').map(spelled).collect::<Vec<_>>().join("|");
        let inflected = if stem == word { String::new() } else { format!("|{}(?:{forms})", spelled(&stem)) };
        return format!("(?:{whole}(?:'?s)?{inflected})");
    }
    format!("(?:{whole}|{}(?:[aeiouy]{{1,3}}|o[vm]|y?e[mv]|oi|y?kh|ami|yami|in)?)(?:'?s)?", spelled(&stem))
}

fn spelled(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(&c) = letters.get(at) {
        let behind_vowel = at > 0 && letters.get(at - 1).is_some_and(|c| VOWELS.contains(*c));
        match (c, letters.get(at + 1)) {
            ('к', Some('с')) => {
                out.push_str("(?:ks|x|cs)");
                at += 1;
            }
            ('и', _) if behind_vowel => out.push_str("(?:iy|ij|i|y|j|ii)?"),
            (c, _) => out.push_str(letter(c).unwrap_or(&regex::escape(&c.to_string()))),
        }
        at += 1;
    }
    out
}

/// One letter in the transliterations of passports (old and new, Russian and Ukrainian), of libraries, of the press in
/// English, German, French and Polish, and of people who type as they hear.
fn letter(c: char) -> Option<&'static str> {
    Some(match c {
        'а' => "a",
        'б' => "b",
        'в' => "(?:ff|v|w|f)",
        'г' => "(?:gh|g|h)",
        'ґ' => "g",
        'д' => "d",
        'е' => "(?:ye|yo|io|jo|ie|je|eo|e|o)",
        'є' => "(?:ye|ie|je|e)",
        'ж' => "(?:zh|dzh|z|j|g)",
        'з' => "(?:z|s)",
        'и' => "(?:iy|ij|yi|ie|i|y|j)",
        'і' => "(?:yi|ji|i|y)",
        'к' => "(?:ck|k|c|q)",
        'л' => "l{1,2}",
        'м' => "m{1,2}",
        'н' => "n{1,2}",
        'о' => "o",
        'п' => "p{1,2}",
        'р' => "r",
        'с' => "(?:ss|s|c)",
        'т' => "t{1,2}",
        'у' => "(?:ou|oo|u|w)",
        'ф' => "(?:ph|ff|f)",
        'х' => "(?:kh|ch|h|x)",
        'ц' => "(?:ts|tz|cz|tc|c)",
        'ч' => "(?:tsch|tch|ch|cz|c)",
        'ш' => "(?:sch|sh|sz|s|ch)",
        'щ' => "(?:schtsch|shch|szcz|sch|sc|sh|shh)",
        'ъ' | 'ь' => "(?:'|\"|j|y|i)?",
        'ы' => "(?:yi|ui|y|i)",
        'э' => "(?:eh|e)",
        'ю' => "(?:yu|iu|ju|u|y)",
        'я' => "(?:ya|ia|ja|a)",
        _ => return None,
    })
}

/// A guess at the Cyrillic letters behind a Latin spelling.
pub(super) fn to_cyrillic(word: &str) -> String {
    const PAIRS: [(&str, &str); 36] = [
        ("shch", "щ"),
        ("sch", "щ"),
        ("kh", "х"),
        ("zh", "ж"),
        ("ch", "ч"),
        ("sh", "ш"),
        ("ts", "ц"),
        ("yu", "ю"),
        ("ya", "я"),
        ("yo", "е"),
        ("ye", "е"),
        ("iy", "ии"),
        ("a", "а"),
        ("b", "б"),
        ("c", "к"),
        ("d", "д"),
        ("e", "е"),
        ("f", "ф"),
        ("g", "г"),
        ("h", "х"),
        ("i", "и"),
        ("j", "и"),
        ("k", "к"),
        ("l", "л"),
        ("m", "м"),
        ("n", "н"),
        ("o", "о"),
        ("p", "п"),
        ("r", "р"),
        ("s", "с"),
        ("t", "т"),
        ("u", "у"),
        ("v", "в"),
        ("w", "в"),
        ("y", "и"),
        ("z", "з"),
    ];
    let mut out = String::new();
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        match PAIRS.iter().find(|(latin, _)| rest.starts_with(latin)) {
            Some((latin, cyrillic)) => {
                out.push_str(cyrillic);
                rest = &rest[latin.len()..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}
