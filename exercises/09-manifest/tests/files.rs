//! The numbers of files, and files that nothing needs.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use ferrisdb_core::{FileSystem, Timestamp};
use ferrisdb_manifest::{Edit, Error, FileName, Manifest, NUMBERS_RESERVED, Options, Version};
use ferrisdb_testkit::{Fault, FaultyFs, IoKind, MemFs, When};

use support::{
    AfterCut, Handmade, MANIFEST, SecondCut, all_files, commit_flush, directory, empty_disk, flush,
    manifest_path, names, numbers, open, open_with, power_cuts, read, shape, table, table_path,
};

mod support;

fn opened(fs: &MemFs) -> Manifest {
    let (manifest, _) = open(fs.clone()).expect("nothing is damaged");
    manifest
}

// ---------------------------------------------------------------------------------------------
// Hole 7: Manifest::next_number
// ---------------------------------------------------------------------------------------------

#[test]
fn numbers_ascend_without_gaps() {
    let fs = MemFs::new();
    let mut manifest = opened(&fs);
    let first = manifest.file_number() + 1;
    for expected in first..first + 3 * NUMBERS_RESERVED {
        assert_eq!(manifest.next_number().expect("nothing fails"), expected);
    }
}

#[test]
fn a_number_is_taken_on_the_disk_before_it_is_handed_out() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
    for _ in 0..3 * NUMBERS_RESERVED {
        let number = manifest.next_number().expect("nothing fails");
        for plan in fs.disk().crash_plans(1) {
            let found = read(&fs.crash(&plan)).expect("nothing is damaged").version;
            assert!(
                found.next_number() > number,
                "{number} was handed out, the power was cut ({plan}), and the manifest says \
                 that numbers from {} on are free",
                found.next_number()
            );
        }
    }
}

#[test]
fn numbers_are_reserved_64_at_a_time() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
    let syncs = |fs: &FaultyFs| {
        let log = fs.log();
        let syncs = log
            .iter()
            .filter(|io| matches!(io.kind, IoKind::Sync | IoKind::SyncData));
        syncs.count()
    };
    let before = syncs(&fs);
    for n in 0..NUMBERS_RESERVED {
        manifest.next_number().expect("nothing fails");
        assert_eq!(
            syncs(&fs),
            before,
            "{n} numbers of the first 64 were handed out"
        );
    }
    for _ in 0..2 * NUMBERS_RESERVED {
        manifest.next_number().expect("nothing fails");
    }
    assert_eq!(syncs(&fs), before + 2, "two times 64 numbers");
    assert_eq!(
        manifest.current().next_number(),
        2 + 3 * NUMBERS_RESERVED,
        "numbers below this one are reserved, and all of them were handed out"
    );
}

#[test]
fn numbers_of_an_earlier_life_are_not_handed_out_again() {
    let fs = MemFs::new();
    let mut taken = BTreeSet::new();
    for life in 0..4 {
        let mut manifest = opened(&fs);
        assert!(
            taken.insert(manifest.file_number()),
            "manifests have numbers as well"
        );
        for _ in 0..life * 50 {
            let number = manifest.next_number().expect("nothing fails");
            assert!(
                taken.insert(number),
                "{number} was handed out in an earlier life"
            );
        }
    }
}

/// Opens the manifest, begins it anew now and then, and takes numbers until something fails. All
/// numbers that it got to know.
fn take_numbers(fs: &FaultyFs) -> BTreeSet<u64> {
    let mut taken = BTreeSet::new();
    let options = Options::default().edits_size_max(0);
    let Ok((mut manifest, _)) = open_with(fs.clone(), options) else {
        return taken;
    };
    let mut take = |number| assert!(taken.insert(number), "{number} was handed out twice");
    take(manifest.file_number());
    let mut file_number = manifest.file_number();
    for _ in 0..12 {
        for _ in 0..40 {
            let Ok(number) = manifest.next_number() else {
                return taken;
            };
            take(number);
            if manifest.file_number() != file_number {
                file_number = manifest.file_number();
                take(file_number);
            }
        }
    }
    assert!(file_number > 1, "it was begun anew");
    taken
}

