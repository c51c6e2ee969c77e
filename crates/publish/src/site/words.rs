//! The words of the page itself, in the languages that pages have.

use serde::Serialize;

/// What stands on buttons and over sections.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Words {
    pub warning: &'static str,
    pub silent: &'static str,
    pub listen: &'static str,
    pub seconds: &'static str,
    pub spoken: &'static str,
    pub calls: &'static str,
    pub sources: &'static str,
    pub sources_note: &'static str,
    pub people: &'static str,
    pub people_note: &'static str,
    pub method: &'static str,
    pub edits_note: &'static str,
    pub skip: &'static str,
    pub left_out: &'static str,
    pub added: &'static str,
    pub back: &'static str,
}

const ENGLISH: Words = Words {
    warning: "Before you read",
    silent: "Read without sound",
    listen: "Listen",
    seconds: "seconds",
    spoken: "As spoken",
    calls: "The calls",
    sources: "Every quote, with its sound",
    sources_note: "Each recording holds the whole of what was said; the quote may be shorter.",
    people: "Who is who",
    people_note: "Names may have been changed.",
    method: "How we know",
    edits_note: "An ellipsis (…) marks words that were left out. Brackets [ ] hold explanations by the editors. \
        Swearwords are shown by their first letter. Nothing else was changed.",
    skip: "Skip to the story",
    left_out: "words left out",
    added: "explanation by the editors",
    back: "Back to the story",
};

const UKRAINIAN: Words = Words {
    warning: "Перш ніж читати",
    silent: "Читати без звуку",
    listen: "Слухати",
    seconds: "секунд",
    spoken: "Мовою оригіналу",
    calls: "Дзвінки",
    sources: "Кожна цитата зі звуком",
    sources_note: "Запис містить усе сказане; цитата може бути коротшою.",
    people: "Хто є хто",
    people_note: "Імена могли бути змінені.",
    method: "Звідки ми це знаємо",
    edits_note: "Три крапки (…) позначають пропущені слова. У дужках [ ] стоять пояснення редакції. Від лайливих слів \
        залишено першу літеру. Більше нічого не змінено.",
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
