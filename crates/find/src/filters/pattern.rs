//! Part of a name, or the whole of it with `*` and `?`.

use std::fmt;

/// Without `*` and `?`: a part of the name. With them: the whole name, where `*` is anything and `?` one character.
/// Capitals do not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    written: String,
    folded: Vec<char>,
}

impl Pattern {
    /// From what a person writes.
    pub fn new(written: &str) -> Self {
        Self { written: written.to_owned(), folded: written.to_lowercase().chars().collect() }
    }

    pub(crate) fn accepts(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        if !self.written.contains(['*', '?']) {
            return name.contains(self.written.to_lowercase().as_str());
        }
        glob(&self.folded, &name.chars().collect::<Vec<_>>())
    }
}

/// Goes through the name once for every star at most; no recursion, so no pattern is slow beyond measure.
fn glob(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&c) if c == '?' || name.get(n) == Some(&c) => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
        }
    }
    pattern.iter().skip(p).all(|&c| c == '*')
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_globs() {
        let name = "audio/0311_184502_K07.wav";
        for yes in ["k07", "0311_", "*.wav", "*k0?.wav", "audio/*", "*"] {
            assert!(Pattern::new(yes).accepts(name), "{yes}");
        }
        for no in ["k08", "*.mp3", "k07*", "?", "audio/?.wav"] {
            assert!(!Pattern::new(no).accepts(name), "{no}");
        }
    }
}
