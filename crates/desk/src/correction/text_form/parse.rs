//! Reading the text form. People's editors do things to texts; most of them are understood.

use crate::correction::words::{LABEL, label, one_line, plain};
use crate::correction::{EditedPiece, EditedTranscript, EditedTurn, FormError};
use earwitness_model::{CallId, RevisionId, time::read_clock};

const HEAD_HINT: &str = "write the head of a turn as in [0:03.5 - 0:08.0] A (ch1): text";

/// Reads an edited text form. Windows line ends, a byte order mark, tabs, non-breaking spaces, typographic dashes
/// in times and decimal commas are understood.
///
/// # Errors
/// Every line that cannot be understood, with what to do about it.
pub fn parse(text: &str) -> Result<EditedTranscript, Vec<FormError>> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut form = Form::default();
    for (i, line) in text.split('\n').enumerate() {
        form.line(i + 1, &one_line(line));
    }
    form.finish()
}

/// [`parse`] of bytes in UTF-8 or UTF-16 (with a byte order mark), else in Windows-1251, which Russian and
/// Ukrainian editions of Windows still write.
///
/// # Errors
/// As [`parse`].
pub fn parse_bytes(bytes: &[u8]) -> Result<EditedTranscript, Vec<FormError>> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return parse(&encoding.decode(bytes).0);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(_) => parse(&encoding_rs::WINDOWS_1251.decode(bytes).0),
    }
}

/// A turn whose lines are still being read.
struct Draft {
    head: Head,
    line: usize,
    text: String,
    translation: Option<String>,
    vouched: bool,
    doubt: Option<String>,
}

#[derive(Default)]
struct Form {
    call: Option<CallId>,
    base: Option<RevisionId>,
    titled: bool,
    drafts: Vec<Draft>,
    /// Lines under a head that could not be read are not complained about one by one.
    lost: bool,
    errors: Vec<FormError>,
}

impl Form {
    fn line(&mut self, number: usize, line: &str) {
        if line.is_empty() {
            return;
        }
        if let Some(comment) = line.strip_prefix('#') {
            return self.comment(comment.trim());
        }
        if looks_like_head(line) {
            match Head::read(line) {
                Ok((head, text)) => {
                    self.lost = false;
                    self.drafts.push(Draft {
                        head,
                        line: number,
                        text,
                        translation: None,
                        vouched: false,
                        doubt: None,
                    });
                }
                Err(message) => {
                    self.lost = true;
                    self.errors.push(FormError::new(number, message, HEAD_HINT));
                }
            }
            return;
        }
        if self.lost {
            return;
        }
        let Some(draft) = self.drafts.last_mut() else {
            self.lost = true;
            return self.errors.push(FormError::new(number, "text before the first turn", HEAD_HINT));
        };
        if let Some(doubt) = line.strip_prefix("??") {
            append(draft.doubt.get_or_insert_default(), doubt);
        } else if let Some(translation) = line.strip_prefix('>') {
            let vouched = translation.strip_prefix('!');
            draft.vouched |= vouched.is_some();
            let translation = vouched.unwrap_or(translation);
            append(draft.translation.get_or_insert_default(), translation);
        } else {
            append(&mut draft.text, line);
        }
    }

    fn comment(&mut self, comment: &str) {
        self.titled |= comment.starts_with("earwitness transcript");
        if !self.drafts.is_empty() {
            return;
        }
        let name = |prefix: &str| comment.strip_prefix(prefix).map(str::trim).filter(|n| !n.is_empty());
        if let (None, Some(call)) = (&self.call, name("call:")) {
            self.call = Some(CallId::new(call));
        } else if let (None, Some(base)) = (&self.base, name("base:")) {
            self.base = Some(RevisionId::new(base));
        }
    }

    fn finish(mut self) -> Result<EditedTranscript, Vec<FormError>> {
        if self.drafts.is_empty() && self.errors.is_empty() && !self.titled {
            let hint = "was an empty or another file saved? write the form anew with `export transcripts --format txt`";
            self.errors.push(FormError::new(1, "this is no transcript: it has neither a head nor a turn", hint));
        }
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let speakers: Vec<String> = self.drafts.iter().map(|d| d.head.speaker.clone()).collect();
        let turns = self.drafts.into_iter().map(|d| d.turn(&speakers)).collect();
        Ok(EditedTranscript { call: self.call, base: self.base, turns })
    }
}

impl Draft {
    fn turn(self, speakers: &[String]) -> EditedTurn {
        let pieces = self.text.split('|').enumerate().map(|(i, text)| {
            let (speaker, text) = if i == 0 { (None, text) } else { other_speaker(text, speakers) };
            EditedPiece { speaker, text: text.trim().to_string() }
        });
        EditedTurn {
            line: self.line,
            start: self.head.start,
            end: self.head.end,
            channel: self.head.channel,
            speaker: self.head.speaker,
            pieces: pieces.collect(),
            translation: self.translation.map(|t| t.split('|').map(plain).collect()),
            vouched: self.vouched,
            doubt: self.doubt.map(|d| plain(&d)),
        }
    }
}

/// The label in `B: text` after a `|`: one of the speakers of the call, or short and without a space.
fn other_speaker<'a>(text: &'a str, speakers: &[String]) -> (Option<String>, &'a str) {
    let Some((before, after)) = text.split_once([':', '：']) else { return (None, text) };
    let name = label(before);
    let short = name.len() <= 2 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if speakers.contains(&name) || short { (Some(name), after) } else { (None, text) }
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(more.trim());
}

/// `[` and a digit: a stage direction in brackets is text.
fn looks_like_head(line: &str) -> bool {
    line.strip_prefix('[').is_some_and(|l| l.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}

struct Head {
    start: f64,
    end: Option<f64>,
    channel: Option<u16>,
    speaker: String,
}

impl Head {
    /// The head and the text after it; `line` begins with `[`. The error says what is wrong.
    fn read(line: &str) -> Result<(Self, String), String> {
        let (times, rest) = line.trim_start_matches('[').split_once(']').ok_or("the ] after the time is missing")?;
        let times = times.replace(['–', '—', '−', '‐', '‑'], "-").replace(',', ".");
        let (start, end) = match times.split_once('-') {
            Some((start, end)) if !end.trim().is_empty() => (start, Some(end)),
            Some((start, _)) => (start, None),
            None => (times.as_str(), None),
        };
        let read = |t: &str| read_clock(t).ok_or_else(|| format!("{:?} is not a time", plain(t)));
        let (start, end) = (read(start)?, end.map(read).transpose()?);
        let (who, text) = rest.split_once([':', '：']).ok_or("there is no : after the speaker")?;
        let (who, channel) = match who.split_once(['(', '（']) {
            Some((who, channel)) => (who, Some(read_channel(channel)?)),
            None => (who, None),
        };
        if who.trim().is_empty() {
            return Err("the head does not say who speaks".into());
        }
        if who.trim().chars().count() > LABEL {
            return Err("there is no : after the speaker, or the speaker's label is too long".into());
        }
        Ok((Self { start, end, channel, speaker: label(who) }, text.trim().to_string()))
    }
}

fn read_channel(text: &str) -> Result<u16, String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let from_one: Option<u32> = digits.parse().ok();
    from_one
        .and_then(|n| n.checked_sub(1))
        .and_then(|n| u16::try_from(n).ok())
        .ok_or_else(|| format!("({} is not a track as in (ch1)", plain(text)))
}
