//! Who sounds like this: an exact scan over all voiceprints.

use earwitness_model::{Digest, Voiceprint};
use std::{cmp::Reverse, collections::BinaryHeap};

/// Voiceprints laid side by side, so that a scan is one pass over memory: four bytes a number and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Row after row.
    numbers: Vec<f32>,
    /// How many numbers a row has.
    width: usize,
    /// Place of each row among the voiceprints that were given.
    places: Vec<usize>,
}

/// A voiceprint near a given one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Its place among the voiceprints that the scan was made of.
    pub place: usize,
    /// -1 to 1.
    pub cosine: f32,
}

impl Scan {
    /// Takes the voiceprints that one network made; those of others cannot be compared and are left out.
    pub fn new(prints: &[Voiceprint], weights: &Digest, width: usize) -> Self {
        let fits = |print: &&(usize, &Voiceprint)| print.1.weights == *weights && print.1.vector.len() == width;
        let mut scan = Self { width, ..Self::default() };
        for (place, print) in prints.iter().enumerate().filter(|p| fits(&p)) {
            scan.numbers.extend_from_slice(&print.vector);
            scan.places.push(place);
        }
        scan
    }

    /// How many voiceprints are looked at.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is nobody to compare with.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The `most` nearest to a vector of unit length, nearest first; of equals, the one that came first.
    pub fn nearest(&self, vector: &[f32], most: usize) -> Vec<Match> {
        if vector.len() != self.width || self.width == 0 || most == 0 {
            return Vec::new();
        }
        // The smallest of the best on top; room for no more than there are.
        let mut best: BinaryHeap<Reverse<Ranked>> = BinaryHeap::with_capacity(most.min(self.len()) + 1);
        for (row, place) in self.numbers.chunks_exact(self.width).zip(&self.places) {
            let ranked = Ranked { cosine: dot(row, vector), place: *place };
            if best.len() < most {
                best.push(Reverse(ranked));
            } else if best.peek().is_some_and(|least| least.0 < ranked) {
                best.pop();
                best.push(Reverse(ranked));
            }
        }
        let sorted = best.into_sorted_vec();
        sorted.into_iter().map(|Reverse(Ranked { cosine, place })| Match { place, cosine }).collect()
    }
}

/// Ordered by cosine, then the earlier before the later.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ranked {
    cosine: f32,
    place: usize,
}

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.cosine.total_cmp(&other.cosine).then(other.place.cmp(&self.place))
    }
}

/// The scalar product, in sixteen sums so that the processor can take several at once. All comparisons of voices go
/// through here: the same pair gives the same bits everywhere.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (whole_a, rest_a) = a.as_chunks::<16>();
    let (whole_b, rest_b) = b.as_chunks::<16>();
    let mut sums = [0.0_f32; 16];
    for (x, y) in whole_a.iter().zip(whole_b) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f32>() + rest_a.iter().zip(rest_b).map(|(x, y)| x * y).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voices::testing::{print, weights};

    #[test]
    fn the_nearest_come_first_and_equals_in_their_order() {
        let prints = [
            print("c1:A", &[1.0, 0.0], 20.0),
            print("c2:A", &[0.6, 0.8], 20.0),
            print("c3:A", &[0.0, 1.0], 20.0),
            print("c4:A", &[1.0, 0.0], 20.0),
        ];
        let scan = Scan::new(&prints, &weights(), 2);
        let places = |most| scan.nearest(&[1.0, 0.0], most).iter().map(|m| m.place).collect::<Vec<_>>();
        assert_eq!(places(9), [0, 3, 1, 2]);
        assert_eq!(places(2), [0, 3]);
        assert_eq!(places(1), [0]);
        assert!(places(0).is_empty() && scan.nearest(&[1.0], 3).is_empty());
        assert_eq!(scan.nearest(&[0.0, 1.0], 1), [Match { place: 2, cosine: 1.0 }]);
    }

    #[test]
    fn voiceprints_of_another_network_are_not_compared() {
        let mut other = print("c2:A", &[1.0, 0.0], 20.0);
        other.weights = Digest::of(b"another network");
        let prints = [other, print("c1:A", &[1.0, 0.0], 20.0), print("c3:A", &[1.0, 0.0, 0.0], 20.0)];
        let scan = Scan::new(&prints, &weights(), 2);
        assert_eq!((scan.len(), scan.is_empty()), (1, false));
        assert_eq!(scan.nearest(&[1.0, 0.0], 5), [Match { place: 1, cosine: 1.0 }]);
    }

    #[test]
    fn a_product_in_sixteen_sums_is_the_product() {
        let a: Vec<f32> = (0..37).map(|x| x as f32 / 10.0).collect();
        let plain: f32 = a.iter().map(|x| x * x).sum();
        assert!((dot(&a, &a) - plain).abs() < 1e-3);
    }

    #[test]
    fn numbers_that_are_none_do_not_come_first_or_stop_the_scan() {
        let prints = [print("c1:A", &[f32::NAN, 0.0], 20.0), print("c2:A", &[0.6, 0.8], 20.0)];
        assert_eq!(Scan::new(&prints, &weights(), 2).nearest(&[1.0, 0.0], 2).len(), 2);
    }
}
