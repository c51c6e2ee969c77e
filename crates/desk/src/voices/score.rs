//! From a cosine to a likelihood ratio, and its words.
//!
//! A likelihood ratio says how much more probable a measurement is if one person spoke than if two did. It says
//! nothing of how probable it was before that one person spoke: that depends on the case, and is for people to judge.
//! Method, data and error rates are in `docs/voices.md`.

use earwitness_model::Voiceprint;
use serde::Serialize;

/// The name of the calibration below, kept with everything that was made with it.
pub const CALIBRATION: &str = "telephone-1";

/// Found by `tools/calibrate_voices.py fit`: logistic regression over comparisons of same-sex voices sent through
/// simulated telephones; see `docs/voices.md` for how many and whose. Natural logarithms.
const INTERCEPT: f64 = -10.0;
const COSINE: f64 = 20.0;
const SECONDS: f64 = 0.0;
const PRODUCT: f64 = 0.0;

/// Beyond these log10 likelihood ratios one more mistake in the data would make the method worth less than saying
/// nothing (Vergeer et al. 2016, "Numerical likelihood ratios outputted by LR systems are often based on
/// extrapolation"), so nothing beyond them is ever said.
pub const LEAST: f64 = -2.0;
/// See [`LEAST`].
pub const MOST: f64 = 3.0;

/// Seconds of speech beyond which more speech was not seen to help.
const ENOUGH: f64 = 40.0;
/// Seconds below which nothing was measured.
const SHORTEST: f64 = 5.0;

/// The log10 of a likelihood ratio: above 0 for one voice, below 0 for two.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Likelihood(f64);

impl Likelihood {
    /// What a cosine is worth, given the net seconds of speech on both sides. Nothing is worth more than the data
    /// allow to say: [`LEAST`] to [`MOST`].
    pub fn of(cosine: f32, net_a: f64, net_b: f64) -> Self {
        Self(raw(f64::from(cosine), net_a, net_b).clamp(LEAST, MOST))
    }

    /// What two voiceprints are worth; none where they are of different networks.
    pub fn between(a: &Voiceprint, b: &Voiceprint) -> Option<Self> {
        a.cosine(b).map(|cosine| Self::of(cosine, a.net_speech, b.net_speech))
    }

    /// A log10 likelihood ratio as it is, for example the mean of several.
    pub fn from_log10(value: f64) -> Self {
        Self(value)
    }

    /// The log10 likelihood ratio.
    pub fn log10(self) -> f64 {
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
        match self.0.abs() {
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
        let (strength, times) = (self.strength().words(), times(self.0.abs()));
        match self.towards() {
            Towards::Neither => "no evidence either way".into(),
            Towards::Same => format!("{strength} evidence for the same voice (about {times} times likelier so)"),
            Towards::Different => format!("{strength} evidence for two voices (about {times} times likelier so)"),
        }
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

/// The cosine at which a log10 likelihood ratio is reached with the most speech: below it no pair can reach it.
pub(crate) fn least_cosine(log10: f64) -> f32 {
    let seconds = (ENOUGH / 10.0).ln();
    let at = |q: f64| (log10 * std::f64::consts::LN_10 - INTERCEPT - SECONDS * q) / (COSINE + PRODUCT * q);
    // A little lower, so that rounding loses nobody.
    (at(seconds).min(at((SHORTEST / 10.0).ln())) - 1e-4) as f32
}

fn raw(cosine: f64, net_a: f64, net_b: f64) -> f64 {
    let q = (net_a.min(net_b).clamp(SHORTEST, ENOUGH) / 10.0).ln();
    (INTERCEPT + COSINE * cosine + SECONDS * q + PRODUCT * q * cosine) / std::f64::consts::LN_10
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
    fn the_scale_has_words_both_ways() {
        let words = |x: f64| Likelihood::from_log10(x).words();
        assert_eq!(words(0.1), "no evidence either way");
        assert_eq!(words(0.6), "weak evidence for the same voice (about 4 times likelier so)");
        assert_eq!(words(1.63), "moderate evidence for the same voice (about 43 times likelier so)");
        assert_eq!(words(2.5), "moderately strong evidence for the same voice (about 320 times likelier so)");
        assert_eq!(words(-1.3), "moderate evidence for two voices (about 20 times likelier so)");
        assert_eq!(Likelihood::from_log10(3.0).strength(), Strength::Strong);
        assert_eq!(Likelihood::from_log10(-0.2).towards(), Towards::Neither);
    }

    #[test]
    fn no_pair_above_a_threshold_lies_below_its_least_cosine() {
        for threshold in [0.5, 1.0, 2.0] {
            let least = least_cosine(threshold);
            for seconds in [5.0, 8.0, 20.0, 40.0] {
                let reached = (0..=1000).map(|x| x as f32 / 1000.0);
                let reached = reached.filter(|c| raw(f64::from(*c), seconds, seconds) >= threshold);
                assert!(reached.into_iter().all(|c| c >= least));
            }
        }
    }
}
