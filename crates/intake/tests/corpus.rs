//! The fictional delivery of the shared corpus, against its truth. Skipped where the corpus is not there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_intake::matching::{self, MatchedBy, Matching};
use earwitness_intake::table::find_table;
use earwitness_intake::{CallRow, Delivery, Mapping, Options, rows::interpret};
use serde_json::Value;
use std::path::PathBuf;

struct Corpus {
    truth: Value,
    files: Vec<String>,
    rows: Vec<CallRow>,
    matching: Matching,
}

fn corpus() -> Option<Corpus> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = std::env::var_os("EARWITNESS_CORPUS").map_or_else(beside, PathBuf::from);
    if !folder.join("truth/calls.json").is_file() {
        println!("SKIPPED: the corpus is not at {}", folder.display());
        return None;
    }
    let truth = serde_json::from_slice(&std::fs::read(folder.join("truth/calls.json")).unwrap()).unwrap();
    let delivery = Delivery::open(&folder.join("delivered")).unwrap();
    assert_eq!(delivery.problems(), []);
    let table = find_table(&delivery).chosen.unwrap();
    assert_eq!((table.name.as_str(), table.encoding.as_str()), ("calls.csv", "windows-1251"));
    assert_eq!(table.dialect, "CSV with “;”");
    assert_eq!(table.problems, []);
    let guess = Mapping::guess(&table);
    assert_eq!((guess.notes.as_slice(), guess.unmapped.as_slice()), ([].as_slice(), [].as_slice()));
    let rows = interpret(&table, &guess.mapping, &Options::in_zone("Europe/Kyiv").unwrap()).unwrap().rows;
    let files: Vec<String> =
        delivery.entries().iter().map(|e| e.name.clone()).filter(|name| *name != table.name).collect();
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let matching = matching::join(&rows, &names);
    Some(Corpus { truth, files, rows, matching })
}

impl Corpus {
    fn row_of(&self, file: &str) -> Option<&CallRow> {
        let place = self.files.iter().position(|name| name.ends_with(file))?;
        let pair = self.matching.pairs.iter().find(|pair| pair.file == place)?;
        self.rows.get(pair.row)
    }

    fn fault(&self, issue: &str) -> impl Iterator<Item = &Value> {
        let issue = issue.to_owned();
        self.truth["manifest_faults"].as_array().unwrap().iter().filter(move |fault| fault["issue"] == *issue)
    }
}

#[test]
fn every_fault_of_the_table_is_found_and_no_other() {
    let Some(corpus) = corpus() else { return };
    let count = corpus.fault("rows").next().unwrap()["count"].as_u64().unwrap();
    assert_eq!(corpus.rows.len() as u64, count);
    assert!(corpus.rows.iter().all(|row| row.faults.is_empty() || row.file.as_deref() == Some("fragment_10_03.mp3")));
    assert!(corpus.matching.pairs.iter().all(|pair| pair.by == MatchedBy::BaseName));
    assert_eq!(corpus.matching.problems, []);

    let missing: Vec<_> = corpus.matching.rows_without_file.iter().map(|row| row.written.as_deref().unwrap()).collect();
    let expected: Vec<_> = corpus.fault("row_without_file").map(|fault| fault["file"].as_str().unwrap()).collect();
    assert_eq!(missing, expected);
    let left: Vec<_> =
        corpus.matching.files_without_row.iter().map(|file| file.name.trim_start_matches("audio/")).collect();
    let expected: Vec<_> = corpus.fault("file_without_row").map(|fault| fault["file"].as_str().unwrap()).collect();
    assert_eq!(left, expected);

    for fault in corpus.fault("empty_numbers") {
        let row = corpus.row_of(fault["file"].as_str().unwrap()).unwrap();
        assert_eq!((&row.from, &row.to), (&None, &None));
    }
    for fault in corpus.fault("wrong_duration") {
        let stated = corpus.row_of(fault["file"].as_str().unwrap()).unwrap().duration.unwrap();
        assert_eq!(stated.seconds, fault["stated_s"].as_f64().unwrap());
    }
}

#[test]
fn only_the_wrong_duration_disagrees() {
    let Some(corpus) = corpus() else { return };
    let wrong: Vec<&str> = corpus.fault("wrong_duration").map(|fault| fault["file"].as_str().unwrap()).collect();
    for file in corpus.truth["files"].as_array().unwrap() {
        let name = file["file"].as_str().unwrap();
        let decoded = file["duration"].as_f64();
        let stated = corpus.row_of(name).and_then(|row| row.duration);
        let (Some(decoded), Some(stated)) = (decoded, stated) else { continue };
        // A truncated file is shorter than its call, and that is no fault of the table.
        let expected = wrong.contains(&name) || file["kind"] == "truncated";
        assert_eq!(matching::duration_disagrees(&stated, decoded).is_some(), expected, "{name}: {stated:?} {decoded}");
    }
}

#[test]
fn starts_and_numbers_equal_the_truth() {
    let Some(corpus) = corpus() else { return };
    let mut compared = 0;
    for file in corpus.truth["files"].as_array().unwrap() {
        let Some(row) = corpus.row_of(file["file"].as_str().unwrap()) else { continue };
        let start = row.started_at.map(|time| time.to_string());
        assert_eq!(start.as_deref(), file["start"].as_str(), "{file}");
        compared += 1;
    }
    assert_eq!(compared, corpus.matching.pairs.len());

    let number = |id: &Value| {
        let phones = corpus.truth["phones"].as_array().unwrap();
        phones.iter().find(|phone| phone["id"] == *id).and_then(|phone| phone["number"].as_str()).map(str::to_owned)
    };
    let mut numbers = 0;
    for call in corpus.truth["calls"].as_array().unwrap() {
        let Some(row) = corpus.row_of(call["file"].as_str().unwrap()) else { continue };
        let (Some(from), Some(to)) = (&row.from, &row.to) else { continue };
        assert_eq!(from.e164, number(&call["from"]), "{}", call["file"]);
        assert_eq!(to.e164, number(&call["to"]), "{}", call["file"]);
        let direction = row.direction.as_deref().unwrap();
        assert!(direction.starts_with(call["direction"].as_str().unwrap()), "{direction}");
        if let Some(latitude) = row.place.latitude {
            assert!((latitude - call["cell"]["lat"].as_f64().unwrap()).abs() < 0.02);
            assert!((row.place.longitude.unwrap() - call["cell"]["lon"].as_f64().unwrap()).abs() < 0.02);
        }
        assert_eq!(row.place.sector.as_deref(), call["cell"]["sector"].as_str());
        numbers += 1;
    }
    println!("{compared} starts and {numbers} pairs of numbers compared");
    assert!(numbers > 20);
}
