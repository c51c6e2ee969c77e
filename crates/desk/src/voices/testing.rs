//! Voices and calls for the tests of this module.

use super::{Decision, Decisions, Group};
use earwitness_model::{Call, CallId, Digest, Phone, Place, SpeakerRef, Standing, Voiceprint};

pub fn weights() -> Digest {
    Digest::of(b"a network")
}

pub fn who(text: &str) -> SpeakerRef {
    text.parse().unwrap()
}

/// A voiceprint with this vector.
pub fn print(speaker: &str, vector: &[f32], seconds: f64) -> Voiceprint {
    let vector = vector.to_vec();
    Voiceprint {
        speaker: who(speaker),
        vector,
        net_speech: seconds,
        quality: 0.9,
        model: "test".into(),
        weights: weights(),
    }
}

/// A voiceprint whose cosine with another one is that of the angle between them, in degrees.
pub fn at(speaker: &str, degrees: f32) -> Voiceprint {
    print(speaker, &[degrees.to_radians().cos(), degrees.to_radians().sin()], 30.0)
}

/// A call of 100 s that begins so many hours into the first day, between two numbers.
pub fn call(id: &str, hours: f64, from: &str, to: &str) -> Call {
    let phone = |number: &str| Some(Phone { written: number.into(), e164: Some(number.into()) });
    let minutes = (hours * 60.0) as u32;
    let start = format!("2022-03-{:02}T{:02}:{:02}:00+02:00", minutes / 1440 + 1, minutes / 60 % 24, minutes % 60);
    Call {
        id: CallId::new(id),
        recording: Digest::of(id.as_bytes()),
        files: Vec::new(),
        started_at: Some(start.parse().unwrap()),
        duration: 100.0,
        channels: 1,
        from: phone(from),
        to: phone(to),
        direction: None,
        place: Place::default(),
        note: None,
    }
}

/// Calls `c1` to `c9`, a day apart, each from a phone of its own.
pub fn calls() -> Vec<Call> {
    (1..=9).map(|n| call(&format!("c{n}"), f64::from(n) * 24.0, &format!("+7000{n}"), "+79990")).collect()
}

pub fn decided(all: &[(&str, &str, Standing)]) -> Decisions {
    Decisions::new(all.iter().map(|(a, b, s)| Decision::new(who(a), who(b), *s, None).unwrap()))
}

pub fn group(name: &str, members: &[&str]) -> (String, Group) {
    let members = members.iter().map(|m| who(m)).collect();
    (name.into(), Group { members, standing: Standing::Suggested, method: None })
}
