//! Packing speech into windows: regions one after another with the long pauses left out, cut only between regions.
//!
//! Context helps the recogniser and pauses mislead it, so a window is as much neighbouring speech of one channel as fits,
//! and remembers where each piece came from.

use crate::speech::Region;
use earwitness_model::Span;
use std::ops::Range;

/// Regions that are heard together; indices into the channel's list of regions, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Which regions.
    pub regions: Range<usize>,
}

/// Packs regions into windows of at most `longest` seconds of speech. The first window is filled only to `first`, so
/// that two packings with different values are cut at different places.
pub fn pack(regions: &[Region], longest: f64, first: f64) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    let mut filled = 0.0;
    for (i, region) in regions.iter().enumerate() {
        let room = if windows.len() == 1 { first } else { longest };
        match windows.last_mut() {
            Some(window) if filled + region.span.length() <= room => {
                window.regions.end = i + 1;
                filled += region.span.length();
            }
            _ => {
                windows.push(Window { regions: i..i + 1 });
                filled = region.span.length();
            }
        }
    }
    windows
}

/// A window's sound and the way back to the recording's time.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The pieces end to end, at the engine's rate.
    pub samples: Vec<f32>,
    /// For each piece: region index, start in the window, span in the recording (seconds).
    pieces: Vec<(usize, f64, Span)>,
}

impl Packed {
    /// Puts the pieces of `window` end to end.
    pub fn new(window: &Window, regions: &[Region], channel: &[f32], rate: u32) -> Self {
        let mut samples = Vec::new();
        let mut pieces = Vec::new();
        for index in window.regions.clone() {
            let Some(region) = regions.get(index) else { continue };
            let at = |t: f64| ((t * f64::from(rate)).round() as usize).min(channel.len());
            let range = at(region.span.start)..at(region.span.end);
            pieces.push((index, samples.len() as f64 / f64::from(rate), region.span));
            samples.extend_from_slice(&channel[range]);
        }
        Self { samples, pieces }
    }

    /// The regions that the window holds.
    pub fn regions(&self) -> impl Iterator<Item = usize> + '_ {
        self.pieces.iter().map(|(index, _, _)| *index)
    }

    /// Where a word of the window lies in the recording, and in which region: the piece that holds its middle, to whose
    /// bounds it is held.
    pub fn place(&self, start: f64, end: f64) -> Option<(usize, Span)> {
        let middle = (start + end) / 2.0;
        let at = self.pieces.partition_point(|(_, begins, _)| *begins <= middle).saturating_sub(1);
        let (region, begins, span) = self.pieces.get(at)?;
        let to = |t: f64| (span.start + t - begins).clamp(span.start, span.end);
        Some((*region, Span::new(to(start), to(end))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(spans: &[(f64, f64)]) -> Vec<Region> {
        spans.iter().map(|&(s, e)| Region { span: Span::new(s, e), peak: 0.9 }).collect()
    }

    #[test]
    fn windows_hold_neighbours_up_to_the_limit() {
        let r = regions(&[(0.0, 5.0), (6.0, 12.0), (30.0, 39.0), (40.0, 41.0)]);
        let ranges = |longest, first| pack(&r, longest, first).into_iter().map(|w| w.regions).collect::<Vec<_>>();
        assert_eq!(ranges(20.0, 20.0), vec![0..3, 3..4]);
        assert_eq!(ranges(20.0, 5.0), vec![0..1, 1..4]);
        assert_eq!(ranges(1.0, 1.0).len(), 4);
    }

    #[test]
    fn words_find_their_way_back() {
        let r = regions(&[(1.0, 3.0), (10.0, 12.0)]);
        let packed = Packed::new(&Window { regions: 0..2 }, &r, &vec![0.0; 16 * 13_000], 16_000);
        assert_eq!(packed.samples.len(), 64_000);
        assert_eq!(packed.place(0.5, 1.0), Some((0, Span::new(1.5, 2.0))));
        assert_eq!(packed.place(2.5, 3.0), Some((1, Span::new(10.5, 11.0))));
        // A word over the joint stays in the piece that holds its middle.
        assert_eq!(packed.place(1.9, 2.3), Some((1, Span::new(10.0, 10.3))));
        assert_eq!(packed.place(90.0, 99.0).map(|p| p.1.end), Some(12.0));
    }

    proptest::proptest! {
        #[test]
        fn every_region_is_in_exactly_one_window(lengths in proptest::collection::vec(0.1f64..20.0, 0..60)) {
            let mut t = 0.0;
            let spans: Vec<(f64, f64)> = lengths.iter().map(|l| { t += l + 0.5; (t - l, t) }).collect();
            let r = regions(&spans);
            let all: Vec<usize> = pack(&r, 20.0, 10.0).into_iter().flat_map(|w| w.regions).collect();
            assert_eq!(all, (0..r.len()).collect::<Vec<_>>());
        }
    }
}
