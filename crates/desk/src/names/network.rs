//! The network: embeddings, convolutions, and the best sequence of tags.

use super::{
    NamesError,
    pack::{Array, Members, Pack, numbers},
};

pub(super) struct Network {
    words: Words,
    shapes: Array,
    layers: Vec<Layer>,
    head: Array,
    bias: Vec<f32>,
    /// From tag to tag.
    transitions: Vec<f32>,
}

/// navec: each word is a row of codes, each code a few numbers.
struct Words {
    /// Codes of one word.
    parts: usize,
    /// Numbers of one code.
    chunk: usize,
    /// How many codes there are in each place.
    centroids: usize,
    indexes: Vec<u8>,
    codes: Vec<f32>,
}

/// A convolution over neighbouring words, what is below zero cut off, and a batch normalisation.
struct Layer {
    inputs: usize,
    outputs: usize,
    padding: usize,
    /// By place, input, output: outputs lie side by side, so that they are summed together.
    weight: Vec<f32>,
    bias: Vec<f32>,
    /// Mean, standard deviation, weight and bias of each output.
    norm: Vec<[f32; 4]>,
}

impl Network {
    /// From the packs of slovnet and navec, with as many words, shapes and tags as the vocabularies have.
    pub fn read(pack: &Pack<'_>, navec: &[u8], words: usize, shapes: usize, tags: usize) -> Result<Self, NamesError> {
        let odd = |what: &str| NamesError::Odd(format!("{what} does not fit the rest"));
        let network = Self {
            words: Words::read(Members::read(navec).get("pq.bin")?)?,
            shapes: pack.array("/emb/shape/weight", 2)?,
            layers: (0..pack.layers()).map(|n| Layer::read(pack, n)).collect::<Result<_, _>>()?,
            head: pack.array("/head/proj/weight", 2)?,
            bias: pack.array("/head/proj/bias", 1)?.numbers,
            transitions: pack.array("/head/crf/transitions", 2)?.numbers,
        };
        let mut width = network.words.parts * network.words.chunk + network.shapes.shape[1];
        for layer in &network.layers {
            if layer.inputs != width {
                return Err(odd("a convolution"));
            }
            width = layer.outputs;
        }
        let fits = [
            (network.words.indexes.len() == words * network.words.parts, "the number of words"),
            (network.shapes.shape[0] == shapes, "the number of shapes"),
            (network.head.shape == [width, tags] && width > 0 && tags > 0, "the last layer"),
            (network.bias.len() == tags && network.transitions.len() == tags * tags, "the number of tags"),
        ];
        match fits.iter().find(|(fits, _)| !fits) {
            Some((_, what)) => Err(odd(what)),
            None => Ok(network),
        }
    }

    /// The best tags for words, given as numbers of word and shape.
    pub fn tags(&self, ids: &[(usize, usize)]) -> Vec<usize> {
        best_path(&self.scores(ids), &self.transitions, self.bias.len())
    }

    /// How well each tag fits each word, one row a word.
    fn scores(&self, ids: &[(usize, usize)]) -> Vec<f32> {
        let (shape_width, tags) = (self.shapes.shape[1], self.bias.len());
        let mut rows = Vec::with_capacity(ids.len() * (self.words.parts * self.words.chunk + shape_width));
        for (word, shape) in ids {
            self.words.add(*word, &mut rows);
            let from = shape * shape_width;
            rows.extend(self.shapes.numbers.get(from..from + shape_width).unwrap_or_default());
        }
        for layer in &self.layers {
            rows = layer.apply(&rows);
        }
        let mut scores = self.bias.repeat(ids.len());
        for (row, sums) in rows.chunks_exact(self.head.shape[0]).zip(scores.chunks_exact_mut(tags)) {
            for (x, weights) in row.iter().zip(self.head.numbers.chunks_exact(tags)) {
                add(sums, *x, weights);
            }
        }
        scores
    }
}

fn add(sums: &mut [f32], x: f32, weights: &[f32]) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += x * weight;
    }
}

impl Words {
    fn read(pq: &[u8]) -> Result<Self, NamesError> {
        let odd = || NamesError::Odd("pq.bin is not as long as it says".into());
        let (head, rest) = pq.split_at_checked(16).ok_or_else(odd)?;
        let (sizes, _) = head.as_chunks::<4>();
        let sizes: Vec<usize> =
            sizes.iter().filter_map(|four| usize::try_from(u32::from_le_bytes(*four)).ok()).collect();
        let &[words, width, parts, centroids] = sizes.as_slice() else { return Err(odd()) };
        let size = words.checked_mul(parts).ok_or_else(odd)?;
        let (indexes, codes) = rest.split_at_checked(size).ok_or_else(odd)?;
        let codes = numbers(codes);
        let whole = parts > 0 && width.is_multiple_of(parts) && width.checked_mul(centroids) == Some(codes.len());
        if !whole || centroids != 256 {
            return Err(odd());
        }
        Ok(Self { parts, chunk: width / parts, centroids, indexes: indexes.to_vec(), codes })
    }

