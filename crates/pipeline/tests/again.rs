//! The same delivery again, one that has grown, one that is hostile; and imports that are killed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Lab, anna, options, voice};
use earwitness_archive::{Archive, verify};
use earwitness_intake::Mapping;
use earwitness_model::Verdict;
use earwitness_pipeline::{ImportError, ImportOptions, import};
use earwitness_testkit::{Delivery, Encoding, demo};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

fn verdicts(archive: &Archive) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for delivery in archive.deliveries().unwrap() {
        for file in archive.delivered_files(&delivery.id).unwrap() {
            let name = format!("{}/{}", delivery.id, file.name);
            assert_eq!(
                all.insert(name.clone(), serde_json::to_string(&file.verdict).unwrap()),
                None,
                "{name} is kept twice"
            );
        }
    }
    all
}

#[test]
fn the_same_again_adds_nothing() {
    let lab = Lab::new();
    let first = lab.import(&demo());
    let before = (lab.archive.overview().unwrap(), lab.archive.ledger_head().unwrap());
    let again = lab.import(&demo());
    assert!(again.nothing_new, "{:?}", again.added);
    assert_eq!((lab.archive.overview().unwrap(), lab.archive.ledger_head().unwrap()), before);
    assert!(again.files.iter().all(|f| f.kept_before));
    assert_eq!(again.verdicts, first.verdicts);
    assert_eq!(again.faults, first.faults);
    assert_eq!(again.delivery, first.delivery);
}

#[test]
fn a_delivery_that_has_grown_or_moved_is_known_again() {
    let lab = Lab::new();
    let small = Delivery::new().sound("a.wav", voice(1, 6.0)).sound("b.wav", voice(2, 6.0));
    let first = lab.import(small.path());
    assert_eq!(first.added.calls, 2);
    let grown =
        Delivery::new().sound("a.wav", voice(1, 6.0)).sound("b.wav", voice(2, 6.0)).sound("c.wav", voice(3, 6.0));
    let second = lab.import(grown.path());
    assert_eq!(second.delivery, first.delivery);
    assert_eq!((second.added.files, second.added.calls), (1, 1));
    // Others that hand over one of the same files hand over something else.
    let other = Delivery::new().sound("x.wav", voice(1, 6.0)).sound("d.wav", voice(4, 6.0));
    let third = lab.import(other.path());
    assert_ne!(third.delivery, first.delivery);
    assert_eq!((third.verdicts["exact_duplicate"], third.verdicts["accepted"]), (1, 1));
    lab.is_whole();
}

#[test]
fn a_longer_original_that_comes_later_is_reported() {
    let lab = Lab::new();
    let whole = voice(7, 60.0);
    let part = whole[20 * 8000..45 * 8000].to_vec();
    let delivery = Delivery::new().sound("1.wav", part).sound("2.wav", whole);
    let report = lab.import(delivery.path());
    assert_eq!(report.verdicts, BTreeMap::from([("accepted", 2)]), "{:#?}", report.files);
    let [pair] = report.longer_originals.as_slice() else { panic!("{:?}", report.longer_originals) };
    assert_eq!((pair.name.as_str(), pair.part_name.as_str()), ("2.wav", "1.wav"));
    assert!((pair.at.start - 20.0).abs() < 0.5 && (pair.at.end - 45.0).abs() < 0.5, "{pair:?}");
    let kept = lab.archive.delivered_files(report.delivery.as_ref().unwrap()).unwrap();
    assert!(kept[1].notes["holds"][0]["at"]["start"].is_number());
}

#[test]
fn another_mapping_corrects_the_calls() {
    let lab = Lab::new();
    let delivery = Delivery::with_headings(&["файл", "кто", "кому"])
        .sound("a.wav", voice(1, 5.0))
        .row(&["a.wav", "+380501112233", "+79161112233"])
        .table("t.csv", ';', Encoding::Windows1251);
    let from = |lab: &Lab| lab.archive.calls().unwrap()[0].from.clone().and_then(|p| p.e164);
    lab.import(delivery.path());
    let map = Mapping::from_toml("from = \"кому\"\nto = \"кто\"\n").unwrap();
    let corrected = ImportOptions { map: Some(map), ..options() };
    let report = lab.import_with(delivery.path(), &corrected);
    assert_eq!((report.added.files, report.added.calls_changed), (0, 1), "{:?}", report.added);
    assert_eq!(from(&lab).as_deref(), Some("+79161112233"));
    assert!(lab.import_with(delivery.path(), &corrected).nothing_new);
    let wrong = ImportOptions { map: Some(Mapping::from_toml("from = \"нет\"").unwrap()), ..options() };
    let refused = import(&lab.archive, delivery.path(), &wrong, &mut |_| (), &|| false);
    assert!(matches!(refused, Err(ImportError::Mapping(_))));
    lab.is_whole();
}

#[test]
fn trouble_with_single_files_does_not_stop_the_rest() {
    use std::os::unix::fs::symlink;
    let lab = Lab::new();
    let delivery = Delivery::new()
        .sound("good.wav", voice(1, 5.0))
        .file("empty.wav", b"")
        .file("empty2.wav", b"")
        .file("noise.mp3", [0u8, 200, 13, 7, 250, 1].repeat(200))
        .file("letter.txt", "Dear all,\nthis is a letter.\n")
        .row(&["../../etc/passwd", "24.02.2022 05:52", "1:00", "+380501112233", ""])
        .row(&["good.wav", "yesterday", "5", "+380501112233", ""])
        .table("calls.csv", ';', Encoding::Utf8);
    symlink("/etc/hostname", delivery.path().join("link.wav")).unwrap();
    let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xd0\xff.wav");
    fs::write(delivery.path().join(name), earwitness_testkit::wav(8000, &[voice(2, 5.0)])).unwrap();
    let report = lab.import(delivery.path());
    let of = |name: &str| report.files.iter().find(|f| f.name == name).unwrap().verdict.name();
    assert_eq!((of("good.wav"), of("empty.wav"), of("empty2.wav")), ("accepted", "broken", "broken"));
    assert_eq!((of("noise.mp3"), of("letter.txt")), ("broken", "not_audio"));
    assert_eq!(report.verdicts["accepted"], 2);
    assert_eq!(report.problems.len(), 2, "{:?}", report.problems);
    let kinds: Vec<&str> = report.faults.iter().map(|f| f.kind).collect();
    assert!(kinds.contains(&"unreadable_cell") && kinds.contains(&"row_without_file"), "{kinds:?}");
    assert!(lab.import(delivery.path()).nothing_new);
    lab.is_whole();
}

