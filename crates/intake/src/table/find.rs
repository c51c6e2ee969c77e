//! Which of the delivered files is the table.

use super::{MAX_BYTES, SOUND_EXTENSIONS, Table, TableError, extension, looks_like_table, read};
use crate::delivery::{Delivery, Entry};
use crate::matching::Names;
use std::io::Read;

/// Bytes that are looked at before a file is read as a table.
const HEAD: u64 = 16 << 10;
/// Most files that are read as tables in the search.
const MOST_READ: usize = 50;

/// A delivered file that could be the table.
#[derive(Debug)]
pub struct Candidate {
    /// Its name in the delivery.
    pub name: String,
    /// How many of the other delivered files its cells name; 0 where it cannot be read.
    pub names_files: usize,
    /// Why it was not chosen, in plain words.
    pub reason: String,
}

/// The outcome of the search.
#[derive(Debug, Default)]
pub struct FoundTable {
    /// The table that names the most delivered files; none where no file is a table.
    pub chosen: Option<Table>,
    /// The others that could have been it.
    pub others: Vec<Candidate>,
}

/// Finds the table of a delivery: of all files that look like tables, the one whose cells name most of the delivered
/// files; among equals the one with more rows, then the first by name. A table that names none is chosen only where
/// it is the only one.
pub fn find_table(delivery: &Delivery) -> FoundTable {
    let sound: Vec<&str> = delivery.entries().iter().map(|e| e.name.as_str()).filter(|n| !table_name(n)).collect();
    let names = Names::of(&sound);
    let mut tables: Vec<(usize, Table)> = Vec::new();
    let mut found = FoundTable::default();
    for entry in delivery.entries().iter().filter(|e| may_be_table(delivery, e)) {
        if tables.len() >= MOST_READ {
            let reason = format!("more than {MOST_READ} files look like tables; this one was not looked at");
            found.others.push(Candidate { name: entry.name.clone(), names_files: 0, reason });
            continue;
        }
        match read_entry(delivery, entry) {
            Ok(table) => tables.push((names.named_by(&table), table)),
            Err(error) => {
                found.others.push(Candidate { name: entry.name.clone(), names_files: 0, reason: error.to_string() });
            }
        }
    }
    tables.sort_by(|(a, x), (b, y)| (b, y.rows.len()).cmp(&(a, x.rows.len())).then_with(|| x.name.cmp(&y.name)));
    let lonely = tables.len() == 1;
    for (named, table) in tables {
        if found.chosen.is_none() && (named > 0 || lonely) {
            found.chosen = Some(table);
        } else {
            let reason = match named {
                0 => "it names none of the delivered files".to_owned(),
                n => format!("it names {n} of the delivered files, and another table fits better"),
            };
            found.others.push(Candidate { name: table.name, names_files: named, reason });
        }
    }
    found
}

/// Reads the delivered file as a table.
///
/// # Errors
/// [`TableError`].
pub(super) fn read_entry(delivery: &Delivery, entry: &Entry) -> Result<Table, TableError> {
    let unreadable = |source| TableError::Unreadable { name: entry.name.clone(), source };
    read(&entry.name, delivery.open_entry(entry).map_err(unreadable)?)
}

fn table_name(name: &str) -> bool {
    let extension = extension(name);
    !extension.is_empty() && !SOUND_EXTENSIONS.contains(&extension.as_str())
}

fn may_be_table(delivery: &Delivery, entry: &Entry) -> bool {
    if SOUND_EXTENSIONS.contains(&extension(&entry.name).as_str()) || entry.size > MAX_BYTES as u64 {
        return false;
    }
    let mut head = Vec::new();
    let read = delivery.open_entry(entry).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && looks_like_table(&entry.name, &head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_names_the_files_wins() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        std::fs::create_dir(dir.path().join("audio")).unwrap();
        write("audio/a.wav", "x");
        write("audio/b.mp3", "x");
        write("broken.wav", "file;date\na.wav;1\n");
        write("contacts.csv", "имя;телефон\nа;1\nб;2\nв;3\n");
        write("readme.txt", "Dear all,\nhere are the files.\n");
        write("z_calls.csv", "файл;дата\nA.WAV;01.03.2022\nb;02.03.2022\n");
        let found = find_table(&Delivery::open(dir.path()).unwrap());
        assert_eq!(found.chosen.unwrap().name, "z_calls.csv");
        assert_eq!(found.others.len(), 1);
        assert_eq!(found.others[0].name, "contacts.csv");
        assert!(found.others[0].reason.contains("none"));
    }

    #[test]
    fn two_strangers_are_not_chosen_between() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.csv"), "x;y\n1;2\n").unwrap();
        std::fs::write(dir.path().join("b.csv"), "x;y\n1;2\n").unwrap();
        let found = find_table(&Delivery::open(dir.path()).unwrap());
        assert!(found.chosen.is_none());
        assert_eq!(found.others.len(), 2);
    }
}
