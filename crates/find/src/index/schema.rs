//! The fields of the index: one tantivy document a turn.

use crate::{
    document::{CallDocument, TurnDocument},
    filters::{CallMeta, Facet, TurnMeta, call_facets, turn_facets},
    query::plan::read,
    text::{Analyzer, forms::Side},
};
use earwitness_model::CallId;
use tantivy::{
    TantivyDocument,
    schema::{FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value},
    tokenizer::{PreTokenizedString, Token},
};

/// Positions between a text and its translation, so that no phrase runs over the border.
const GAP: usize = 100;

/// All fields.
#[derive(Clone)]
pub(super) struct Fields {
    /// Words as they stand.
    pub(super) exact: Field,
    /// Their keys, on the same positions.
    pub(super) forms: Field,
    /// Facets as terms, in the order of [`Facet::ALL`].
    facets: Vec<Field>,
    /// Seconds since 1970, UTC; absent for a call without a time.
    pub(super) started: Field,
    /// A number made from the name of the call: to count calls, and to give ties an order that is the same in every
    /// index of the same calls.
    pub(super) call_key: Field,
    pub(super) turn: Field,
    /// The turn as it is shown, JSON of [`Stored`].
    stored: Field,
}

/// What is shown of a turn.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Stored {
    pub(super) call: CallId,
    pub(super) turn: u32,
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) language: Option<String>,
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) translation: Option<String>,
}

pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let facet = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let fields = Fields {
        exact: builder.add_text_field("exact", words.clone()),
        forms: builder.add_text_field("forms", words),
        facets: Facet::ALL.iter().map(|f| builder.add_text_field(f.field(), facet.clone())).collect(),
        started: builder.add_i64_field("started", FAST),
        call_key: builder.add_u64_field("call_key", FAST),
        turn: builder.add_u64_field("turn", FAST),
        stored: builder.add_bytes_field("stored", STORED),
    };
    (builder.build(), fields)
}

impl Fields {
    pub(super) fn facet(&self, facet: Facet) -> Option<Field> {
        let at = Facet::ALL.iter().position(|f| *f == facet)?;
        self.facets.get(at).copied()
    }

    /// One document for each turn.
    pub(super) fn documents(&self, call: &CallDocument, analyzer: &Analyzer) -> Vec<TantivyDocument> {
        let of_call = call_facets(&CallMeta::from(call));
        call.turns.iter().map(|turn| self.document(call, turn, &of_call, analyzer)).collect()
    }

    fn document(
        &self,
        call: &CallDocument,
        turn: &TurnDocument,
        of_call: &[(Facet, String)],
        analyzer: &Analyzer,
    ) -> TantivyDocument {
        let meta = TurnMeta::of(call, turn);
        let of_turn = turn_facets(&meta);
        let mut document = TantivyDocument::default();
        for (facet, text) in of_call.iter().chain(&of_turn) {
            if let Some(field) = self.facet(*facet) {
                document.add_text(field, text);
            }
        }
        let (exact, forms) = terms(turn, &meta, analyzer);
        document.add_pre_tokenized_text(self.exact, exact);
        document.add_pre_tokenized_text(self.forms, forms);
        if let Some(time) = call.started_at {
            document.add_i64(self.started, time.instant().as_second());
        }
        document.add_u64(self.call_key, call_key(&call.call));
        document.add_u64(self.turn, u64::from(turn.index));
        let stored = Stored {
            call: call.call.clone(),
            turn: turn.index,
            start: turn.start,
            end: turn.end,
            language: meta.language,
            text: turn.text.clone(),
            translation: turn.translation.clone(),
        };
        // These types always make JSON; an empty one would be reported as damage when read.
        document.add_bytes(self.stored, &serde_json::to_vec(&stored).unwrap_or_default());
        document
    }

    /// What is shown of a document; `None` if that cannot be read.
    pub(super) fn stored(&self, document: &TantivyDocument) -> Option<Stored> {
        let bytes = document.get_first(self.stored)?;
        serde_json::from_slice(bytes.as_bytes()?).ok()
    }
}

/// The terms of both word fields: the text first, then its translation.
fn terms(turn: &TurnDocument, meta: &TurnMeta, analyzer: &Analyzer) -> (PreTokenizedString, PreTokenizedString) {
    let mut exact = Vec::new();
    let mut forms = Vec::new();
    let mut offset = 0;
    let side = Side::of_language(meta.language.as_deref());
    let texts = [(Some(turn.text.as_str()), side), (turn.translation.as_deref(), Side::Text)];
    for (text, side) in texts.into_iter().filter_map(|(text, side)| Some((text?, side))) {
        let mut last = offset;
        for word in read(analyzer, text, side) {
            let position = offset + word.token.position;
            last = last.max(position);
            forms.extend(word.keys.all().map(|key| term(key, position)));
            exact.push(term(&word.token.text, position));
        }
        offset = last + GAP;
    }
    (
        PreTokenizedString { text: String::new(), tokens: exact },
        PreTokenizedString { text: String::new(), tokens: forms },
    )
}

fn term(text: &str, position: usize) -> Token {
    Token { offset_from: 0, offset_to: 0, position, text: text.to_owned(), position_length: 1 }
}

/// What stands for a call in the index: FNV-1a of its name, 64 bits (Fowler, Noll, Vo).
pub fn call_key(call: &CallId) -> u64 {
    call.as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
