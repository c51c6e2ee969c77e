//! What the prose of a story may hold: Markdown, without HTML and without anything that is fetched from outside.

use super::{Fault, MARKS, Picture};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The Markdown of stories.
pub(super) fn parser(body: &str) -> Parser<'_> {
    Parser::new_ext(body, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES)
}

/// Reports what may not stand in a story whose body begins on the line `first`, and collects its pictures.
pub(super) fn check(body: &str, first: usize, faults: &mut Vec<Fault>) -> Vec<Picture> {
    let mut pictures = Vec::new();
    // Headings, links and descriptions of pictures, in which no quote can stand.
    let mut closed = 0_usize;
    for (event, at) in parser(body).into_offset_iter() {
        let line = first + body.as_bytes()[..at.start.min(body.len())].iter().filter(|b| **b == b'\n').count();
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                faults.push(Fault::new(
                    line,
                    "there is HTML in the text",
                    "write it in Markdown; put \\ before a < that is meant",
                ));
            }
            Event::Start(tag) => {
                closed += usize::from(matches!(
                    tag,
                    Tag::Heading { .. } | Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)
                ));
                opened(&tag, line, faults, &mut pictures);
            }
            Event::End(TagEnd::Heading(_) | TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => {
                closed = closed.saturating_sub(1);
            }
            Event::Text(text) if closed > 0 && text.contains(MARKS) => {
                let message = "a quote cannot stand in a heading, a link or the description of a picture";
                faults.push(Fault::new(line, message, "put it into a paragraph"));
            }
            Event::Code(code) if code.contains(MARKS) => {
                faults.push(Fault::new(line, "a quote cannot stand between backquotes", "take the backquotes away"));
            }
            _ => {}
        }
    }
    pictures
}

fn opened(tag: &Tag<'_>, line: usize, faults: &mut Vec<Fault>, pictures: &mut Vec<Picture>) {
    match tag {
        Tag::Link { dest_url, .. } if !(dest_url.starts_with("https://") || dest_url.starts_with('#')) => {
            let message = format!("the link to “{dest_url}” is not one that readers can follow safely");
            faults.push(Fault::new(line, message, "links begin with https://"));
        }
        Tag::Image { dest_url, .. } => {
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
            if dest_url.is_empty() || dest_url.starts_with('.') || !dest_url.chars().all(plain) {
                let message = format!("“{dest_url}” is not the name of a picture beside the story");
                faults.push(Fault::new(
                    line,
                    message,
                    "put the picture into the story's folder and give its plain name",
                ));
            } else {
                pictures.push(Picture { file: dest_url.to_string(), line });
            }
        }
        _ => {}
    }
}
