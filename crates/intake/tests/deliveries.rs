//! A delivery as a folder and as a zip must be the same delivery.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_intake::{Delivery, table::find_table};
use std::io::{Read, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

const FILES: [(&str, &str); 4] = [
    ("calls.csv", "файл;дата\na.wav;01.03.2022\nb.wav;02.03.2022\n"),
    ("audio/a.wav", "one"),
    ("audio/b.wav", "two"),
    ("audio/Thumbs.db", ""),
];

fn content(delivery: &Delivery) -> Vec<(String, u64, String)> {
    let read = |entry| {
        let mut text = String::new();
        delivery.open_entry(entry).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    delivery.entries().iter().map(|entry| (entry.name.clone(), entry.size, read(entry))).collect()
}

#[test]
fn folder_and_zip_hold_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("delivery");
    std::fs::create_dir_all(folder.join("audio")).unwrap();
    let archive = dir.path().join("delivery.zip");
    let mut writer = ZipWriter::new(std::fs::File::create(&archive).unwrap());
    for (name, text) in FILES {
        std::fs::write(folder.join(name), text).unwrap();
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    let (folder, archive) = (Delivery::open(&folder).unwrap(), Delivery::open(&archive).unwrap());
    assert_eq!(content(&folder), content(&archive));
    assert_eq!(folder.problems(), archive.problems());
    assert_eq!(folder.entries().len(), 3);
    for delivery in [&folder, &archive] {
        let table = find_table(delivery).chosen.unwrap();
        assert_eq!((table.name.as_str(), table.rows.len()), ("calls.csv", 2));
    }
}

#[test]
fn a_zip_serves_several_threads() {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("delivery.zip");
    let mut writer = ZipWriter::new(std::fs::File::create(&archive).unwrap());
    for i in 0..50 {
        writer.start_file(format!("{i:02}.wav"), SimpleFileOptions::default()).unwrap();
        writer.write_all(i.to_string().repeat(20_000).as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    let delivery = Delivery::open(&archive).unwrap();
    std::thread::scope(|scope| {
        for part in delivery.entries().chunks(10) {
            let delivery = &delivery;
            scope.spawn(move || {
                for entry in part {
                    let mut text = String::new();
                    delivery.open_entry(entry).unwrap().read_to_string(&mut text).unwrap();
                    let number: usize = entry.name[..2].parse().unwrap();
                    assert_eq!(text, number.to_string().repeat(20_000));
                }
            });
        }
    });
}