#[test]
fn after_any_crash_numbers_are_new() {
    power_cuts(&empty_disk(), take_numbers, |taken, cut| {
        let Some(last) = taken.last() else { return };
        let fs = FaultyFs::new(cut.disk.fork());
        // The manifest that opening begins may have the number of one that never counted, if
        // nothing of it is left.
        let (mut manifest, _) = open(fs).expect("nothing is damaged");
        let next = manifest.next_number().expect("nothing fails");
        assert!(
            next > *last,
            "{}: {last} had been handed out, and now it is {next}",
            cut.story
        );
        assert!(manifest.file_number() > *last || !taken.contains(&manifest.file_number()));
    });
}

#[test]
fn if_numbers_cannot_be_reserved_none_is_handed_out() {
    for kind in [IoKind::Write, IoKind::SyncData] {
        let fs = FaultyFs::new(MemFs::new());
        let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
        for _ in 0..NUMBERS_RESERVED {
            manifest.next_number().expect("these are reserved");
        }
        fs.inject(When::Next(kind), Fault::Error(ErrorKind::StorageFull));
        manifest.next_number().expect_err("the reservation failed");
        let error = manifest.next_number().expect_err("it is failed for good");
        assert!(matches!(error, Error::Failed { .. }), "{error}");
    }
}

#[test]
fn a_table_with_a_number_that_was_handed_out_can_be_committed() {
    let fs = MemFs::new();
    let mut manifest = opened(&fs);
    for newest in 1..=100 {
        let number = commit_flush(&mut manifest, newest).expect("nothing fails");
        let version = manifest.current();
        assert_eq!(version.level(0)[0].number, number, "the newest comes first");
        assert_eq!(version.level(0).len() as u64, newest);
    }
    assert_eq!(
        read(&fs).expect("nothing is damaged").version,
        manifest.current()
    );
}

/// Writes a file that stands for a table, durably.
fn write_table(fs: &FaultyFs, number: u64) -> std::io::Result<()> {
    let file = fs.create(&table_path(number))?;
    file.append_all(format!("table {number}").as_bytes())?;
    file.sync_data()?;
    fs.sync_dir(directory())
}

/// What an engine does: opens the manifest, removes orphans, flushes tables, compacts every
/// other time what there is into two, and removes those that were replaced. Says the number of the last version that
/// was acknowledged, and every version that it tried, in words.
fn engine(fs: &FaultyFs) -> (u64, Vec<String>) {
    let mut acknowledged = 0;
    let mut tried = Vec::new();
    let _ = live(fs, &mut acknowledged, &mut tried);
    (acknowledged, tried)
}

fn live(
    fs: &FaultyFs,
    acknowledged: &mut u64,
    tried: &mut Vec<String>,
) -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::default().edits_size_max(0);
    let (mut manifest, recovery) = open_with(fs.clone(), options)?;
    tried.push(shape(&recovery.version));
    *acknowledged = recovery.version.number();
    manifest.remove_orphans()?;
    let start = recovery.version.last_timestamp().0;
    let mut commit = |manifest: &mut Manifest, edit: &Edit| {
        let next = manifest.current().apply(edit)?;
        tried.push(shape(&next));
        *acknowledged = manifest.commit(edit)?.number();
        Ok::<_, Error>(())
    };
    for n in 1..=4 {
        let number = manifest.next_number()?;
        write_table(fs, number)?;
        commit(&mut manifest, &flush(number, start + 10 * n))?;
        if n % 2 > 0 {
            continue;
        }
        let old = manifest.current();
        let mut edit = Edit::new();
        for (level, table) in old.tables() {
            edit = edit.remove(level, table.number);
        }
        for (first, last) in [("a", "f"), ("g", "m")] {
            let number = manifest.next_number()?;
            write_table(fs, number)?;
            edit = edit.add(1, table(number, first, last, start + 10 * n));
        }
        commit(&mut manifest, &edit)?;
        for (_, table) in old.tables() {
            fs.remove(&table_path(table.number))?;
        }
    }
    Ok(())
}

/// The version that is found after a cut, which has to be one that was tried, and not older than
/// what was acknowledged, with the files of all its tables.
fn check(cut: &AfterCut, acknowledged: u64, tried: &[String]) -> String {
    let story = &cut.story;
    let version = match read(&cut.disk) {
        Ok(recovery) => recovery.version,
        Err(error) => panic!("{story}: {error}"),
    };
    assert!(
        version.number() >= acknowledged,
        "{story}: version {acknowledged} was acknowledged, and {} is found",
        version.number()
    );
    let found = shape(&version);
    assert!(
        tried.is_empty() || tried.contains(&found),
        "{story}: {found} was never a version; those were {tried:?}"
    );
    for (level, table) in version.tables() {
        let there = cut.disk.read(table_path(table.number));
        assert!(
            there.is_ok(),
            "{story}: {found}, and table {} of level {level} is gone",
            table.number
        );
    }
    found
}

