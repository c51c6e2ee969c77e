//! The packs that the weights come in: plain tar files with JSON, raw numbers and compressed lists of words.

use super::NamesError;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::{collections::BTreeMap, io::Read};

/// The most that a list of words may unpack to, in bytes.
const LARGEST: u64 = 64 << 20;
/// A block of a tar file, in bytes.
const BLOCK: usize = 512;

/// The members of a plain tar file, by name.
pub(super) struct Members<'b>(BTreeMap<String, &'b [u8]>);

impl<'b> Members<'b> {
    /// Reads what is whole; a pack that was cut off has no later members.
    pub fn read(tar: &'b [u8]) -> Self {
        let mut members = BTreeMap::new();
        let mut rest = tar;
        while let Some((head, tail)) = rest.split_at_checked(BLOCK) {
            let field = |from: usize, to: usize| {
                let bytes = head.get(from..to).unwrap_or_default();
                String::from_utf8_lossy(bytes.split(|b| *b == 0).next().unwrap_or_default()).trim().to_string()
            };
            let (name, size) = (field(0, 100), usize::from_str_radix(&field(124, 136), 8));
            let Some(bytes) = size.ok().filter(|_| !name.is_empty()).and_then(|size| tail.get(..size)) else { break };
            members.insert(name, bytes);
            rest = tail.get(bytes.len().next_multiple_of(BLOCK)..).unwrap_or_default();
        }
        Self(members)
    }

    pub fn get(&self, name: &str) -> Result<&'b [u8], NamesError> {
        self.0.get(name).copied().ok_or_else(|| NamesError::Missing(name.into()))
    }
}

/// A network of slovnet.
pub(super) struct Pack<'b> {
    members: Members<'b>,
    model: Value,
}

/// Numbers with their shape.
pub(super) struct Array {
    pub shape: Vec<usize>,
    pub numbers: Vec<f32>,
}

impl<'b> Pack<'b> {
    pub fn read(tar: &'b [u8]) -> Result<Self, NamesError> {
        let members = Members::read(tar);
        let odd = |e: serde_json::Error| NamesError::Odd(format!("model.json: {e}"));
        let model = serde_json::from_slice(members.get("model.json")?).map_err(odd)?;
        Ok(Self { members, model })
    }

    /// How many layers the encoder has.
    pub fn layers(&self) -> usize {
        self.model.pointer("/encoder/layers").and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// A whole number of the model's description, by its JSON pointer.
    pub fn number(&self, at: &str) -> Result<usize, NamesError> {
        let number = self.model.pointer(at).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        number.ok_or_else(|| NamesError::Missing(at.into()))
    }

    /// The array that the model's description names there, of as many dimensions.
    pub fn array(&self, at: &str, dimensions: usize) -> Result<Array, NamesError> {
        let described = self.model.pointer(&format!("{at}/shape")).and_then(Value::as_array);
        let shape = described.into_iter().flatten().filter_map(|n| usize::try_from(n.as_u64()?).ok());
        let shape: Vec<usize> = shape.collect();
        let numbers = numbers(self.members.get(&format!("arrays/{}.bin", self.number(&format!("{at}/array"))?))?);
        let size = shape.iter().try_fold(1, |size: usize, n| size.checked_mul(*n));
        if shape.len() != dimensions || size != Some(numbers.len()) {
            return Err(NamesError::Odd(format!("{at} has the shape {shape:?} and {} numbers", numbers.len())));
        }
        Ok(Array { shape, numbers })
    }

    /// A list of words, in their order.
    pub fn vocabulary(&self, name: &str) -> Result<Vec<String>, NamesError> {
        let member = format!("vocabs/{name}.gz");
        let mut text = String::new();
        let unpacked = GzDecoder::new(self.members.get(&member)?).take(LARGEST).read_to_string(&mut text);
        unpacked.map_err(|e| NamesError::Odd(format!("{member}: {e}")))?;
        Ok(text.lines().map(str::to_owned).collect())
    }
}

/// Numbers as they lie in memory of the machines that the weights were made on (little-endian).
pub(super) fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        block.extend(bytes);
        block.resize(block.len().next_multiple_of(BLOCK), 0);
        block
    }

    #[test]
    fn members_are_read_and_a_cut_one_is_not_there() {
        let both = [tar("a.txt", b"one"), tar("b/c.bin", &[1; 600])].concat();
        let members = Members::read(&both);
        assert_eq!((members.get("a.txt").unwrap(), members.get("b/c.bin").unwrap().len()), (b"one".as_slice(), 600));
        let cut = Members::read(&both[..1100]);
        assert!(cut.get("a.txt").is_ok() && matches!(cut.get("b/c.bin"), Err(NamesError::Missing(_))));
    }

    #[test]
    fn arrays_must_be_of_their_shape() {
        let model = br#"{"x": {"shape": [2, 3], "array": 0}, "y": {"shape": [5], "array": 0}}"#;
        let bytes = [tar("model.json", model), tar("arrays/0.bin", &[0; 24])].concat();
        let pack = Pack::read(&bytes).unwrap();
        assert_eq!(pack.array("/x", 2).unwrap().shape, [2, 3]);
        assert!(pack.array("/x", 1).is_err() && pack.array("/y", 1).is_err() && pack.array("/z", 1).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let _ = Pack::read(&bytes).map(drop);
        }
    }
}
