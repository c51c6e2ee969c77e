//! How many voices there are among pieces of speech, and which piece is whose.
//!
//! Pieces are split by k-means after the mean of the call is taken away, so that what all pieces share (line, codec, noise)
//! does not count. A split into one voice more stands if even its two most similar voices are two: their centres are not
//! alike, and the pieces lie far apart along the line between them, measured without the pieces that overlap the
//! one in question (otherwise any cloud, cut in the middle, seems to be two).

use super::Line;
use crate::voiceprint::{dot, normalise};
use serde::{Deserialize, Serialize};

/// Restarts of k-means.
const STARTS: u64 = 16;
const ROUNDS: usize = 50;

/// When pieces are two voices: `alike` bounds the cosine of the two centres from above, `apart` the distance of the two
/// clouds from below, in standard deviations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterOptions {
    /// Most voices that are looked for on a channel.
    pub most: usize,
    /// The second voice where both sides are mixed: either bound suffices.
    pub second_alike: f32,
    /// See `second_alike`.
    pub second_apart: f32,
    /// A further voice: both bounds must hold.
    pub further_alike: f32,
    /// See `further_alike`.
    pub further_apart: f32,
    /// A second voice on one side of a two-channel call: both bounds must hold.
    pub stranger_alike: f32,
    /// See `stranger_alike`.
    pub stranger_apart: f32,
    /// Fewest pieces of a second voice on one side.
    pub fewest_of_stranger: usize,
    /// Fewest pieces of a further voice.
    pub fewest: usize,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            most: 5,
            second_alike: 0.88,
            second_apart: 4.5,
            further_alike: 0.845,
            further_apart: 4.0,
            stranger_alike: 0.76,
            stranger_apart: 5.5,
            fewest_of_stranger: 8,
            fewest: 4,
        }
    }
}

/// The voices of a channel.
#[derive(Debug)]
pub(super) struct Voices {
    /// The mean of all pieces.
    pub mean: Vec<f32>,
    /// For each voice the direction from the mean to its centre, of unit length.
    pub directions: Vec<Vec<f32>>,
}

/// The voices among `pieces` (unit vectors in the order of time, of which each overlaps up to `near` neighbours).
pub(super) fn voices(
    pieces: &[&[f32]],
    near: usize,
    line: Line,
    known: Option<usize>,
    options: &ClusterOptions,
) -> Voices {
    let mean = mean_of(pieces.iter().copied());
    let centred: Vec<Vec<f32>> =
        pieces.iter().map(|p| p.iter().zip(&mean).map(|(v, m)| v - m).collect::<Vec<f32>>()).collect();
    let mut owner = vec![0; pieces.len()];
    for count in 2..=known.unwrap_or(options.most) {
        if pieces.len() < 2 * count && known.is_none() || pieces.len() < count {
            break;
        }
        let split = k_means(&centred, count);
        let enough = known.is_some() || stands(pieces, &split, count, near, line, options);
        if !enough {
            break;
        }
        owner = split;
    }
    let count = owner.iter().max().map_or(0, |m| m + 1);
    let directions = (0..count)
        .map(|voice| {
            let mut centre = mean_of(members(&centred, &owner, voice));
            normalise(&mut centre);
            centre
        })
        .collect();
    Voices { mean, directions }
}

fn members<'a>(pieces: &'a [Vec<f32>], owner: &'a [usize], voice: usize) -> impl Iterator<Item = &'a [f32]> {
    pieces.iter().zip(owner).filter(move |(_, o)| **o == voice).map(|(p, _)| p.as_slice())
}