// ---------------------------------------------------------------------------------------------
// Hole 8: Manifest::remove_orphans
// ---------------------------------------------------------------------------------------------

/// A database whose version 42 has the tables 5, 6 and 7, with their files, and files that a
/// crash may have left, or somebody else put there.
fn cluttered() -> MemFs {
    let fs = Handmade::new().flushes([6, 7]).disk();
    for name in [
        "0000000001.wal",
        "0000000003.sst",
        "0000000004.manifest",
        "0000000005.sst",
        "0000000006.sst",
        "0000000006.sst.tmp",
        "0000000007.sst",
        "0000000008.sst",
        "0000000009.sst.tmp",
        "00000000100.sst",
        "13.sst",
        "CURRENT.bak",
        "CURRENT.tmp",
        "LOCK",
        "notes.txt",
    ] {
        fs.write(directory().join(name), name)
            .expect("nothing fails");
    }
    fs
}

/// Those of [`cluttered`] that nothing needs, in order.
const ORPHANS: [&str; 7] = [
    "0000000003.sst",
    "0000000004.manifest",
    "0000000006.sst.tmp",
    "0000000008.sst",
    "0000000009.sst.tmp",
    "0000000012.manifest",
    "CURRENT.tmp",
];

#[test]
fn what_earlier_lives_left_behind_is_removed_and_nothing_else() {
    let fs = cluttered();
    // `CURRENT.tmp` is replaced when the manifest is opened; this is one that came later.
    let mut manifest = opened(&fs);
    fs.write(FileName::NextCurrent.path(directory()), b"left")
        .expect("nothing fails");
    let before = names(&fs);
    let orphans = manifest.remove_orphans().expect("nothing fails");
    let removed: Vec<&str> = orphans
        .removed
        .iter()
        .filter_map(|path| path.file_name()?.to_str())
        .collect();
    assert_eq!(removed, ORPHANS);
    for name in [FileName::Current, FileName::Table(5)] {
        let path = name.path(directory());
        assert_eq!(FileName::from_path(&path), Some(name), "{}", path.display());
    }
    let left: Vec<&String> = before
        .iter()
        .filter(|name| !ORPHANS.contains(&name.as_str()))
        .collect();
    assert_eq!(names(&fs).iter().collect::<Vec<_>>(), left);
    assert_eq!(orphans.to_string(), "removed 7 files that nothing needs");
    let again = manifest.remove_orphans().expect("nothing fails");
    assert_eq!(again.to_string(), "nothing to remove");
    commit_flush(&mut manifest, 80).expect("it goes on");
}

/// Removes orphans while a file of this life is there. Whether it still is afterwards.
fn is_left_alone(file: impl Fn(u64) -> FileName) -> bool {
    let fs = Handmade::new().disk();
    fs.write(table_path(5), b"a table").expect("nothing fails");
    let mut manifest = opened(&fs);
    let number = manifest.next_number().expect("nothing fails");
    let path = file(number).path(directory());
    fs.write(&path, b"in the making").expect("nothing fails");
    manifest.remove_orphans().expect("nothing fails");
    let old = fs.read(manifest_path(MANIFEST));
    assert!(old.is_err(), "the old manifest goes");
    fs.read(&path).is_ok()
}

#[test]
fn tables_in_the_making_are_left_alone() {
    assert!(
        is_left_alone(FileName::UnfinishedTable),
        "it is being written"
    );
}

#[test]
fn tables_that_are_about_to_be_committed_are_left_alone() {
    assert!(
        is_left_alone(FileName::Table),
        "it is finished, and does not count yet"
    );
}

#[test]
fn what_has_the_last_number_of_an_earlier_life_is_an_orphan() {
    for left in [
        FileName::Table(99),
        FileName::UnfinishedTable(99),
        FileName::Table(100),
    ] {
        let fs = Handmade::new().disk();
        fs.write(table_path(5), b"a table").expect("nothing fails");
        let path = left.path(directory());
        fs.write(&path, b"left behind").expect("nothing fails");
        let orphans = opened(&fs).remove_orphans().expect("nothing fails");
        assert!(orphans.removed.contains(&path), "{}", path.display());
    }
}

