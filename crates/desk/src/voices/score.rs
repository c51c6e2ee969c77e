//! From a cosine to a likelihood ratio, and its words.
//!
//! A likelihood ratio says how much more probable a measurement is if one person spoke than if two did. It says
//! nothing of how probable it was before that one person spoke: that depends on the case, and is for people to judge.
//! Method, data and error rates are in `docs/voices.md`.

use super::find::dot;
use earwitness_model::Voiceprint;
use serde::{Serialize, Serializer};

/// The name of the calibration below, kept with everything that was made with it.
pub const CALIBRATION: &str = "telephone-1";

/// Found by `tools/calibrate_voices.py fit` on 2026-11-23: logistic regression over 1,650 comparisons of one person and
/// 234,575 of two persons of one sex, 304 persons whose real voices were sent through simulated telephones. Natural
/// logarithms. See `docs/voices.md` for whose voices, and for what was measured with nobody seen twice: equal error
/// rate 0.025 (0.013 to 0.039), Cllr 0.104 (0.055 to 0.191).
const INTERCEPT: f64 = -43.292;
const COSINE: f64 = 57.558;
const SECONDS: f64 = -3.486;

/// Beyond these log10 likelihood ratios one more mistake among as many independent comparisons as there were persons
/// would make the method worth less than saying nothing (Vergeer et al. 2016, "Numerical likelihood ratios outputted
/// by LR systems are often based on extrapolation"), so nothing beyond them is ever said.
pub const LEAST: f64 = -2.1;
/// See [`LEAST`].
pub const MOST: f64 = 2.0;

/// Seconds of speech beyond which more speech was not seen to help.
const ENOUGH: f64 = 40.0;
/// Seconds below which nothing was measured.
const SHORTEST: f64 = 5.0;

/// The log10 of a likelihood ratio: above 0 for one voice, below 0 for two.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Likelihood(f64);

impl Likelihood {
    /// What a cosine is worth, given the net seconds of speech on both sides.
    pub fn of(cosine: f32, net_a: f64, net_b: f64) -> Self {
        let speech = SECONDS * q(net_a, net_b);
        Self((INTERCEPT + COSINE * f64::from(cosine) + speech) / std::f64::consts::LN_10)
    }

    /// What two voiceprints are worth; none where they are of different networks, or hold no numbers.
    pub fn between(a: &Voiceprint, b: &Voiceprint) -> Option<Self> {
        let comparable = a.weights == b.weights && a.vector.len() == b.vector.len();
        let found = comparable.then(|| Self::of(dot(&a.vector, &b.vector), a.net_speech, b.net_speech))?;
        (!found.0.is_nan()).then_some(found)
    }

    /// What two voiceprints are worth where little speech is given no credit: as if both held as much as helps. Short
    /// stretches are less alike, so that less likeness is worth as much; that is true on average, and a bad line or a
    /// wrong turn shows most in little speech.
    pub fn strictly_between(a: &Voiceprint, b: &Voiceprint) -> Option<Self> {
        let correction = SECONDS * (q(ENOUGH, ENOUGH) - q(a.net_speech, b.net_speech)) / std::f64::consts::LN_10;
        Some(Self(Self::between(a, b)?.0 + correction))
    }

    /// The mean of several; none of none.
    pub fn mean(all: &[Self]) -> Option<Self> {
        (!all.is_empty()).then(|| Self(all.iter().map(|l| l.0).sum::<f64>() / all.len() as f64))
    }

    /// The log10 likelihood ratio, no further out than the data allow to say: [`LEAST`] to [`MOST`].
    pub fn log10(self) -> f64 {
        self.0.clamp(LEAST, MOST)
    }

    /// The same beyond these bounds: for ranking and grouping, never to be told.
    pub fn rank(self) -> f64 {
        self.0
    }

    /// Which way it points.
    pub fn towards(self) -> Towards {
        match self.strength() {
            Strength::None => Towards::Neither,
            _ if self.0 > 0.0 => Towards::Same,
            _ => Towards::Different,
        }
    }

    /// How far, in the words of forensic practice (ENFSI guideline for evaluative reporting, 2015).
    pub fn strength(self) -> Strength {
        match self.log10().abs() {
            x if x < 2_f64.log10() => Strength::None,
            x if x < 1.0 => Strength::Weak,
            x if x < 2.0 => Strength::Moderate,
            x if x < 3.0 => Strength::ModeratelyStrong,
            x if x < 4.0 => Strength::Strong,
            _ => Strength::VeryStrong,
        }
    }

    /// For people: `moderate evidence for one voice (about 40 times …)`.
    pub fn words(self) -> String {
        let (strength, times) = (self.strength().words(), times(self.log10().abs()));
        match self.towards() {
            Towards::Neither => "no evidence either way".into(),
            Towards::Same => format!("{strength} evidence for the same voice (about {times} times likelier so)"),
            Towards::Different => format!("{strength} evidence for two voices (about {times} times likelier so)"),
        }
    }
}

impl Serialize for Likelihood {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.log10())
    }
}

/// What a measurement points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Towards {
    /// One voice.
    Same,
    /// Two voices.
    Different,
    /// Neither.
    Neither,
}

