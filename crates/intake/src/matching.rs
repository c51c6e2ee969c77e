//! Which row speaks of which file. Names are compared as texts only; nothing here touches the disk.

use crate::fields::{self, Pattern, StatedDuration, captures, pattern};
use crate::rows::CallRow;
use crate::table::Table;
use earwitness_model::CallTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// How a row found its file, from the strictest way to the loosest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// The same path, letter by letter.
    Path,
    /// The same path but for capitals, slashes or the way accents are coded.
    Spelling,
    /// The same name in another folder.
    BaseName,
    /// The same name but for its extension.
    WithoutExtension,
}

const WAYS: [MatchedBy; 4] = [MatchedBy::Path, MatchedBy::Spelling, MatchedBy::BaseName, MatchedBy::WithoutExtension];

/// A row and its file, as places in the lists that were joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Place in the list of rows.
    pub row: usize,
    /// Place in the list of files.
    pub file: usize,
    /// How it was found.
    pub by: MatchedBy,
}

/// A row whose file was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowWithoutFile {
    /// Place in the list of rows.
    pub row: usize,
    /// Line of the table, from 1.
    pub line: usize,
    /// The name that it gives, where it gives one.
    pub written: Option<String>,
}

/// A delivered file that no row speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileWithoutRow {
    /// Place in the list of files.
    pub file: usize,
    /// Its name.
    pub name: String,
}

/// A row that could not be tied to one file of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MatchProblem {
    /// A second row for one file; the first is used.
    SecondRow {
        /// Place of this row in the list of rows.
        row: usize,
        /// Its line.
        line: usize,
        /// The line that is used.
        used: usize,
        /// The file.
        name: String,
    },
    /// A row that could mean several files; none is tied to it.
    SeveralFiles {
        /// Place of this row in the list of rows.
        row: usize,
        /// Its line.
        line: usize,
        /// What it says.
        written: String,
        /// The files.
        names: Vec<String>,
    },
}

impl std::fmt::Display for MatchProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SecondRow { line, used, name, .. } => {
                write!(f, "lines {used} and {line} both speak of {name}; line {used} is used")
            }
            Self::SeveralFiles { line, written, names, .. } => {
                write!(f, "line {line} says “{written}”, which could be any of {}; none is used", names.join(", "))
            }
        }
    }
}

/// Rows and files, joined. Every row stands in one of `pairs`, `rows_without_file` and `problems`; every file in one of
/// `pairs` and `files_without_row`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matching {
    /// By row.
    pub pairs: Vec<Pair>,
    /// By row.
    pub rows_without_file: Vec<RowWithoutFile>,
    /// By file.
    pub files_without_row: Vec<FileWithoutRow>,
    /// By row.
    pub problems: Vec<MatchProblem>,
}

/// Names of delivered files, ready to be looked up.
pub(crate) struct Names<'n> {
    names: &'n [&'n str],
    by: [HashMap<String, Vec<usize>>; 4],
}

impl<'n> Names<'n> {
    pub(crate) fn of(names: &'n [&'n str]) -> Self {
        let mut by: [HashMap<String, Vec<usize>>; 4] = Default::default();
        for (file, name) in names.iter().enumerate() {
            for (map, key) in by.iter_mut().zip(keys(name)) {
                map.entry(key).or_default().push(file);
            }
        }
        Self { names, by }
    }

    /// The files that a written name means, by this way of comparing; of several in different folders those whose
    /// folders fit best.
    fn meant(&self, written: &str, way: MatchedBy) -> Vec<usize> {
        let whole_path = unsafe_path(written).is_none();
        let place = way as usize;
        let key = keys(written).into_iter().nth(place).filter(|key| !key.is_empty());
        let found = self.by.get(place).zip(key).and_then(|(map, key)| map.get(&key)).cloned().unwrap_or_default();
        if found.is_empty() || (!whole_path && way < MatchedBy::BaseName) {
            return Vec::new();
        }
        if found.len() == 1 {
            return found;
        }
        let fit =
            |&file: &usize| self.names.get(file).map_or(0, |name| shared_folders(&folded(name), &folded(written)));
        let best = found.iter().map(fit).max().unwrap_or(0);
        found.into_iter().filter(|file| fit(file) == best).collect()
    }

    /// How many of the files the cells of a table name.
    pub(crate) fn named_by(&self, table: &Table) -> usize {
        let mut named = HashSet::new();
        for cell in table.rows.iter().take(5000).flat_map(|row| &row.cells).filter(|cell| cell.len() <= 300) {
            if let Some(files) = WAYS.into_iter().map(|way| self.meant(cell, way)).find(|files| !files.is_empty()) {
                named.extend(files);
            }
        }
        named.len()
    }
}

