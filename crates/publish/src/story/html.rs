//! The prose as HTML, with the quotes in their places.

use super::{MARKS, Story, prose};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Tag, TagEnd, TextMergeStream, html};

/// The prose of a story as HTML. `inline` and `alone` give the HTML of a quote by its number, within a paragraph and as
/// a paragraph of its own; `picture` gives the address of a picture by its file name.
pub fn to_html(
    story: &Story,
    inline: &dyn Fn(usize) -> String,
    alone: &dyn Fn(usize) -> String,
    picture: &dyn Fn(&str) -> String,
) -> String {
    let events: Vec<Event<'_>> = TextMergeStream::new(prose::parser(&story.body)).collect();
    let mut out: Vec<Event<'_>> = Vec::with_capacity(events.len());
    let mut at = 0;
    while let Some(event) = events.get(at) {
        if let Some(number) = only_quote(&events, at) {
            out.push(Event::Html(alone(number).into()));
            at = behind_paragraph(&events, at);
            continue;
        }
        match event {
            Event::Text(text) if text.contains(MARKS) => out.extend(mixed(text, inline)),
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let dest_url = picture(dest_url).into();
                out.push(Event::Start(Tag::Image {
                    link_type: *link_type,
                    dest_url,
                    title: title.clone(),
                    id: id.clone(),
                }));
            }
            // The title of the page is its only heading of the first level.
            Event::Start(Tag::Heading { level, .. }) => {
                let level = below(*level);
                out.push(Event::Start(Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() }));
            }
            Event::End(TagEnd::Heading(level)) => out.push(Event::End(TagEnd::Heading(below(*level)))),
            // The parser refuses HTML; whoever comes here without it gets it as text.
            Event::Html(text) | Event::InlineHtml(text) => out.push(Event::Text(text.clone())),
            other => out.push(other.clone()),
        }
        at += 1;
    }
    let mut text = String::new();
    html::push_html(&mut text, out.into_iter());
    text
}

fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H2,
        other => other,
    }
}

/// The number of a quote that is all of a paragraph.
fn only_quote(events: &[Event<'_>], at: usize) -> Option<usize> {
    let [Event::Start(Tag::Paragraph), Event::Text(text), ..] = events.get(at..)? else { return None };
    let inside = text.trim().strip_prefix(MARKS[0])?.strip_suffix(MARKS[1])?;
    let rest = events.get(at + 2..behind_paragraph(events, at).checked_sub(1)?)?;
    rest.iter().all(|e| matches!(e, Event::SoftBreak)).then(|| inside.parse().ok()).flatten()
}

fn behind_paragraph(events: &[Event<'_>], at: usize) -> usize {
    let end = events.iter().skip(at).position(|e| matches!(e, Event::End(TagEnd::Paragraph)));
    end.map_or(events.len(), |n| at + n + 1)
}

/// Text with the marks of quotes in it.
fn mixed<'a>(text: &str, inline: &dyn Fn(usize) -> String) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(MARKS[0]) {
        events.push(Event::Text(CowStr::from(before.to_string())));
        let (number, behind) = behind.split_once(MARKS[1]).unwrap_or((behind, ""));
        if let Ok(number) = number.parse() {
            events.push(Event::InlineHtml(inline(number).into()));
        }
        rest = behind;
    }
    events.push(Event::Text(CowStr::from(rest.to_string())));
    events
}