#[test]
fn an_archive_is_not_taken_into_itself() {
    let lab = Lab::new();
    let refused = import(&lab.archive, lab.dir.path(), &options(), &mut |_| (), &|| false);
    assert!(matches!(refused, Err(ImportError::ArchiveInside { .. })));
}

#[test]
fn stopped_and_gone_on() {
    let lab = Lab::new();
    let left = std::cell::Cell::new(9);
    let cancel = || {
        left.set(left.get() - 1);
        left.get() <= 0
    };
    let stopped = import(&lab.archive, &demo(), &options(), &mut |_| (), &cancel).unwrap();
    assert!(stopped.stopped.is_some() && stopped.added.calls == 0);
    let report = lab.import(&demo());
    assert_eq!(report.added.calls, 12);
    lab.is_whole();
}

/// Many small calls, so that an import has several groups.
fn many(folder: &Path) {
    for n in 0..200u64 {
        let seconds = 3.0 + (n % 5) as f64;
        // Every tenth repeats the bytes of the one before.
        let seed = if n % 10 == 9 { n - 1 } else { n };
        let seconds = if n % 10 == 9 { 3.0 + ((n - 1) % 5) as f64 } else { seconds };
        let bytes = earwitness_testkit::wav(8000, &[voice(seed, seconds)]);
        fs::write(folder.join(format!("{n:03}.wav")), bytes).unwrap();
    }
    let rows: String = (0..200).map(|n| format!("{n:03}.wav;24.02.2022 05:52:{:02};\r\n", n % 60)).collect();
    fs::write(folder.join("calls.csv"), format!("файл;дата;прим\r\n{rows}")).unwrap();
}

#[test]
fn copies_in_neighbouring_groups_are_duplicates() {
    let (lab, folder) = (Lab::new(), tempfile::tempdir().unwrap());
    // 64 files are a group, and the next is sealed before the first is kept.
    for n in 0..80u64 {
        let bytes = earwitness_testkit::wav(8000, &[voice(n % 70, 3.0)]);
        fs::write(folder.path().join(format!("{n:02}.wav")), bytes).unwrap();
    }
    let report = lab.import(folder.path());
    assert_eq!(report.verdicts, BTreeMap::from([("accepted", 70), ("exact_duplicate", 10)]));
    assert_eq!(report.files[70].reason, "the same bytes as 00.wav");
    assert_eq!(lab.archive.calls().unwrap().iter().filter(|c| c.files.len() == 2).count(), 10);
    lab.is_whole();
}

#[test]
#[ignore = "a child of killed_at_any_moment"]
fn child_imports() {
    let Some(root) = std::env::var_os("EARWITNESS_TEST_ARCHIVE") else { return };
    let delivery = std::env::var_os("EARWITNESS_TEST_DELIVERY").unwrap();
    let archive = Archive::open(Path::new(&root), &anna()).unwrap();
    import(&archive, Path::new(&delivery), &options(), &mut |_| (), &|| false).unwrap();
}

#[test]
fn killed_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    many(folder.path());
    let reference = Lab::new();
    let began = std::time::Instant::now();
    reference.import(folder.path());
    let whole = began.elapsed();
    let lab = Lab::new();
    let (mut moments, mut unfinished) = (0, 0);
    while moments < 12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "child_imports"])
            .env("EARWITNESS_TEST_ARCHIVE", &lab.root)
            .env("EARWITNESS_TEST_DELIVERY", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From the very beginning to about the end of a whole import.
        std::thread::sleep(whole.mul_f64(0.08 * f64::from(moments)) / 2 + Duration::from_millis(10));
        let _ = child.kill();
        unfinished += u32::from(!child.wait().unwrap().success());
        moments += 1;
        let archive = Archive::open(&lab.root, &anna()).unwrap();
        let report = verify(&archive, None, |_| ()).unwrap();
        assert!(report.is_whole(), "moment {moments}: {:?}", report.findings);
        assert!(archive.deliveries().unwrap().len() <= 1);
    }
    println!("{moments} kills, {unfinished} before the end; a whole import takes {whole:?}");
    assert!(unfinished >= 4, "the kills came too late to test anything");
    lab.import(folder.path());
    assert!(lab.import(folder.path()).nothing_new);
    assert_eq!(verdicts(&lab.archive), verdicts(&reference.archive));
    let calls = |a: &Archive| a.calls().unwrap();
    assert_eq!(calls(&lab.archive), calls(&reference.archive));
    assert_eq!(calls(&lab.archive).len(), 180);
    let repeats = lab.archive.calls().unwrap().iter().filter(|c| c.files.len() == 2).count();
    assert_eq!(repeats, 20);
    assert!(matches!(
        lab.archive.delivered_files(&lab.archive.deliveries().unwrap()[0].id).unwrap()[0].verdict,
        Verdict::NotAudio { .. }
    ));
    lab.is_whole();
}