/// Joins rows and files, strictest way first, so that no row takes by likeness what another row names exactly.
pub fn join(rows: &[CallRow], files: &[&str]) -> Matching {
    let names = Names::of(files);
    let mut matching = Matching::default();
    let mut user: HashMap<usize, usize> = HashMap::new();
    let mut open: Vec<usize> = (0..rows.len()).collect();
    for way in WAYS {
        let before: HashSet<usize> = user.keys().copied().collect();
        open.retain(|&row| {
            let Some(CallRow { line, file: Some(written), .. }) = rows.get(row) else { return true };
            let mut meant = names.meant(written, way);
            if way == MatchedBy::WithoutExtension {
                meant.retain(|file| !before.contains(file));
            }
            match meant.as_slice() {
                [] => return true,
                [file] => match user.get(file) {
                    Some(used) => matching.problems.push(MatchProblem::SecondRow {
                        row,
                        line: *line,
                        used: *used,
                        name: name_of(files, *file),
                    }),
                    None => {
                        user.insert(*file, *line);
                        matching.pairs.push(Pair { row, file: *file, by: way });
                    }
                },
                several => matching.problems.push(MatchProblem::SeveralFiles {
                    row,
                    line: *line,
                    written: written.clone(),
                    names: several.iter().map(|&file| name_of(files, file)).collect(),
                }),
            }
            false
        });
    }
    let without = |row: usize| rows.get(row).map(|r| RowWithoutFile { row, line: r.line, written: r.file.clone() });
    matching.rows_without_file = open.into_iter().filter_map(without).collect();
    matching.pairs.sort_by_key(|pair| pair.row);
    matching.problems.sort_by_key(|problem| match problem {
        MatchProblem::SecondRow { row, .. } | MatchProblem::SeveralFiles { row, .. } => *row,
    });
    let left = (0..files.len()).filter(|file| !user.contains_key(file));
    matching.files_without_row = left.map(|file| FileWithoutRow { file, name: name_of(files, file) }).collect();
    matching
}

fn name_of(files: &[&str], file: usize) -> String {
    files.get(file).map_or_else(String::new, |name| (*name).to_owned())
}

/// What a path in a table should be, where it is one that leads elsewhere: absolute, or with `..`. Of such a path only
/// the last part is used.
pub fn unsafe_path(written: &str) -> Option<&'static str> {
    let path = written.trim().replace('\\', "/");
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    if path.starts_with('/') || drive || path.starts_with("file:") {
        return Some("a path inside the delivery and not on somebody's computer; only its last part is used");
    }
    let up = path.split('/').any(|part| part == "..");
    up.then_some("a path inside the delivery, without “..”; only its last part is used")
}

/// The four texts by which a name is compared, in the order of [`WAYS`].
fn keys(name: &str) -> [String; 4] {
    let folded = folded(name);
    let base = folded.rsplit('/').next().unwrap_or_default().to_owned();
    let stem = match base.rsplit_once('.') {
        // Only what looks like an extension is one: 2022.03.11 is not.
        Some((stem, end)) if !stem.is_empty() && end.len() <= 5 && end.chars().any(char::is_alphabetic) => {
            stem.to_owned()
        }
        _ => base.clone(),
    };
    [name.trim().to_owned(), folded, base, stem]
}