/// The verbal scale: likelihood ratios up to 2, 10, 100, 1,000, 10,000, and above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Says nothing.
    None,
    /// 2 to 10.
    Weak,
    /// 10 to 100.
    Moderate,
    /// 100 to 1,000.
    ModeratelyStrong,
    /// 1,000 to 10,000.
    Strong,
    /// Above.
    VeryStrong,
}

impl Strength {
    /// The word for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "no",
            Self::Weak => "weak",
            Self::Moderate => "moderate",
            Self::ModeratelyStrong => "moderately strong",
            Self::Strong => "strong",
            Self::VeryStrong => "very strong",
        }
    }
}

/// How much speech there is: the logarithm of the shorter side.
fn q(net_a: f64, net_b: f64) -> f64 {
    (net_a.min(net_b).clamp(SHORTEST, ENOUGH) / 10.0).ln()
}

/// The cosine at which a rank is reached with the least speech: no pair below it reaches it with more, or strictly.
pub(crate) fn least_cosine(rank: f64) -> f32 {
    // A little lower, so that rounding loses nobody.
    ((rank * std::f64::consts::LN_10 - INTERCEPT - SECONDS * q(SHORTEST, SHORTEST)) / COSINE - 1e-4) as f32
}

/// A ratio for people, to one or two digits.
fn times(log10: f64) -> String {
    let ratio = 10_f64.powf(log10);
    let digits = 10_f64.powf((log10.floor() - 1.0).max(0.0));
    format!("{}", (ratio / digits).round() * digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voices::testing::at;

    #[test]
    fn more_alike_is_worth_more_and_never_more_than_the_data_allow() {
        let at = |cosine, seconds| Likelihood::of(cosine, seconds, 60.0).log10();
        for seconds in [1.0, 5.0, 12.0, 40.0, 1e9] {
            let all: Vec<f64> = (-10..=10).map(|x| at(x as f32 / 10.0, seconds)).collect();
            assert!(all.windows(2).all(|w| w[0] <= w[1]), "{all:?}");
            assert_eq!((all[0], all[20]), (LEAST, MOST), "at {seconds} s");
        }
    }

    #[test]
    fn more_speech_asks_for_more_likeness() {
        let at = |cosine, seconds| Likelihood::of(cosine, seconds, 100.0).log10();
        assert!(at(0.8, 5.0) > at(0.8, 40.0));
        // Where one voice is as probable as two, by the constants above.
        assert!(
            at(0.7521, 10.0).abs() < 0.01 && at(0.8361, 40.0).abs() < 0.01,
            "{} {}",
            at(0.7521, 10.0),
            at(0.8361, 40.0)
        );
    }

    #[test]
    fn little_speech_gets_no_credit_where_it_is_strict() {
        let of = |seconds| {
            let voice =
                |speaker, degrees: f32| crate::voices::testing::print(speaker, &at(speaker, degrees).vector, seconds);
            Likelihood::strictly_between(&voice("c1:A", 0.0), &voice("c2:A", 25.0)).unwrap().rank()
        };
        let plain = Likelihood::of(25_f32.to_radians().cos(), 40.0, 40.0).rank();
        assert!((of(40.0) - plain).abs() < 1e-4 && (of(6.0) - plain).abs() < 1e-4, "{} {} {plain}", of(40.0), of(6.0));
    }

    #[test]
    fn voiceprints_of_two_networks_are_worth_nothing() {
        let (a, mut b) = (at("c1:A", 0.0), at("c2:A", 1.0));
        assert!(Likelihood::between(&a, &b).unwrap().log10() > 1.9);
        b.vector.push(0.0);
        assert_eq!(Likelihood::between(&a, &b), None);
        let b = crate::voices::testing::print("c2:A", &[f32::NAN, 0.0], 9.0);
        assert_eq!(Likelihood::between(&a, &b), None);
    }

    #[test]
    fn the_scale_has_words_both_ways() {
        let words = |x: f64| Likelihood(x).words();
        assert_eq!(words(0.1), "no evidence either way");
        assert_eq!(words(0.6), "weak evidence for the same voice (about 4 times likelier so)");
        assert_eq!(words(1.63), "moderate evidence for the same voice (about 43 times likelier so)");
        assert_eq!(words(9.0), "moderately strong evidence for the same voice (about 100 times likelier so)");
        assert_eq!(words(-1.3), "moderate evidence for two voices (about 20 times likelier so)");
        assert_eq!(Likelihood(-9.0).strength(), Strength::ModeratelyStrong, "no more than the data allow");
        assert_eq!(Likelihood(-0.2).towards(), Towards::Neither);
        assert_eq!(serde_json::to_value(Likelihood(9.0)).unwrap(), serde_json::json!(MOST));
    }

    #[test]
    fn no_pair_above_a_threshold_lies_below_its_least_cosine() {
        for threshold in [0.5, 1.0, 2.0] {
            let least = least_cosine(threshold);
            for seconds in [5.0, 8.0, 20.0, 40.0] {
                let reached = (0..=1000).map(|x| x as f32 / 1000.0);
                let reached = reached.filter(|c| Likelihood::of(*c, seconds, seconds).rank() >= threshold);
                assert!(reached.into_iter().all(|c| c >= least));
            }
        }
    }
}