fn mean_of<'a>(vectors: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let (mut sum, mut count) = (Vec::new(), 0.0f32);
    for vector in vectors {
        sum.resize(vector.len(), 0.0);
        sum.iter_mut().zip(vector).for_each(|(s, v): (&mut f32, &f32)| *s += v);
        count += 1.0;
    }
    sum.iter_mut().for_each(|s| *s /= count.max(1.0));
    sum
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The owner of each piece after the best of some starts (Lloyd 1982), the same for the same pieces.
fn k_means(pieces: &[Vec<f32>], count: usize) -> Vec<usize> {
    let mut best: Option<(f32, Vec<usize>)> = None;
    for start in 0..STARTS {
        let mut centres: Vec<Vec<f32>> = first_centres(pieces, count, start);
        let mut owner = vec![usize::MAX; pieces.len()];
        let mut cost = f32::MAX;
        for _ in 0..ROUNDS {
            let nearest = |p: &Vec<f32>| -> (usize, f32) {
                let far = centres.iter().map(|c| distance(p, c)).enumerate();
                far.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
            };
            let found: Vec<(usize, f32)> = pieces.iter().map(nearest).collect();
            cost = found.iter().map(|f| f.1).sum();
            let new: Vec<usize> = found.iter().map(|f| f.0).collect();
            if new == owner {
                break;
            }
            owner = new;
            for (voice, centre) in centres.iter_mut().enumerate() {
                if owner.contains(&voice) {
                    *centre = mean_of(members(pieces, &owner, voice));
                }
            }
        }
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, owner));
        }
    }
    best.map_or_else(Vec::new, |(_, owner)| owner)
}

/// One piece after the other, each far from those before: a start picks among the farthest by its number.
fn first_centres(pieces: &[Vec<f32>], count: usize, start: u64) -> Vec<Vec<f32>> {
    let first = (start as usize).wrapping_mul(7919) % pieces.len().max(1);
    let mut chosen: Vec<Vec<f32>> = pieces.get(first).cloned().into_iter().collect();
    while chosen.len() < count {
        let lonely = |p: &Vec<f32>| chosen.iter().map(|c| distance(p, c)).fold(f32::MAX, f32::min);
        let mut far: Vec<(usize, f32)> = pieces.iter().map(lonely).enumerate().collect();
        far.sort_by(|a, b| b.1.total_cmp(&a.1));
        let pick = (start as usize / 2) % far.len().clamp(1, 5);
        let Some(next) = far.get(pick).and_then(|(i, _)| pieces.get(*i)) else { break };
        chosen.push(next.clone());
    }
    chosen
}

/// Whether a split into `count` voices stands.
fn stands(pieces: &[&[f32]], owner: &[usize], count: usize, near: usize, line: Line, options: &ClusterOptions) -> bool {
    let sizes: Vec<usize> = (0..count).map(|v| owner.iter().filter(|o| **o == v).count()).collect();
    let Some(closest) = closest(pieces, owner, count, near) else { return false };
    let fewest = sizes.iter().min().copied().unwrap_or(0);
    let (alike, apart) = (closest.alike, closest.apart);
    tracing::debug!(count, ?sizes, alike, apart, ?line, "may this split into voices stand?");
    match (count, line) {
        (2, Line::Mixed) => {
            fewest > 0 && (closest.alike <= options.second_alike || closest.apart >= options.second_apart)
        }
        (2, Line::OneSide) => {
            fewest >= options.fewest_of_stranger
                && closest.alike <= options.stranger_alike
                && closest.apart >= options.stranger_apart
        }
        _ => {
            fewest >= options.fewest && closest.alike <= options.further_alike && closest.apart >= options.further_apart
        }
    }
}

struct Pair {
    /// Cosine of the centres.
    alike: f32,
    /// Distance of the clouds in standard deviations; 0 where it cannot be measured.
    apart: f32,
}

/// The two most similar voices of a split.
fn closest(pieces: &[&[f32]], owner: &[usize], count: usize, near: usize) -> Option<Pair> {
    let mut sums: Vec<(Vec<f32>, f32)> = Vec::new();
    for voice in 0..count {
        let own = || pieces.iter().zip(owner).filter(|(_, o)| **o == voice).map(|(p, _)| *p);
        let size = own().count() as f32;
        sums.push((mean_of(own()).into_iter().map(|v| v * size).collect(), size));
    }
    let mut found: Option<Pair> = None;
    for a in 0..count {
        for b in 0..a {
            let (mut left, mut right) = (sums[a].0.clone(), sums[b].0.clone());
            normalise(&mut left);
            normalise(&mut right);
            let alike = dot(&left, &right);
            if found.as_ref().is_none_or(|f| alike > f.alike) {
                found = Some(Pair { alike, apart: apart(pieces, owner, (a, b), &sums, near) });
            }
        }
    }
    found
}