/// Lower case, composed accents (Unicode NFC), `/` between parts, no leading `./`.
fn folded(name: &str) -> String {
    let path = name.trim().trim_matches('"').replace('\\', "/");
    let path = path.trim_start_matches("./");
    path.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// How many folders at the end of two paths are the same.
fn shared_folders(a: &str, b: &str) -> usize {
    a.rsplit('/').skip(1).zip(b.rsplit('/').skip(1)).take_while(|(x, y)| x == y).count()
}

/// A time read from a file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTime {
    /// The time.
    pub time: CallTime,
    /// The part of the name that says so.
    pub written: String,
}

static STAMP: Pattern = LazyLock::new(|| {
    pattern(
        r"(?:^|\D)((?:19|20)\d{2})[-_.]?(\d{2})[-_.]?(\d{2})[-_. T]{1,3}(\d{2})[-_.:]?(\d{2})[-_.:]?(\d{2})(?:\D|$)",
    )
});
static STAMP_DAY_FIRST: Pattern = LazyLock::new(|| {
    pattern(r"(?:^|\D)(\d{2})[-_.](\d{2})[-_.]((?:19|20)\d{2})[-_. T]{1,3}(\d{2})[-_.:](\d{2})[-_.:](\d{2})(?:\D|$)")
});

/// The time that a file's name states in full (`20220302_091852`, `02-03-2022 09-18-52`); none where the year or the
/// seconds are missing, or the clock change leaves a doubt. It is a guess, and only for files without a row.
pub fn time_from_name(name: &str, zone: &TimeZone) -> Option<NameTime> {
    let base = name.rsplit(['/', '\\']).next()?;
    let (found, year, day) = match captures(&STAMP, base) {
        Some(found) => (found, 1, 3),
        None => (captures(&STAMP_DAY_FIRST, base)?, 3, 1),
    };
    let date =
        jiff::civil::Date::new(fields::number(&found, year)?, fields::number(&found, 2)?, fields::number(&found, day)?);
    let time =
        jiff::civil::Time::new(fields::number(&found, 4)?, fields::number(&found, 5)?, fields::number(&found, 6)?, 0);
    let placed = fields::place_in_zone(date.ok()?.to_datetime(time.ok()?), zone)?;
    let (first, last) = (found.get(1)?.start(), found.get(6)?.end());
    placed
        .doubt
        .is_none()
        .then(|| NameTime { time: placed.time, written: base.get(first..last).unwrap_or(base).to_owned() })
}

/// A stated length that the sound does not bear out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DurationDisagrees {
    /// Seconds by the table.
    pub stated: f64,
    /// Seconds of sound.
    pub decoded: f64,
    /// Seconds by which they may differ.
    pub tolerance: f64,
}

