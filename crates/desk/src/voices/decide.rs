//! What people decided about pairs of voices.

use earwitness_model::{SpeakerRef, Standing};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A person's word on whether two speakers are one voice. It holds no measurement, so that forgetting a voiceprint
/// leaves none behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The lesser of the two.
    pub a: SpeakerRef,
    /// The greater of the two.
    pub b: SpeakerRef,
    /// `confirmed`: one voice; `rejected`: two; `disputed`; `suggested`: opened again, as if never decided.
    pub standing: Standing,
    /// Why, in the words of whoever decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Decision {
    /// A decision about two speakers, in whatever order; none about a speaker and itself.
    pub fn new(x: SpeakerRef, y: SpeakerRef, standing: Standing, note: Option<String>) -> Option<Self> {
        match x.cmp(&y) {
            std::cmp::Ordering::Less => Some(Self { a: x, b: y, standing, note }),
            std::cmp::Ordering::Greater => Some(Self { a: y, b: x, standing, note }),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Whether it is about these two, in whatever order.
    pub fn is_about(&self, x: &SpeakerRef, y: &SpeakerRef) -> bool {
        (&self.a, &self.b) == (x, y) || (&self.a, &self.b) == (y, x)
    }
}

/// All decisions together, with what follows from them: A is B and B is C, so A is C; A is B and B is not C, so A
/// is not C.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// The number of the confirmed voice that a speaker belongs to.
    voice: HashMap<SpeakerRef, usize>,
    /// Pairs of such numbers that are two voices.
    apart: BTreeSet<(usize, usize)>,
    contradictions: Vec<Decision>,
    disputed: HashMap<SpeakerRef, BTreeSet<SpeakerRef>>,
}

impl Decisions {
    /// Draws the conclusions.
    pub fn new(decisions: impl IntoIterator<Item = Decision>) -> Self {
        let mut all: Vec<Decision> = decisions.into_iter().collect();
        all.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        let voice = components(all.iter().filter(|d| d.standing == Standing::Confirmed).map(|d| (&d.a, &d.b)));
        let mut found = Self { voice, ..Self::default() };
        for decision in all {
            match decision.standing {
                Standing::Rejected => {
                    let (x, y) = (found.number(&decision.a), found.number(&decision.b));
                    found.apart.insert((x.min(y), x.max(y)));
                    if x == y {
                        found.contradictions.push(decision);
                    }
                }
                Standing::Disputed => {
                    found.disputed.entry(decision.a).or_default().insert(decision.b);
                }
                Standing::Confirmed | Standing::Suggested => {}
            }
        }
        found
    }

    /// What people decided of two speakers, or what follows from it: one voice, two, disputed, or nothing.
    pub fn standing(&self, x: &SpeakerRef, y: &SpeakerRef) -> Standing {
        let disputed = |x, y| self.disputed.get(x).is_some_and(|with| with.contains(y));
        if disputed(x, y) || disputed(y, x) {
            return Standing::Disputed;
        }
        let (Some(&a), Some(&b)) = (self.voice.get(x), self.voice.get(y)) else { return Standing::Suggested };
        match (a == b, self.apart.contains(&(a.min(b), a.max(b)))) {
            (true, true) => Standing::Disputed,
            (true, false) => Standing::Confirmed,
            (false, true) => Standing::Rejected,
            (false, false) => Standing::Suggested,
        }
    }

    /// Rejected pairs that other decisions make one voice: somebody has to look again.
    pub fn contradictions(&self) -> &[Decision] {
        &self.contradictions
    }

    /// A number that all have in common whom people confirmed to be one voice with this speaker.
    pub(crate) fn voice(&self, speaker: &SpeakerRef) -> Option<usize> {
        self.voice.get(speaker).copied()
    }

    /// Those whom people confirmed to be one voice, each of two speakers or more.
    pub(crate) fn voices(&self) -> Vec<Vec<&SpeakerRef>> {
        let mut members: BTreeMap<usize, Vec<&SpeakerRef>> = BTreeMap::new();
        for (speaker, number) in &self.voice {
            members.entry(*number).or_default().push(speaker);
        }
        let mut voices: Vec<Vec<&SpeakerRef>> = members.into_values().filter(|members| members.len() > 1).collect();
        voices.iter_mut().for_each(|members| members.sort());
        voices
    }

    /// The number of the voice of a speaker; a new one where nobody confirmed anything of them.
    fn number(&mut self, speaker: &SpeakerRef) -> usize {
        let next = self.voice.values().max().map_or(0, |n| n + 1);
        *self.voice.entry(speaker.clone()).or_insert(next)
    }
}

