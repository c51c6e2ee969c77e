//! The same table of calls in every form in which it may be handed over must say the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_intake::{CallRow, Mapping, Options, Table, rows::interpret, table};
use encoding_rs::{Encoding, KOI8_R, UTF_8, WINDOWS_1251};
use rstest::rstest;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const HEADINGS: [&str; 9] =
    ["файл", "дата", "время", "длительность", "номер А", "номер Б", "направление", "широта", "примечание"];
const ROWS: [[&str; 9]; 3] = [
    [
        "0311_184502.wav",
        "11.03.2022",
        "18:45:02",
        "01:11",
        "+380591104472",
        "79441253308",
        "исх.",
        "51,6182",
        "плохая; слышимость",
    ],
    [
        "0328_202007.amr",
        "28.03.2022",
        "20:20:07",
        "00:50",
        "380591187730",
        "8 (944) 901-33-84",
        "вх.",
        "",
        "строка\nвторая",
    ],
    ["0330_214555.ogg", "30.03.2022", "21:45:55", "66", "", "", "", "50,60095", "он сказал \"да\""],
];

fn csv(separator: char) -> String {
    let quoted = |cell: &&str| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: &[&str; 9]| cells.iter().map(quoted).collect::<Vec<_>>().join(&separator.to_string());
    std::iter::once(&HEADINGS).chain(&ROWS).map(line).collect::<Vec<_>>().join("\r\n") + "\r\n"
}

fn read(table: &Table) -> Vec<CallRow> {
    let guess = Mapping::guess(table);
    assert_eq!(guess.unmapped, [] as [&str; 0]);
    let rows = interpret(table, &guess.mapping, &Options::in_zone("Europe/Kyiv").unwrap()).unwrap().rows;
    assert!(rows.iter().all(|row| row.faults.is_empty()), "{rows:?}");
    rows
}

/// What every form must say.
fn check(table: &Table) {
    let rows = read(table);
    let starts: Vec<String> = rows.iter().map(|row| row.started_at.unwrap().to_string()).collect();
    assert_eq!(starts, ["2022-03-11T18:45:02+02:00", "2022-03-28T20:20:07+03:00", "2022-03-30T21:45:55+03:00"]);
    let seconds: Vec<f64> = rows.iter().map(|row| row.duration.unwrap().seconds).collect();
    assert_eq!(seconds, [71.0, 50.0, 66.0]);
    let number = |phone: &Option<earwitness_model::Phone>| phone.as_ref().and_then(|p| p.e164.clone());
    let from: Vec<_> = rows.iter().map(|row| number(&row.from)).collect();
    assert_eq!(from, [Some("+380591104472".into()), Some("+380591187730".into()), None]);
    let to: Vec<_> = rows.iter().map(|row| number(&row.to)).collect();
    assert_eq!(to, [Some("+79441253308".into()), Some("+79449013384".into()), None]);
    let directions: Vec<_> = rows.iter().map(|row| row.direction.as_deref()).collect();
    assert_eq!(directions, [Some("outgoing"), Some("incoming"), None]);
    let latitudes: Vec<_> = rows.iter().map(|row| row.place.latitude).collect();
    assert_eq!(latitudes, [Some(51.6182), None, Some(50.60095)]);
    let notes: Vec<_> = rows.iter().map(|row| row.note.as_deref().unwrap()).collect();
    assert_eq!(notes, ["плохая; слышимость", "строка\nвторая", "он сказал \"да\""].map(|n| n.to_owned()));
}

#[rstest]
fn csv_in_every_separator_and_encoding(
    #[values(';', ',', '\t', '|')] separator: char,
    #[values("utf-8", "utf-8 with mark", "windows-1251", "koi8-r", "utf-16le", "utf-16be", "utf-16le with mark")]
    encoding: &str,
) {
    let text = csv(separator);
    let in_single_bytes = |encoding: &'static Encoding| encoding.encode(&text).0.into_owned();
    let bytes = match encoding {
        "utf-8" => in_single_bytes(UTF_8),
        "utf-8 with mark" => format!("\u{feff}{text}").into_bytes(),
        "windows-1251" => in_single_bytes(WINDOWS_1251),
        "koi8-r" => in_single_bytes(KOI8_R),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
    };
    assert!(table::looks_like_table("calls.txt", &bytes[..bytes.len().min(600)]));
    let table = table::read_bytes("calls.csv", &bytes).unwrap();
    assert_eq!(table.problems, []);
    let name = encoding.split(' ').next().unwrap();
    assert!(table.encoding.to_lowercase().starts_with(name), "{} is not {encoding}", table.encoding);
    check(&table);
}