/// Compares the stated length of a call with the seconds of sound that decode. They may differ by 2 seconds, 3 % of
/// the sound, or the unit in which the length is written, whichever is most.
pub fn duration_disagrees(stated: &StatedDuration, decoded: f64) -> Option<DurationDisagrees> {
    let tolerance = (0.03 * decoded).max(2.0).max(stated.precision);
    let differs = (stated.seconds - decoded).abs() > tolerance;
    differs.then_some(DurationDisagrees { stated: stated.seconds, decoded, tolerance })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn rows(names: &[&str]) -> Vec<CallRow> {
        let row =
            |(i, name): (usize, &&str)| CallRow { line: i + 2, file: Some((*name).to_owned()), ..CallRow::default() };
        names.iter().enumerate().map(row).collect()
    }

    #[rstest]
    #[case("audio/a.wav", MatchedBy::Path)]
    #[case("Audio\\A.WAV", MatchedBy::Spelling)]
    #[case("./audio/a.wav", MatchedBy::Spelling)]
    #[case("a.wav", MatchedBy::BaseName)]
    #[case("C:\\records\\A.wav", MatchedBy::BaseName)]
    #[case("../../a.wav", MatchedBy::BaseName)]
    #[case("a", MatchedBy::WithoutExtension)]
    #[case("a.mp3", MatchedBy::WithoutExtension)]
    fn one_file_many_spellings(#[case] written: &str, #[case] by: MatchedBy) {
        let matching = join(&rows(&[written]), &["audio/a.wav", "audio/b.wav"]);
        assert_eq!(matching.pairs, [Pair { row: 0, file: 0, by }]);
        assert_eq!(matching.files_without_row.len(), 1);
    }

    #[test]
    fn accents_may_be_coded_either_way() {
        let matching = join(&rows(&["звонок й.wav"]), &["звонок и\u{306}.wav"]);
        assert_eq!(matching.pairs.len(), 1);
    }

    #[test]
    fn exact_names_go_before_likeness() {
        let matching = join(&rows(&["a.mp3", "a.wav"]), &["a.wav"]);
        assert_eq!(matching.pairs, [Pair { row: 1, file: 0, by: MatchedBy::Path }]);
        assert_eq!(matching.rows_without_file[0].line, 2);
        assert_eq!(matching.problems, []);
    }

    #[test]
    fn two_rows_for_a_file_and_two_files_for_a_row() {
        let matching = join(&rows(&["a.wav", "A.wav", "b.wav", "1/b.wav", "c"]), &["a.wav", "1/b.wav", "2/b.wav"]);
        assert_eq!(matching.pairs.iter().map(|p| (p.row, p.file)).collect::<Vec<_>>(), [(0, 0), (3, 1)]);
        let said: Vec<String> = matching.problems.iter().map(ToString::to_string).collect();
        assert_eq!(said[0], "lines 2 and 3 both speak of a.wav; line 2 is used");
        assert!(said[1].contains("1/b.wav, 2/b.wav"), "{}", said[1]);
        assert_eq!(matching.rows_without_file.len(), 1);
        assert_eq!(matching.files_without_row, [FileWithoutRow { file: 2, name: "2/b.wav".into() }]);
    }

    #[test]
    fn times_from_names() {
        let kyiv = fields::timezone("Europe/Kyiv").unwrap();
        let read = |name: &str| time_from_name(name, &kyiv).map(|t| t.time.to_string());
        assert_eq!(read("audio/20220302_091852.wav").as_deref(), Some("2022-03-02T09:18:52+02:00"));
        assert_eq!(read("call_2022-03-02 09-18-52_k06.mp3").as_deref(), Some("2022-03-02T09:18:52+02:00"));
        assert_eq!(read("02.03.2022_09-18-52.amr").as_deref(), Some("2022-03-02T09:18:52+02:00"));
        for name in ["0302_091852_k06.mp3", "20220399_091852.wav", "2022.wav", "20220327_033000.wav"] {
            assert_eq!(read(name), None, "{name}");
        }
    }

    #[rstest]
    #[case(71.0, 1.0, 71.3, false)]
    #[case(55.0, 1.0, 57.352, true)]
    #[case(252.0, 1.0, 75.78, true)]
    #[case(120.0, 60.0, 95.0, false)]
    #[case(120.0, 60.0, 200.0, true)]
    #[case(1000.0, 1.0, 1025.0, false)]
    fn lengths(#[case] seconds: f64, #[case] precision: f64, #[case] decoded: f64, #[case] disagrees: bool) {
        let stated = StatedDuration { seconds, precision };
        assert_eq!(duration_disagrees(&stated, decoded).is_some(), disagrees);
    }

    proptest::proptest! {
        #[test]
        fn every_row_and_file_is_accounted_for(
            written in proptest::collection::vec("[aA./\\\\bв]{0,5}", 0..8),
            files in proptest::collection::hash_set("[aAb/]{1,3}(\\.wav|\\.mp3)?", 0..8),
        ) {
            let files: Vec<&str> = files.iter().map(String::as_str).collect();
            let written: Vec<&str> = written.iter().map(String::as_str).collect();
            let rows = rows(&written);
            let matching = join(&rows, &files);
            let answered = matching.pairs.len() + matching.rows_without_file.len() + matching.problems.len();
            proptest::prop_assert_eq!(answered, rows.len());
            proptest::prop_assert_eq!(matching.pairs.len() + matching.files_without_row.len(), files.len());
            time_from_name(written.first().unwrap_or(&""), &TimeZone::UTC);
        }
    }
}