/// How far two clouds lie apart along the line between their centres, each piece measured against centres without itself
/// and its neighbours.
fn apart(pieces: &[&[f32]], owner: &[usize], (a, b): (usize, usize), sums: &[(Vec<f32>, f32)], near: usize) -> f32 {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (i, piece) in pieces.iter().enumerate() {
        let own = owner[i];
        if own != a && own != b {
            continue;
        }
        let centre = |voice: usize| -> Option<Vec<f32>> {
            let (mut sum, mut size) = sums.get(voice)?.clone();
            for j in i.saturating_sub(near)..(i + near + 1).min(pieces.len()) {
                if owner[j] == voice {
                    sum.iter_mut().zip(pieces[j]).for_each(|(s, v)| *s -= v);
                    size -= 1.0;
                }
            }
            (size > 0.5).then(|| sum.into_iter().map(|s| s / size).collect())
        };
        let (Some(from), Some(to)) = (centre(b), centre(a)) else { continue };
        let mut direction: Vec<f32> = to.iter().zip(&from).map(|(t, f)| t - f).collect();
        normalise(&mut direction);
        let at = dot(piece, &direction);
        if own == a { left.push(at) } else { right.push(at) }
    }
    if left.len() < 2 || right.len() < 2 {
        return 0.0;
    }
    let mean = |v: &[f32]| v.iter().sum::<f32>() / v.len() as f32;
    let spread = |v: &[f32], m: f32| v.iter().map(|x| (x - m) * (x - m)).sum::<f32>();
    let (m, n) = (mean(&left), mean(&right));
    let deviation = ((spread(&left, m) + spread(&right, n)) / (left.len() + right.len()) as f32).sqrt();
    (m - n) / deviation.max(1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces around some centres, with noise that is the same every time.
    fn pieces(centres: &[[f32; 8]], of: &[usize]) -> Vec<Vec<f32>> {
        let mut state = 1u64;
        let mut noise = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
        };
        of.iter()
            .map(|&c| {
                let mut v: Vec<f32> = centres[c].iter().map(|x| x + 0.35 * noise()).collect();
                normalise(&mut v);
                v
            })
            .collect()
    }

    const A: [f32; 8] = [1.0, 0.4, 0.0, 0.0, 0.2, 0.0, 0.0, 0.0];
    const B: [f32; 8] = [0.4, 1.0, 0.3, 0.0, 0.0, 0.0, 0.3, 0.0];
    const C: [f32; 8] = [0.0, 0.3, 1.0, 0.6, 0.0, 0.5, 0.0, 0.0];

    fn count(of: &[usize], line: Line, known: Option<usize>) -> usize {
        let made = pieces(&[A, B, C], of);
        let refs: Vec<&[f32]> = made.iter().map(Vec::as_slice).collect();
        voices(&refs, 2, line, known, &ClusterOptions::default()).directions.len()
    }

    #[test]
    fn the_number_of_voices_is_found_or_told() {
        let two: Vec<usize> = (0..40).map(|i| (i / 8) % 2).collect();
        let three: Vec<usize> = (0..60).map(|i| (i / 6) % 3).collect();
        assert_eq!(count(&two, Line::Mixed, None), 2);
        assert_eq!(count(&three, Line::Mixed, None), 3);
        assert_eq!(count(&[0; 30], Line::OneSide, None), 1);
        assert_eq!(count(&two, Line::Mixed, Some(1)), 1);
        assert_eq!(count(&[0; 30], Line::OneSide, Some(3)), 3);
    }

    #[test]
    fn nothing_one_piece_and_equal_pieces_do_no_harm() {
        assert_eq!(count(&[], Line::Mixed, None), 0);
        assert_eq!(count(&[], Line::Mixed, Some(2)), 0);
        assert_eq!(count(&[0], Line::Mixed, Some(2)), 1);
        let same = vec![vec![1.0f32, 0.0]; 9];
        let refs: Vec<&[f32]> = same.iter().map(Vec::as_slice).collect();
        assert!(!voices(&refs, 2, Line::Mixed, None, &ClusterOptions::default()).directions.is_empty());
        assert!(voices(&refs, 2, Line::Mixed, Some(4), &ClusterOptions::default()).directions.len() <= 4);
    }
}
