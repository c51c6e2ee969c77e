//! Waveforms and lanes of days, as paths for inline SVG.

use std::fmt::Write as _;

/// How high the drawing of a waveform is, in its own units.
const HEIGHT: f32 = 40.0;
/// How wide a lane of days is, in its own units.
const LANE: usize = 1000;
/// How many bars the strip over the story has.
const STRIP: usize = 240;

/// A waveform as a path, one bar every 4 units, 40 high; and how wide it is.
pub(crate) fn wave(peaks: &[(f32, f32)]) -> (String, usize) {
    let loudest = peaks.iter().flat_map(|(low, high)| [low.abs(), high.abs()]).fold(0.05_f32, f32::max);
    let mut path = String::new();
    for (at, (low, high)) in peaks.iter().enumerate() {
        let reach = |v: f32| (v.abs() / loudest * (HEIGHT / 2.0 - 1.0)).clamp(0.5, HEIGHT / 2.0);
        let (top, bottom) = (HEIGHT / 2.0 - reach(*high), HEIGHT / 2.0 + reach(*low));
        // Writing into a text cannot fail.
        let _ = write!(path, "M{} {top:.0}V{bottom:.0}", at * 4 + 2);
    }
    (path, peaks.len() * 4)
}

/// All clips one after the other, each with as many bars, as one waveform.
pub(super) fn strip(clips: &[&[(f32, f32)]]) -> Vec<(f32, f32)> {
    let each = (STRIP / clips.len().max(1)).max(4);
    let mut bars = Vec::new();
    for peaks in clips.iter().filter(|p| !p.is_empty()).take(STRIP / 4) {
        let loudest = peaks.iter().map(|(low, high)| low.abs().max(*high)).fold(0.05_f32, f32::max);
        for bar in 0..each {
            let range = bar * peaks.len() / each..((bar + 1) * peaks.len()).div_ceil(each);
            let part = peaks.get(range).unwrap_or_default();
            let widest = |(l, h): (f32, f32), (low, high): &(f32, f32)| (l.min(*low), h.max(*high));
            let (low, high) = part.iter().fold((0.0, 0.0), widest);
            bars.push((low / loudest, high / loudest));
        }
    }
    bars
}

/// Points on a lane of days, of which `all` (sorted) are the first and the last; each a stroke without length, which is
/// drawn round.
pub(super) fn lane(days: &[&str], all: &[&str]) -> String {
    let number = |day: &str| day.parse::<jiff::civil::Date>().ok();
    let ends = all.first().and_then(|d| number(d)).zip(all.last().and_then(|d| number(d)));
    let Some((first, last)) = ends else { return String::new() };
    let apart = |day: jiff::civil::Date| i64::from((day - first).get_days());
    let length = apart(last).max(1);
    let mut path = String::new();
    for day in days.iter().filter_map(|d| number(d)) {
        let at = 20 + apart(day).clamp(0, length) * (LANE as i64 - 40) / length;
        let _ = write!(path, "M{at} 12h0");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_lie_where_they_belong() {
        let all = ["2022-02-24", "2022-03-01", "2022-03-06"];
        assert_eq!(lane(&all, &all), "M20 12h0M500 12h0M980 12h0");
        assert_eq!(lane(&["2022-03-06"], &["2022-03-06"]), "M20 12h0");
        assert_eq!(lane(&["soon"], &["soon"]), "");
    }

    #[test]
    fn a_strip_holds_every_clip() {
        let (loud, quiet) = (vec![(-0.8, 0.8); 96], vec![(-0.1, 0.05); 96]);
        let bars = strip(&[&loud, &quiet]);
        assert_eq!(bars.len(), 240);
        assert_eq!((bars[0], bars[239]), ((-1.0, 1.0), (-1.0, 0.5)));
        assert_eq!(strip(&[]), []);
        assert_eq!(wave(&[(-0.5, 0.25), (0.0, 0.0)]), ("M2 10V39M6 20V20".into(), 8));
    }
}