#[test]
fn json_lines() {
    let object = |cells: &[&str; 9]| {
        let pairs = HEADINGS.iter().zip(cells).map(|(key, cell)| ((*key).to_owned(), serde_json::json!(cell)));
        serde_json::Value::Object(pairs.collect()).to_string()
    };
    let text = ROWS.iter().map(object).collect::<Vec<_>>().join("\n");
    let table = table::read_bytes("calls.jsonl", text.as_bytes()).unwrap();
    assert_eq!(table.dialect, "JSON Lines");
    check(&table);
}

/// Dates, times and numbers as a spreadsheet keeps them, with a small second sheet.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Звонки").unwrap();
    let (date, time, short) = (
        Format::new().set_num_format("dd.mm.yyyy"),
        Format::new().set_num_format("h:mm:ss"),
        Format::new().set_num_format("h:mm"),
    );
    for (column, heading) in HEADINGS.iter().enumerate() {
        sheet.write(0, column as u16, *heading).unwrap();
    }
    let when = |day: &str| {
        let [d, m, y]: [u16; 3] = day.split('.').map(|n| n.parse().unwrap()).collect::<Vec<_>>().try_into().unwrap();
        ExcelDateTime::from_ymd(y, m as u8, d as u8).unwrap()
    };
    for (i, cells) in ROWS.iter().enumerate() {
        let row = i as u32 + 1;
        let [h, m, s]: [u16; 3] =
            cells[2].split(':').map(|n| n.parse().unwrap()).collect::<Vec<_>>().try_into().unwrap();
        sheet.write(row, 0, cells[0]).unwrap();
        sheet.write_with_format(row, 1, when(cells[1]), &date).unwrap();
        sheet.write_with_format(row, 2, ExcelDateTime::from_hms(h, m as u8, f64::from(s)).unwrap(), &time).unwrap();
        match cells[3].split_once(':') {
            // Typed as 01:11, which the spreadsheet takes for hours and minutes.
            Some((a, b)) => {
                let typed = ExcelDateTime::from_hms(a.parse().unwrap(), b.parse().unwrap(), 0.0).unwrap();
                sheet.write_with_format(row, 3, typed, &short).unwrap();
            }
            None => {
                sheet.write(row, 3, cells[3].parse::<f64>().unwrap()).unwrap();
            }
        }
        for column in [4, 5] {
            match cells[column].trim_start_matches('+').parse::<f64>() {
                Ok(number) => sheet.write(row, column as u16, number).unwrap(),
                Err(_) => sheet.write(row, column as u16, cells[column]).unwrap(),
            };
        }
        sheet.write(row, 6, cells[6]).unwrap();
        if let Ok(number) = cells[7].replace(',', ".").parse::<f64>() {
            sheet.write(row, 7, number).unwrap();
        }
        sheet.write(row, 8, cells[8]).unwrap();
    }
    book.add_worksheet().write(0, 0, "черновик").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn xlsx() {
    let bytes = workbook();
    assert!(table::looks_like_table("calls.xlsx", &bytes[..1000]));
    let table = table::read_bytes("calls.xlsx", &bytes).unwrap();
    assert_eq!(table.dialect, "sheet “Звонки”");
    assert_eq!(table.rows[0].cells[1..4], ["2022-03-11", "18:45:02", "01:11"]);
    assert_eq!(table.problems.len(), 1);
    check(&table);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]
    #[test]
    fn no_damage_makes_a_workbook_panic(at in 0usize..1_000_000, byte: u8, cut in 0usize..2000) {
        let mut bytes = workbook();
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(length - cut.saturating_sub(1000));
        let _ = table::read_bytes("calls.xlsx", &bytes);
    }
}

#[test]
fn ten_thousand_calls_take_seconds_at_most() {
    let mut text = HEADINGS.join(";") + "\n";
    let mut names = Vec::new();
    for i in 0..10_000 {
        let (h, m, s) = (i / 3600 % 24, i / 60 % 60, i % 60);
        names.push(format!("audio/{i:05}.wav"));
        text +=
            &format!("{i:05}.WAV;11.03.2022;{h:02}:{m:02}:{s:02};01:11;+380591104472;8 (944) 901-33-84;исх.;51,6;x\n");
    }
    let (bytes, ..) = WINDOWS_1251.encode(&text);
    let begin = std::time::Instant::now();
    let table = table::read_bytes("calls.csv", &bytes).unwrap();
    let rows = read(&table);
    let read_in = begin.elapsed();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let matching = earwitness_intake::matching::join(&rows, &names);
    assert_eq!(matching.pairs.len(), 10_000);
    println!("10,000 rows: read in {read_in:?}, joined in {:?}", begin.elapsed() - read_in);
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}