#[test]
fn tables_that_were_there_when_it_was_opened_are_left_alone() {
    let fs = Handmade::new().disk();
    fs.write(table_path(5), b"a table").expect("nothing fails");
    let mut manifest = opened(&fs);
    manifest
        .commit(&Edit::new().remove(0, 5))
        .expect("nothing fails");
    manifest.remove_orphans().expect("nothing fails");
    assert!(
        fs.read(table_path(5)).is_ok(),
        "an iterator that began before the edit may still read it"
    );
    drop(manifest);
    opened(&fs).remove_orphans().expect("nothing fails");
    assert!(
        fs.read(table_path(5)).is_err(),
        "in the next life nobody does"
    );
}

#[test]
fn half_of_a_table_is_an_orphan_even_if_there_is_a_whole_one() {
    let fs = Handmade::new().disk();
    let half = FileName::UnfinishedTable(5).path(directory());
    for path in [&table_path(5), &half] {
        fs.write(path, b"a table").expect("nothing fails");
    }
    let orphans = opened(&fs).remove_orphans().expect("nothing fails");
    assert!(orphans.removed.contains(&half), "{orphans:?}");
    assert!(fs.read(table_path(5)).is_ok(), "the whole one stays");
}

#[test]
fn a_table_that_the_current_version_has_is_left_alone() {
    let fs = Handmade::new().disk();
    for number in [5, 8] {
        fs.write(table_path(number), b"a table")
            .expect("nothing fails");
    }
    let mut manifest = opened(&fs);
    // Its number was handed out in an earlier life, and only now somebody makes use of it.
    manifest.commit(&flush(8, 80)).expect("nothing fails");
    manifest.remove_orphans().expect("nothing fails");
    assert_eq!(numbers(&manifest.current()), [[8, 5]]);
    for number in [5, 8] {
        assert!(
            fs.read(table_path(number)).is_ok(),
            "the current version has table {number}, and its file is gone"
        );
    }
}

#[test]
fn a_manifest_that_was_begun_anew_is_not_removed() {
    let fs = MemFs::new();
    let options = Options::default().edits_size_max(0);
    let (mut manifest, _) = open_with(fs.clone(), options).expect("nothing fails");
    for n in 1..30 {
        let edit = Edit::new().last_timestamp(Timestamp(n));
        manifest.commit(&edit).expect("nothing fails");
        manifest.remove_orphans().expect("nothing fails");
        let found = read(&fs).expect("the manifest is there").version;
        assert_eq!(found, manifest.current());
    }
    assert!(manifest.file_number() > 1, "it was begun anew");
}

/// [`cluttered`] without table 6, of which an unfinished copy is there, and the manifest on it.
fn without_table_6() -> (MemFs, Manifest) {
    let fs = cluttered();
    fs.remove(&table_path(6)).expect("it exists");
    let manifest = opened(&fs);
    (fs, manifest)
}

#[test]
fn a_missing_table_is_named() {
    let (_, manifest) = without_table_6();
    let error = manifest.remove_orphans().expect_err("table 6 is gone");
    assert!(
        matches!(&error, Error::MissingTable { path, number: 6, level: 0 } if *path == table_path(6)),
        "{error}"
    );
}

#[test]
fn a_table_may_be_missing_in_any_level() {
    let edit = flush(5, 50)
        .add(1, table(3, "a", "f", 30))
        .add(1, table(4, "k", "p", 30))
        .add(6, table(1, "a", "z", 10))
        .next_number(100);
    for (missing, in_level) in [(5, 0), (3, 1), (4, 1), (1, 6)] {
        let fs = Handmade::snapshot(&edit).disk();
        for other in [1, 3, 4, 5, 8] {
            if other != missing {
                fs.write(table_path(other), b"a table")
                    .expect("nothing fails");
            }
        }
        let manifest = opened(&fs);
        let before = all_files(&fs);
        match manifest.remove_orphans() {
            Err(Error::MissingTable { number, level, .. }) => {
                assert_eq!((number, level), (missing, in_level));
            }
            other => panic!("table {missing} of level {in_level} is gone; yours says {other:?}"),
        }
        assert_eq!(all_files(&fs), before, "nothing is removed then");
    }
}

