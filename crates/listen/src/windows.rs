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

/// The share of a window that is filled before a pause is looked for.
const FILLED: f64 = 0.6;

/// Packs regions into windows of at most `longest` seconds of speech, each cut at the best pause of its last part.
pub fn pack(regions: &[Region], longest: f64) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut start = 0;
    while start < regions.len() {
        let mut filled = 0.0;
        let mut best: Option<(usize, f32)> = None;
        let mut end = start;
        while let Some(region) = regions.get(end) {
            if end > start && filled + region.span.length() > longest {
                break;
            }
            filled += region.span.length();
            end += 1;
            let good = filled >= FILLED * longest && best.is_none_or(|(_, pause)| region.pause >= pause);
            if good {
                best = Some((end, region.pause));
            }
        }
        // What is left of the recording goes into one window.
        let cut = if end == regions.len() { end } else { best.map_or(end, |(at, _)| at) };
        windows.push(Window { regions: start..cut });
        start = cut;
    }
    windows
}

/// A window's sound and the way back to the recording's time.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The pieces end to end, at the engine's rate.
    pub samples: Vec<f32>,
    /// In order.
    pieces: Vec<Piece>,
}

/// One region in a window. Seconds.
#[derive(Clone, Copy, Debug)]
struct Piece {
    region: usize,
    /// Where it begins in the window.
    begins: f64,
    /// Where it lies in the recording.
    span: Span,
    /// The stretch of the recording that is whole in the window around it.
    whole: Span,
}

impl Packed {
    /// Puts the pieces of `window` end to end.
    pub fn new(window: &Window, regions: &[Region], channel: &[f32], rate: u32) -> Self {
        let mut samples = Vec::new();
        let mut pieces: Vec<Piece> = Vec::new();
        for index in window.regions.clone() {
            let Some(region) = regions.get(index) else { continue };
            let at = |t: f64| ((t * f64::from(rate)).round() as usize).min(channel.len());
            let range = at(region.span.start)..at(region.span.end);
            let begins = samples.len() as f64 / f64::from(rate);
            let goes_on = pieces.last().is_some_and(|last| region.span.start - last.span.end < 1e-3);
            let from =
                if goes_on { pieces.last().map_or(region.span.start, |l| l.whole.start) } else { region.span.start };
            let whole = Span::new(from, region.span.end);
            for piece in pieces.iter_mut().rev().take_while(|p| goes_on && p.whole.start == from) {
                piece.whole.end = whole.end;
            }
            pieces.push(Piece { region: index, begins, span: region.span, whole });
            samples.extend_from_slice(&channel[range]);
        }
        Self { samples, pieces }
    }

    /// The regions that the window holds.
    pub fn regions(&self) -> impl Iterator<Item = usize> + '_ {
        self.pieces.iter().map(|p| p.region)
    }

    /// Where a word of the window lies in the recording, and in which region: the piece that holds its middle. It may
    /// reach into a neighbouring piece only where the recording goes on without a gap.
    pub fn place(&self, start: f64, end: f64) -> Option<(usize, Span)> {
        let middle = (start + end) / 2.0;
        let at = self.pieces.partition_point(|p| p.begins <= middle).saturating_sub(1);
        let piece = self.pieces.get(at)?;
        let to = |t: f64| (piece.span.start + t - piece.begins).clamp(piece.whole.start, piece.whole.end);
        Some((piece.region, Span::new(to(start), to(end))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(spans: &[(f64, f64)]) -> Vec<Region> {
        let pause = |i: usize| spans.get(i + 1).map_or(9.0, |n| (n.0 - spans[i].1) as f32);
        spans
            .iter()
            .enumerate()
            .map(|(i, &(s, e))| Region { span: Span::new(s, e), peak: 0.9, pause: pause(i) })
            .collect()
    }

    #[test]
    fn windows_are_cut_at_the_best_pause_of_their_last_part() {
        let r = regions(&[(0.0, 5.0), (5.1, 12.0), (14.0, 16.0), (16.1, 20.0), (20.1, 26.0)]);
        let ranges = |longest| pack(&r, longest).into_iter().map(|w| w.regions).collect::<Vec<_>>();
        assert_eq!(ranges(18.0), vec![0..2, 2..5]);
        assert_eq!(ranges(30.0), vec![0..5]);
        assert_eq!(ranges(1.0).len(), 5);
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
        // Where the sound goes on, it keeps its times.
        let r = regions(&[(1.0, 3.0), (3.0, 5.0)]);
        let packed = Packed::new(&Window { regions: 0..2 }, &r, &vec![0.0; 16 * 13_000], 16_000);
        let (region, span) = packed.place(1.9, 2.3).unwrap();
        assert!(region == 1 && (span.start - 2.9).abs() < 1e-9 && (span.end - 3.3).abs() < 1e-9, "{span:?}");
    }

    proptest::proptest! {
        #[test]
        fn every_region_is_in_exactly_one_window(lengths in proptest::collection::vec(0.1f64..20.0, 0..60)) {
            let mut t = 0.0;
            let spans: Vec<(f64, f64)> = lengths.iter().map(|l| { t += l + 0.5; (t - l, t) }).collect();
            let r = regions(&spans);
            let all: Vec<usize> = pack(&r, 20.0).into_iter().flat_map(|w| w.regions).collect();
            assert_eq!(all, (0..r.len()).collect::<Vec<_>>());
        }
    }
}
