//! Phones, voices, people and calls as a network: what is joined by what, how far that has come, and on what evidence.
//!
//! Nothing in it measures a voice: of a comparison only the likelihood ratio stands here, never a voiceprint. Whoever is
//! protected stands here under an alias, and so does every number that is held to be theirs, unless names are asked for.

mod build;

pub use build::{NetworkError, network, overview};

use earwitness_model::{CallId, CallTime, SpeakerRef, Standing};
use serde::Serialize;

/// The least log10 likelihood ratio from which two voices are said to sound alike: ten times likelier if one person spoke.
pub const ALIKE: f64 = 1.0;
/// The most such pairs, the most alike first.
pub const MOST_ALIKE: usize = 5000;

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// Somebody we believe exists.
    Person,
    /// A voice that was found in several calls.
    Voice,
    /// The voice of one speaker in one call.
    Speaker,
    /// A number.
    Phone,
    /// A call.
    Call,
}

impl NodeKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Person, Self::Voice, Self::Speaker, Self::Phone, Self::Call];

    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Voice => "voice",
            Self::Speaker => "speaker",
            Self::Phone => "phone",
            Self::Call => "call",
        }
    }
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// Within the network: `person:p1`, `voice:V1`, `speaker:c0123456789:A`, `call:c0123456789`, `phone:1`. A number is no
    /// name.
    pub id: String,
    /// What it stands for.
    pub kind: NodeKind,
    /// For people to read.
    pub label: String,
    /// Of a phone: E.164, or as the table writes it; none where it is withheld.
    pub number: Option<String>,
    /// Of a person: for example `soldier`.
    pub role: Option<String>,
    /// Of a person: whether nothing that leads to them may leave the house. Of a phone: whether it is held to be theirs.
    pub protected: bool,
    /// Of a voice: `confirmed` where people decided so of all its members.
    pub standing: Option<Standing>,
    /// Of a call: when it began, where that is known.
    pub started_at: Option<CallTime>,
    /// Of a call: how long it is; of a speaker: how long he speaks. Seconds.
    pub seconds: Option<f64>,
    /// Of a phone, a voice and a person: in how many calls.
    pub calls: Option<usize>,
}

/// How two nodes are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// A phone made a call.
    Made,
    /// A call reached a phone.
    Reached,
    /// A speaker speaks in a call.
    SpeaksIn,
    /// A speaker or a voice speaks from a phone; suggested where it may as well be the other end.
    SpeaksFrom,
    /// A speaker belongs to a voice.
    MemberOf,
    /// A speaker, a voice or a phone is a person's.
    Is,
    /// Two speakers sound alike.
    SoundsLike,
    /// A person decided of two speakers that they are one voice, or (rejected) two.
    SameVoice,
}

impl EdgeKind {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Reached => "reached",
            Self::SpeaksIn => "speaks_in",
            Self::SpeaksFrom => "speaks_from",
            Self::MemberOf => "member_of",
            Self::Is => "is",
            Self::SoundsLike => "sounds_like",
            Self::SameVoice => "same_voice",
        }
    }
}

/// What joins two nodes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// The id of a node.
    pub from: String,
    /// The id of another.
    pub to: String,
    /// How.
    pub kind: EdgeKind,
    /// How far it has come; none for what the table or the transcript says.
    pub standing: Option<Standing>,
    /// The log10 likelihood ratio, where a machine measured one.
    pub score: Option<f64>,
    /// How many pieces of evidence, for it and against it.
    pub evidence: usize,
    /// How many calls are behind it.
    pub calls: usize,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Network {
    /// People, voices, speakers, phones, calls; each in the order of their names.
    pub nodes: Vec<Node>,
    /// By kind.
    pub edges: Vec<Edge>,
}

impl Network {
    /// The node with an id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }
}

fn call_node(call: &CallId) -> String {
    format!("call:{call}")
}

fn speaker_node(speaker: &SpeakerRef) -> String {
    format!("speaker:{speaker}")
}