    /// Adds the numbers of a word to a row.
    fn add(&self, word: usize, row: &mut Vec<f32>) {
        let indexes = self.indexes.get(word * self.parts..(word + 1) * self.parts).unwrap_or_default();
        for (part, index) in indexes.iter().enumerate() {
            let from = (part * self.centroids + usize::from(*index)) * self.chunk;
            row.extend(self.codes.get(from..from + self.chunk).unwrap_or_default());
        }
    }
}

impl Layer {
    fn read(pack: &Pack<'_>, number: usize) -> Result<Self, NamesError> {
        let at = |what: &str| format!("/encoder/layers/{number}/{what}");
        let given = pack.array(&at("conv/weight"), 3)?;
        let (outputs, inputs, places) = (given.shape[0], given.shape[1], given.shape[2]);
        let mut weight = vec![0.0; given.numbers.len()];
        for (i, number) in given.numbers.iter().enumerate() {
            let (output, input, place) = (i / (inputs * places), i / places % inputs, i % places);
            weight[(place * inputs + input) * outputs + output] = *number;
        }
        let of = |what: &str| pack.array(&at(what), 1).map(|array| array.numbers);
        let [mean, std, scale, shift] = [of("norm/mean")?, of("norm/std")?, of("norm/weight")?, of("norm/bias")?];
        let norm = mean.iter().zip(&std).zip(&scale).zip(&shift);
        let norm: Vec<[f32; 4]> = norm.map(|(((mean, std), scale), shift)| [*mean, *std, *scale, *shift]).collect();
        let (bias, padding) = (of("conv/bias")?, pack.number(&at("conv/padding"))?);
        // As many words must come out as go in.
        let whole = padding.checked_mul(2).and_then(|both| both.checked_add(1)) == Some(places);
        if bias.len() != outputs || norm.len() != outputs || outputs == 0 || inputs == 0 || !whole {
            return Err(NamesError::Odd(format!("convolution {number} has parts of different sizes")));
        }
        Ok(Self { inputs, outputs, padding, weight, bias, norm })
    }

    fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let mut out = self.bias.repeat(rows.len() / self.inputs);
        for (place, of_place) in self.weight.chunks_exact(self.inputs * self.outputs).enumerate() {
            for (input, weights) in of_place.chunks_exact(self.outputs).enumerate() {
                // Each row of weights serves all words while it is at hand.
                for (word, sums) in out.chunks_exact_mut(self.outputs).enumerate() {
                    let beside = (word + place).checked_sub(self.padding);
                    if let Some(x) = beside.and_then(|beside| rows.get(beside * self.inputs + input)) {
                        add(sums, *x, weights);
                    }
                }
            }
        }
        for sums in out.chunks_exact_mut(self.outputs) {
            for (x, [mean, std, scale, shift]) in sums.iter_mut().zip(&self.norm) {
                *x = (x.max(0.0) - mean) / std * scale + shift;
            }
        }
        out
    }
}

/// Viterbi's algorithm over a linear chain: scores of tags for each word, and of tags that follow each other.
fn best_path(scores: &[f32], transitions: &[f32], tags: usize) -> Vec<usize> {
    let mut rows = scores.chunks_exact(tags);
    let Some(mut reached) = rows.next().map(<[f32]>::to_vec) else { return Vec::new() };
    let mut history: Vec<Vec<usize>> = Vec::new();
    for row in rows {
        let step = |tag: usize| {
            let through = reached.iter().zip(transitions.iter().skip(tag).step_by(tags));
            best(through.map(|(before, change)| before + change + row[tag]))
        };
        let (from, now): (Vec<usize>, Vec<f32>) = (0..tags).map(step).unzip();
        history.push(from);
        reached = now;
    }
    let mut path = vec![best(reached.iter().copied()).0];
    for from in history.iter().rev() {
        path.extend(path.last().and_then(|tag| from.get(*tag)).copied());
    }
    path.reverse();
    path
}

/// The first of the largest.
fn best(numbers: impl Iterator<Item = f32>) -> (usize, f32) {
    let larger = |best: (usize, f32), next: (usize, f32)| if next.1 > best.1 { next } else { best };
    numbers.enumerate().reduce(larger).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_path_may_be_another_than_the_best_tags() {
        // Tag 1 cannot follow tag 0.
        let transitions = [0.0, -9.0, 0.0, 0.0];
        assert_eq!(best_path(&[1.0, 0.0, 0.0, 1.5], &transitions, 2), [1, 1]);
        assert_eq!(best_path(&[1.0, 0.0, 0.0, 0.5], &transitions, 2), [0, 0]);
        assert_eq!(best_path(&[], &transitions, 2), [0; 0]);
    }

    #[test]
    fn a_convolution_sees_its_neighbours_and_nothing_beyond_the_ends() {
        let norm = vec![[0.0, 2.0, 4.0, 1.0]];
        let layer = Layer { inputs: 1, outputs: 1, padding: 1, weight: vec![1.0, 10.0, 100.0], bias: vec![0.5], norm };
        // (10·1 + 100·2 + 0.5)/2·4 + 1; the second one is below zero before it is normalised.
        assert_eq!(layer.apply(&[1.0, 2.0]), [422.0, 44.0]);
        assert_eq!(layer.apply(&[-1.0]), [1.0]);
    }
}
