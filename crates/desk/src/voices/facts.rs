//! What is known besides the sound: facts for one voice, and facts against it.

use super::{Heard, Scene};
use serde::Serialize;

/// Calls at most so many days apart are told as close in time.
const CLOSE_DAYS: i64 = 7;
/// Two clocks may differ by so much before two calls are held to be at once, seconds.
const CLOCKS: f64 = 5.0;
const DAY: f64 = 86_400.0;

/// One thing known of a pair of voices. Facts do not change the score: how much they weigh is for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// Both calls are between the same two phones.
    SamePhones {
        /// The numbers.
        numbers: [String; 2],
    },
    /// Both calls have a phone in common.
    SamePhone {
        /// The number.
        number: String,
    },
    /// In both calls the other side is the same voice, as far as voices were grouped.
    SamePartner {
        /// The group.
        voice: String,
    },
    /// The calls are close in time.
    CloseInTime {
        /// Whole days between them.
        days: u32,
    },
    /// The two are heard side by side in one call.
    SameCall,
    /// Both were on the line at the same time, in different calls.
    BothOnTheLine {
        /// For how long.
        seconds: u32,
    },
}

impl Fact {
    /// Whether it speaks for one voice, and not against it.
    pub fn supports(&self) -> bool {
        !matches!(self, Self::SameCall | Self::BothOnTheLine { .. })
    }

    /// For people.
    pub fn words(&self) -> String {
        match self {
            Self::SamePhones { numbers: [a, b] } => format!("both calls are between {a} and {b}"),
            Self::SamePhone { number } => format!("{number} takes part in both calls"),
            Self::SamePartner { voice } => format!("both speak with the voice {voice}"),
            Self::CloseInTime { days: 0 } => "the calls are less than a day apart".into(),
            Self::CloseInTime { days: 1 } => "the calls are one day apart".into(),
            Self::CloseInTime { days } => format!("the calls are {days} days apart"),
            Self::SameCall => "both are heard in one call, as two speakers".into(),
            Self::BothOnTheLine { seconds } => format!("both were on the line at once, for {seconds} s, in two calls"),
        }
    }
}

/// The facts of two voices, those for before those against.
pub fn facts(a: &Heard<'_>, b: &Heard<'_>, scene: &Scene<'_>) -> Vec<Fact> {
    if a.call.id == b.call.id {
        return vec![Fact::SameCall];
    }
    let mut facts = Vec::new();
    let theirs: Vec<&str> = b.numbers().collect();
    let mut shared: Vec<&str> = a.numbers().filter(|n| theirs.contains(n)).collect();
    shared.sort_unstable();
    shared.dedup();
    match shared[..] {
        [x, y] => facts.push(Fact::SamePhones { numbers: [x.into(), y.into()] }),
        [x] => facts.push(Fact::SamePhone { number: x.into() }),
        _ => {}
    }
    if let Some(voice) = scene.common_partner(a, b) {
        facts.push(Fact::SamePartner { voice: voice.into() });
    }
    if let (Some(x), Some(y)) = (a.time(), b.time()) {
        let days = ((x.0 - y.0).abs() / DAY) as i64;
        if days <= CLOSE_DAYS {
            facts.push(Fact::CloseInTime { days: days as u32 });
        }
    }
    facts.extend(at_once(a, b).map(|seconds| Fact::BothOnTheLine { seconds: seconds as u32 }));
    facts
}

/// Whether the two cannot be one person: heard in one call as two, or on the line at once.
pub fn excluded(a: &Heard<'_>, b: &Heard<'_>) -> bool {
    a.call.id == b.call.id || at_once(a, b).is_some()
}

/// Seconds for which two different calls run at once, beyond what clocks may differ.
fn at_once(a: &Heard<'_>, b: &Heard<'_>) -> Option<f64> {
    let (x, y) = (a.time()?, b.time()?);
    let seconds = x.1.min(y.1) - x.0.max(y.0);
    (a.call.id != b.call.id && seconds > CLOCKS).then_some(seconds)
}