#[test]
fn if_a_table_is_missing_nothing_is_removed() {
    let (fs, manifest) = without_table_6();
    let before = all_files(&fs);
    let _ = manifest.remove_orphans();
    assert_eq!(
        names(&fs).len(),
        before.len(),
        "what looks like an orphan may be the last copy"
    );
    assert_eq!(all_files(&fs), before);
}

#[test]
fn only_the_tables_of_the_current_version_have_to_be_there() {
    let (_, mut manifest) = without_table_6();
    let edit = Edit::new().remove(0, 6);
    manifest.commit(&edit).expect("nothing fails");
    let orphans = manifest.remove_orphans();
    assert!(
        orphans.is_ok(),
        "table 6 is not needed any more: {orphans:?}"
    );
}

#[test]
fn after_a_failure_nothing_is_removed() {
    let fs = FaultyFs::new(cluttered());
    let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
    fs.inject(When::NextSync, Fault::Error(ErrorKind::Other));
    manifest
        .commit(&Edit::new().remove(0, 6))
        .expect_err("the sync failed");
    let before = all_files(fs.disk());
    let error = manifest
        .remove_orphans()
        .expect_err("it is not known which version counts");
    assert!(matches!(error, Error::Failed { .. }), "{error}");
    assert_eq!(all_files(fs.disk()), before);
}

#[test]
fn what_cannot_be_removed_is_told_and_tried_again() {
    let fs = FaultyFs::new(cluttered());
    let (manifest, _) = open(fs.clone()).expect("nothing fails");
    fs.inject(
        When::Next(IoKind::Remove),
        Fault::Error(ErrorKind::PermissionDenied),
    );
    let error = manifest
        .remove_orphans()
        .expect_err("a file cannot be removed");
    assert!(error.to_string().contains("0000000003.sst"), "{error}");
    fs.inject(When::Next(IoKind::List), Fault::Error(ErrorKind::Other));
    manifest
        .remove_orphans()
        .expect_err("the directory cannot be listed");
    let orphans = manifest.remove_orphans().expect("nothing fails now");
    assert!(orphans.removed.contains(&table_path(3)));
}

#[test]
fn a_power_cut_while_orphans_are_removed_costs_no_table() {
    let expected = vec![vec![7, 6, 5]];
    let program = |fs: &FaultyFs| {
        if let Ok((manifest, _)) = open(fs.clone()) {
            let _ = manifest.remove_orphans();
        }
    };
    power_cuts(&cluttered(), program, |(), cut| {
        check(cut, 42, &[]);
        let manifest = opened(&cut.disk);
        assert_eq!(numbers(&manifest.current()), expected, "{}", cut.story);
        manifest.remove_orphans().expect("nothing fails");
        assert!(
            !names(&cut.disk).contains(&"0000000008.sst".to_owned()),
            "{}",
            cut.story
        );
    });
}

#[test]
fn through_flushes_compactions_and_two_power_cuts_every_version_is_whole() {
    let whole = FaultyFs::new(empty_disk());
    let (last, tried) = engine(&whole);
    assert_eq!(last, tried.len() as u64 - 1, "nothing fails");
    let mut again = SecondCut::default();
    power_cuts(&empty_disk(), engine, |(acknowledged, tried), first| {
        let found = check(first, acknowledged, &tried);
        again.look(first, |second| {
            let later = check(second, acknowledged, &tried);
            assert_eq!(later, found, "{}: it had been read before", second.story);
        });
    });
}

#[test]
fn after_a_crash_an_engine_goes_on_and_leaves_no_orphan() {
    power_cuts(&empty_disk(), engine, |_, cut| {
        let fs = FaultyFs::new(cut.disk.fork());
        let (acknowledged, tried) = engine(&fs);
        let story = &cut.story;
        assert_eq!(
            tried.len(),
            7,
            "{story}: the next life goes through; yours: {tried:?}"
        );
        let version = read(fs.disk()).expect("nothing is damaged").version;
        assert_eq!(version.number(), acknowledged, "{story}");
        left_behind(fs.disk(), &version, story);
    });
}

/// Fails if there is a table that the version does not have.
fn left_behind(fs: &MemFs, version: &Version, story: &str) {
    for path in fs.list(Path::new(directory())).expect("it exists") {
        if let Some(FileName::Table(number)) = FileName::from_path(&path) {
            assert!(
                version.find(number).is_some(),
                "{story}: {} is left",
                path.display()
            );
        }
    }
}
