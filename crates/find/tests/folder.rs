//! The index as a folder: versions, damage, locks, rights, readers beside a writer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{call, found, put, search};
use earwitness_find::{FindError, Index, Query, SearchOptions};
use earwitness_model::CallId;
use std::{fs, path::Path};

fn filled(dir: &Path) -> Index {
    let index = Index::open_or_create(dir).unwrap();
    let texts: Vec<String> = (0..50).map(|i| format!("Нас было {i} человек, мама.")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    put(&index, &[call("c1", "2022-03-11", "ru", &texts), call("c2", "2022-03-12", "ru", &["Снаряд."])]);
    index
}

fn reason(result: Result<Index, FindError>) -> String {
    match result {
        Err(error @ FindError::NeedsRebuild { .. }) => error.to_string(),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("the index was opened"),
    }
}

#[test]
fn what_was_kept_is_there_again() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let index = Index::open_or_create(dir.path()).unwrap();
    assert_eq!(index.turns().unwrap(), 51);
    assert_eq!(found(&index, "снаряды"), "c2/0");
    index.check().unwrap();
}

#[test]
fn another_version_has_to_be_built_again() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let stamp = dir.path().join("earwitness-index.json");
    fs::write(&stamp, r#"{"version":0}"#).unwrap();
    assert!(reason(Index::open_or_create(dir.path())).contains("version 0"));
    fs::write(&stamp, "???").unwrap();
    assert!(reason(Index::open_or_create(dir.path())).contains("does not say"));
    fs::remove_file(&stamp).unwrap();
    assert!(reason(Index::open_or_create(dir.path())).contains("does not say"));
    let index = Index::recreate(dir.path()).unwrap();
    assert_eq!(index.turns().unwrap(), 0);
    put(&index, &[call("c9", "2022-03-12", "ru", &["Снаряд."])]);
    assert_eq!(found(&index, "снаряды"), "c9/0");
}

#[test]
fn damage_is_an_error_and_never_a_panic() {
    let names: Vec<_> = {
        let dir = tempfile::tempdir().unwrap();
        drop(filled(dir.path()));
        let all = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        all.filter(|n| !n.starts_with('.')).map(|n| n.rsplit('.').next().unwrap().to_owned()).collect()
    };
    assert!(names.len() > 5);
    for extension in names {
        for damage in ["missing", "empty", "half", "noise"] {
            let dir = tempfile::tempdir().unwrap();
            drop(filled(dir.path()));
            let file = fs::read_dir(dir.path())
                .unwrap()
                .map(|e| e.unwrap().path())
                .find(|p| p.file_name().unwrap().to_str().unwrap().ends_with(&extension))
                .unwrap();
            let bytes = fs::read(&file).unwrap();
            match damage {
                "missing" => fs::remove_file(&file).unwrap(),
                "empty" => fs::write(&file, b"").unwrap(),
                "half" => fs::write(&file, &bytes[..bytes.len() / 2]).unwrap(),
                _ => fs::write(&file, bytes.iter().map(|b| b ^ 0x5a).collect::<Vec<_>>()).unwrap(),
            }
            let outcome = Index::open_or_create(dir.path()).and_then(|index| {
                index.search(&Query::parse("человек date:2022").unwrap(), SearchOptions::default())?;
                index.check()
            });
            match outcome {
                Ok(()) => assert!(extension == "json" || bytes.is_empty(), "{damage} .{extension} went unnoticed"),
                Err(FindError::NeedsRebuild { .. } | FindError::Engine { .. }) => {}
                Err(other) => panic!("{damage} .{extension}: {other}"),
            }
            Index::recreate(dir.path()).unwrap();
        }
    }
}

#[test]
fn a_folder_with_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("diary.txt"), "mine").unwrap();
    assert!(matches!(Index::open_or_create(dir.path()), Err(FindError::NotAnIndex { .. })));
    assert!(matches!(Index::recreate(dir.path()), Err(FindError::NotAnIndex { .. })));
    assert_eq!(fs::read_to_string(dir.path().join("diary.txt")).unwrap(), "mine");
}

#[test]
fn a_second_writer_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let index = filled(dir.path());
    let writer = index.writer().unwrap();
    let other = Index::open_or_create(dir.path()).unwrap();
    let busy = other.writer().err().unwrap();
    assert!(matches!(busy, FindError::Busy { .. }) && busy.to_string().contains("another program is writing"));
    assert!(matches!(Index::recreate(dir.path()), Err(FindError::Busy { .. })));
    drop(writer);
    other.writer().unwrap();
}

#[test]
fn readers_go_on_while_a_writer_writes_and_see_whole_calls() {
    let dir = tempfile::tempdir().unwrap();
    let index = filled(dir.path());
    let elsewhere = Index::open_or_create(dir.path()).unwrap();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            for _ in 0..200 {
                let result = search(&elsewhere, "человек call:c1");
                assert!(matches!(result.turns, 50 | 30), "half a call: {} turns", result.turns);
            }
        });
        let texts = vec!["Другой человек."; 30];
        let mut writer = index.writer().unwrap();
        for _ in 0..8 {
            writer.put_call(&call("c1", "2022-03-11", "ru", &texts)).unwrap();
            writer.commit().unwrap();
        }
        reader.join().unwrap();
    });
    assert_eq!(search(&elsewhere, "человек").turns, 30);
}

#[test]
fn what_is_committed_is_found_at_once_and_what_is_removed_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let index = filled(dir.path());
    let mut writer = index.writer().unwrap();
    writer.put_call(&call("c3", "2022-03-12", "ru", &["Новое слово."])).unwrap();
    assert_eq!(found(&index, "слова"), "");
    writer.commit().unwrap();
    assert_eq!(found(&index, "слова"), "c3/0");
    writer.remove_call(&CallId::new("c3")).unwrap();
    writer.remove_call(&CallId::new("never")).unwrap();
    writer.commit().unwrap();
    assert_eq!(found(&index, "слова"), "");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("a/index");
    drop(filled(&inside));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inside), 0o700);
    for entry in fs::read_dir(&inside).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
