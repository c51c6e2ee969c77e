//! The words of a turn with the stops around them.

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub text: String,
    /// Lower case, as written else.
    pub lower: String,
    /// The first character, from 0.
    pub from: usize,
    /// The character after the last.
    pub to: usize,
    /// Whether a stop (or nothing) stands before it.
    pub stop_before: bool,
    /// Whether a stop (or nothing) stands after it.
    pub stop_after: bool,
    /// Whether a question mark ends what it ends.
    pub question: bool,
    /// Whether a sentence begins with it.
    pub initial: bool,
}

impl Token {
    pub fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }
}

/// Splits a text into words. An apostrophe belongs to its word; a hyphen parts two words and is no stop.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let apostrophe = |c: char| matches!(c, '\'' | '’' | 'ʼ');
    let inside = |i: usize| {
        let letter = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphabetic());
        chars
            .get(i)
            .is_some_and(|c| c.is_alphanumeric() || (apostrophe(*c) && letter(i.checked_sub(1)) && letter(Some(i + 1))))
    };
    let mut all: Vec<Token> = Vec::new();
    let (mut at, mut gap) = (0, String::new());
    while at < chars.len() {
        if !inside(at) {
            gap.extend(chars.get(at));
            at += 1;
            continue;
        }
        let from = at;
        while inside(at) {
            at += 1;
        }
        let word: String = chars.get(from..at).unwrap_or_default().iter().collect();
        let (stop, ends, question) = (is_stop(&gap), gap.contains(['.', '!', '?', '…']), gap.contains('?'));
        if let Some(last) = all.last_mut() {
            (last.stop_after, last.question) = (stop, question);
        }
        let first = all.is_empty();
        let lower = word.to_lowercase().replace(['’', 'ʼ'], "'");
        all.push(Token {
            text: word,
            lower,
            from,
            to: at,
            stop_before: first || stop,
            stop_after: true,
            question: false,
            initial: first || ends,
        });
        gap.clear();
    }
    if let Some(last) = all.last_mut() {
        last.question = gap.contains('?');
    }
    all
}

fn is_stop(gap: &str) -> bool {
    gap.contains([',', '.', '!', '?', '…', ':', ';', '—', '–', '«', '»', '"', '(', ')', '/']) || gap.contains(" -")
}

/// `Сергеевич`, `Андреевны`, `Гнатовича`, `Іванівна` in any case.
pub(super) fn is_patronymic(token: &Token) -> bool {
    let stems = ["ович", "евич", "йович", "овн", "евн", "ичн", "івн", "ївн"];
    let ends = ["", "а", "у", "ем", "е", "ы", "ой", "ою", "и", "і", "ові", "еві"];
    token.text.chars().count() >= 6 && ends_so(&token.lower, &stems, &ends)
}

/// A word that may be a Russian, Ukrainian or Caucasian surname by its end, in any case.
pub(super) fn is_surname(token: &Token) -> bool {
    let given = ["ов", "ев", "ёв", "єв", "їв", "ин", "ын"];
    let given_ends = ["", "а", "у", "ым", "им", "е", "ы", "и", "ых", "ой", "ою"];
    let adjective = ["ск", "цк", "ськ", "цьк"];
    let adjective_ends = ["ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "а", "у", "ою"];
    let others = ["енко", "чук", "щук", "юк", "дзе", "швили", "янц"];
    token.text.chars().count() >= 5
        && !PLACES.split_whitespace().any(|place| token.lower.starts_with(place))
        && (ends_so(&token.lower, &given, &given_ends)
            || ends_so(&token.lower, &adjective, &adjective_ends)
            || ends_so(&token.lower, &others, &["", "а", "у", "ом", "ові", "ою", "е"]))
}

/// Whether a surname stands in another case than the first. (`Петрова` may be hers or his: taken for hers.)
pub(super) fn is_oblique(surname: &Token) -> bool {
    let ends = ["у", "ю", "е", "ым", "им", "ом", "ой", "ого", "ому", "ых", "ові"];
    ends.iter().any(|end| surname.lower.ends_with(end))
}

/// Cities, rivers and countries that end like surnames, and words that are often written with a capital letter.
const PLACES: &str = "киев київ харьков харків ростов львов львів чернигов чернігів псков тамбов саратов киров азов \
    берлин хасав родин украин україн россий русск украинск українськ английск немецк американ донск днепр москов псков калинин серпухов \
    сталин советск белорус чечен пушкин киевск житомирск черниговск сумск гомел гостомел буч ирпен";

fn ends_so(word: &str, stems: &[&str], ends: &[&str]) -> bool {
    ends.iter().any(|end| word.strip_suffix(end).is_some_and(|rest| stems.iter().any(|stem| rest.ends_with(stem))))
}
