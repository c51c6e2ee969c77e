//! The words of the page itself, in the languages that pages have.

use serde::Serialize;

/// What stands on buttons and over sections.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Words {
    pub warning: &'static str,
    pub silent: &'static str,
    pub listen: &'static str,
    pub pause: &'static str,
    pub player: &'static str,
    pub position: &'static str,
    pub close: &'static str,
    pub seconds: &'static str,
    pub captions: &'static str,
    pub spoken: &'static str,
    pub in_full: &'static str,
    pub calls: &'static str,
    pub people: &'static str,
    pub people_note: &'static str,
    pub method: &'static str,
    pub method_note: &'static str,
    pub method_link: &'static str,
    pub origin: &'static str,
    pub edits: &'static str,
    pub edits_note: &'static str,
    pub cover_note: &'static str,
    pub quotes: &'static str,
    pub whole: &'static str,
    pub cut: &'static str,
    pub inserted: &'static str,
    pub masked: &'static str,
    pub sounding: &'static str,
    pub sources: &'static str,
    pub sources_note: &'static str,
    pub skip: &'static str,
    pub left_out: &'static str,
    pub added: &'static str,
    pub back: &'static str,
}

const ENGLISH: Words = Words {
    warning: "Before you read",
    silent: "Read without sound",
    listen: "Listen",
    pause: "Pause",
    player: "Player",
    position: "Position in the recording",
    close: "Close the player",
    seconds: "seconds",
    captions: "Captions",
    spoken: "As spoken",
    in_full: "The recording in full",
    calls: "The calls",
    people: "Who is who",
    people_note: "Names may have been changed.",
    method: "How we know",
    method_note: "Every quote can be heard, and read in full as it was spoken.",
    method_link: "Where the calls came from, how they were checked, what was edited",
    origin: "Where the calls came from and how they were checked",
    edits: "How quotes were edited",
    edits_note: "An ellipsis (…) marks words that were left out. Brackets [ ] hold explanations by the editors. \
        Swearwords are shown by their first letter. Nothing else was changed: the quotes are computed \
        from the transcript and these edits, and never typed.",
    cover_note: "Where a name, a number or a place would tell who somebody is, another word stands in the text, \
        and a tone or silence in the sound.",
    quotes: "Quotes",
    whole: "Word for word",
    cut: "With words left out",
    inserted: "With an explanation added",
    masked: "With a swearword shortened",
    sounding: "With their sound",
    sources: "Every quote, with its sound",
    sources_note: "Each recording holds the whole of what was said; the quote may be shorter.",
    skip: "Skip to the story",
    left_out: "words left out",
    added: "explanation by the editors",
    back: "Back to the story",
};

const UKRAINIAN: Words = Words {
    warning: "Перш ніж читати",
    silent: "Читати без звуку",
    listen: "Слухати",
    pause: "Зупинити",
    player: "Програвач",
    position: "Місце в записі",
    close: "Закрити програвач",
    seconds: "секунд",
    captions: "Субтитри",
    spoken: "Мовою оригіналу",
    in_full: "Увесь запис",
    calls: "Дзвінки",
    people: "Хто є хто",
    people_note: "Імена могли бути змінені.",
    method: "Звідки ми це знаємо",
    method_note: "Кожну цитату можна почути й прочитати повністю, так, як її було сказано.",
    method_link: "Звідки ці дзвінки, як їх перевіряли, що редагували",
    origin: "Звідки ці дзвінки і як їх перевіряли",
    edits: "Як редагували цитати",
    edits_note: "Три крапки (…) позначають пропущені слова. У дужках [ ] стоять пояснення редакції. Від лайливих \
        слів залишено першу літеру. Більше нічого не змінено: цитати обчислено з розшифровки та цих \
        правок, їх не набирали вручну.",
    cover_note: "Там, де імʼя, номер чи місце виказали б людину, у тексті стоїть інше слово, а в записі — сигнал \
        або тиша.",
    quotes: "Цитати",
    whole: "Дослівні",
    cut: "Скорочені",
    inserted: "З поясненням",
    masked: "З прихованою лайкою",
    sounding: "Зі звуком",
    sources: "Кожна цитата зі звуком",
    sources_note: "Запис містить усе сказане; цитата може бути коротшою.",
    skip: "До тексту",
    left_out: "пропущені слова",
    added: "пояснення редакції",
    back: "Назад до тексту",
};

pub(super) fn of(language: &str) -> Words {
    if language == "uk" { UKRAINIAN } else { ENGLISH }
}

/// A day as people write it: `March 11, 2022`.
pub(super) fn day(iso: &str, language: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const MONTHS_UK: [&str; 12] = [
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ];
    let numbers: Vec<usize> = iso.split('-').filter_map(|n| n.parse().ok()).collect();
    let [year, month, day] = numbers[..] else { return iso.to_string() };
    let at = month.wrapping_sub(1);
    match (MONTHS.get(at), MONTHS_UK.get(at)) {
        (_, Some(name)) if language == "uk" => format!("{day} {name} {year}"),
        (Some(month), _) => format!("{month} {day}, {year}"),
        _ => iso.to_string(),
    }
}
