//! A delivery in a folder that goes away with the test.

use std::fs;
use std::path::Path;

/// How a table's text becomes bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// Windows-1251.
    Windows1251,
    /// UTF-16, little endian, with a byte order mark.
    Utf16,
}

/// A folder of files with a table.
#[derive(Debug)]
pub struct Delivery {
    dir: tempfile::TempDir,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Default for Delivery {
    fn default() -> Self {
        Self::new()
    }
}

impl Delivery {
    /// An empty delivery whose table has Russian headings: file, date, length, from, to.
    pub fn new() -> Self {
        Self::with_headings(&["Файл", "Дата и время", "Длительность", "Абонент А", "Абонент Б"])
    }

    /// An empty delivery with headings of one's own.
    pub fn with_headings(headings: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        Self { dir, headings: headings.iter().map(ToString::to_string).collect(), rows: Vec::new() }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Puts a file with any bytes at a path inside, with `/`.
    pub fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder above")).expect("the folder of a delivered file");
        fs::write(&path, bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        self
    }

    /// Puts a 16-bit WAV file of one channel at 8 kHz.
    pub fn sound(self, name: &str, samples: Vec<f32>) -> Self {
        self.file(name, super::wav(8000, &[samples]))
    }

    /// Adds a row to the table: with fewer or more cells than headings, for files that are not there, twice.
    pub fn row(mut self, cells: &[&str]) -> Self {
        self.rows.push(cells.iter().map(ToString::to_string).collect());
        self
    }

    /// Writes the table; characters that the encoding lacks become `?`-like substitutes.
    pub fn table(self, name: &str, delimiter: char, encoding: Encoding) -> Self {
        let lines = std::iter::once(&self.headings).chain(&self.rows);
        let line = |cells: &Vec<String>| {
            let quoted = cells.iter().map(|cell| {
                let quote = cell.contains([delimiter, '"', '\n', '\r']);
                if quote { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
            });
            quoted.collect::<Vec<_>>().join(&delimiter.to_string()) + "\r\n"
        };
        let text: String = lines.map(line).collect();
        let bytes = match encoding {
            Encoding::Utf8 => text.into_bytes(),
            Encoding::Utf8Bom => format!("\u{feff}{text}").into_bytes(),
            Encoding::Windows1251 => encoding_rs::WINDOWS_1251.encode(&text).0.into_owned(),
            Encoding::Utf16 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        };
        self.file(name, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_in_windows_1251() {
        let delivery = Delivery::new()
            .sound("audio/a.wav", super::super::tone(8000, 1.0, 440.0, 0.5))
            .row(&["a.wav", "24.02.2022 05:52", "1,0", "+7 944 000-00-01", "мать; дом"])
            .table("calls.csv", ';', Encoding::Windows1251);
        let bytes = fs::read(delivery.path().join("calls.csv")).unwrap();
        let (text, _, lossy) = encoding_rs::WINDOWS_1251.decode(&bytes);
        assert!(!lossy && text.starts_with("Файл;") && text.contains(";\"мать; дом\"\r\n"), "{text}");
        assert!(delivery.path().join("audio/a.wav").is_file());
    }
}