/// Numbers the components of a graph in the order of their edges.
fn components<'a>(edges: impl Iterator<Item = (&'a SpeakerRef, &'a SpeakerRef)>) -> HashMap<SpeakerRef, usize> {
    let mut number: HashMap<SpeakerRef, usize> = HashMap::new();
    let mut members: BTreeMap<usize, Vec<SpeakerRef>> = BTreeMap::new();
    let mut next = 0;
    for (a, b) in edges {
        let [x, y] = [a, b].map(|speaker| {
            *number.entry(speaker.clone()).or_insert_with(|| {
                members.insert(next, vec![speaker.clone()]);
                next += 1;
                next - 1
            })
        });
        let (into, from) = (x.min(y), x.max(y));
        if into != from {
            let moved = members.remove(&from).unwrap_or_default();
            for speaker in &moved {
                number.insert(speaker.clone(), into);
            }
            members.entry(into).or_default().extend(moved);
        }
    }
    number
}

/// What a person has to decide so that one speaker leaves a group and the others stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// The one who leaves, with each who stays.
    pub rejected: Vec<(SpeakerRef, SpeakerRef)>,
    /// Those who were confirmed to be one voice only by way of the one who leaves.
    pub confirmed: Vec<(SpeakerRef, SpeakerRef)>,
}

/// Takes `leaves` out of a group.
pub fn split(members: &[SpeakerRef], leaves: &SpeakerRef, decisions: &[Decision]) -> Split {
    let stay: Vec<&SpeakerRef> = members.iter().filter(|m| *m != leaves).collect();
    let before = Decisions::new(decisions.iter().cloned());
    let others = decisions.iter().filter(|d| d.a != *leaves && d.b != *leaves);
    let after = Decisions::new(others.cloned());
    let mut found = Split::default();
    for (i, member) in stay.iter().enumerate() {
        found.rejected.push((leaves.clone(), (*member).clone()));
        // The first of those who were one voice with this one takes its place in holding them together.
        let first = stay[..i].iter().find(|s| before.standing(s, member) == Standing::Confirmed);
        if let Some(first) = first.filter(|first| after.standing(first, member) != Standing::Confirmed) {
            found.confirmed.push(((*first).clone(), (*member).clone()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(text: &str) -> SpeakerRef {
        text.parse().unwrap()
    }

    fn decision(a: &str, b: &str, standing: Standing) -> Decision {
        Decision::new(who(a), who(b), standing, None).unwrap()
    }

    #[test]
    fn conclusions_are_drawn() {
        use Standing::{Confirmed, Disputed, Rejected, Suggested};
        let said = Decisions::new([
            decision("c2:A", "c1:A", Confirmed),
            decision("c2:A", "c3:A", Confirmed),
            decision("c4:B", "c3:A", Rejected),
            decision("c5:A", "c6:A", Suggested),
            decision("c7:A", "c8:A", Disputed),
        ]);
        for (a, b, standing) in [
            ("c1:A", "c3:A", Confirmed),
            ("c1:A", "c4:B", Rejected),
            ("c4:B", "c2:A", Rejected),
            ("c5:A", "c6:A", Suggested),
            ("c8:A", "c7:A", Disputed),
            ("c1:A", "c9:A", Suggested),
        ] {
            assert_eq!(said.standing(&who(a), &who(b)), standing, "{a} {b}");
        }
        assert!(said.contradictions().is_empty());
    }

    #[test]
    fn a_contradiction_is_named_and_disputes_the_voice() {
        use Standing::{Confirmed, Rejected};
        let said = Decisions::new([
            decision("c1:A", "c2:A", Confirmed),
            decision("c2:A", "c3:A", Confirmed),
            decision("c1:A", "c3:A", Rejected),
        ]);
        assert_eq!(said.contradictions(), [decision("c1:A", "c3:A", Rejected)]);
        assert_eq!(said.standing(&who("c1:A"), &who("c2:A")), Standing::Disputed);
    }

    #[test]
    fn a_speaker_is_one_voice_with_itself_and_needs_no_decision() {
        assert_eq!(Decision::new(who("c1:A"), who("c1:A"), Standing::Confirmed, None), None);
        let (a, b) = (decision("c1:A", "c2:B", Standing::Rejected), decision("c2:B", "c1:A", Standing::Rejected));
        assert_eq!(a, b);
        assert!(a.is_about(&who("c2:B"), &who("c1:A")) && !a.is_about(&who("c2:B"), &who("c2:B")));
    }

    #[test]
    fn those_who_stay_stay_together_when_the_one_between_them_leaves() {
        let members = ["c1:A", "c2:A", "c3:A", "c4:A"].map(who);
        let said = [decision("c1:A", "c2:A", Standing::Confirmed), decision("c1:A", "c3:A", Standing::Confirmed)];
        let split = split(&members, &who("c1:A"), &said);
        assert_eq!(split.rejected.len(), 3);
        assert_eq!(split.confirmed, [(who("c2:A"), who("c3:A"))], "c4 was never confirmed");
    }
}
