//! Programs that write carefully keep their data through every power cut, and the mistakes
//! that people make are caught.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use ferrisdb_core::{Access, FileSystem};
use ferrisdb_testkit::{CrashPlan, FaultyFs, MemFs, SECTOR_SIZE};

const ROOT: &str = "/";
const NOTE: &str = "/note";
const NEW: &str = "/note.new";

/// A program stores some text and says how far it got: `done` is called when it promises
/// that the text is on the disk.
type Program = fn(&FaultyFs, &mut bool) -> io::Result<()>;

/// Runs the program with the power cut at each of its operations, and at none, and applies
/// many crash plans. Returns what was wrong with the outcomes; empty if nothing was.
fn losses(before: &MemFs, program: Program, is_fine: fn(&MemFs, bool) -> bool) -> Vec<String> {
    let whole = FaultyFs::new(before.fork());
    program(&whole, &mut false).expect("the program works when the power stays on");
    let cuts = whole.changes().into_iter().chain([whole.operations()]);
    let mut losses = Vec::new();
    for cut in cuts {
        let fs = FaultyFs::new(before.fork());
        fs.cut_power_at(cut);
        let mut done = false;
        let result = program(&fs, &mut done);
        assert_eq!(result.is_err(), fs.is_off(), "a cut makes the program fail");
        let every = fs.disk().every_crash(4096).expect("small enough");
        let plans = fs.disk().crash_plans(20).into_iter().chain(every);
        for plan in plans {
            let after = fs.crash(&plan);
            if !is_fine(&after, done) {
                losses.push(format!("cut at {cut}, {plan}, done {done}: {after:?}"));
            }
        }
    }
    losses
}

/// The text that the programs below store.
fn text() -> Vec<u8> {
    (0..1200_u32).map(|n| n.to_le_bytes()[0] | 1).collect()
}

fn whole_if_done(disk: &MemFs, done: bool) -> bool {
    !done || disk.read(NOTE).is_ok_and(|found| found == text())
}

#[test]
fn appending_without_sync_is_caught() {
    let losses = losses(
        &MemFs::new(),
        |fs, done| {
            let file = fs.create(Path::new(NOTE))?;
            file.append_all(&text())?;
            fs.sync_dir(Path::new(ROOT))?;
            *done = true;
            Ok(())
        },
        whole_if_done,
    );
    let torn = losses.iter().any(|loss| loss.contains("torn"));
    let lost = losses.iter().any(|loss| loss.contains("is lost"));
    assert!(torn && lost, "{losses:#?}");
}

#[test]
fn forgetting_to_sync_the_directory_is_caught() {
    let losses = losses(
        &MemFs::new(),
        |fs, done| {
            let file = fs.create(Path::new(NOTE))?;
            file.append_all(&text())?;
            file.sync()?;
            *done = true;
            Ok(())
        },
        whole_if_done,
    );
    assert!(!losses.is_empty());
    assert!(
        losses.iter().all(|loss| loss.ends_with("{}")),
        "the bytes are safe, only the name can be missing: {losses:#?}"
    );
}

#[test]
fn syncing_too_early_is_caught() {
    let losses = losses(
        &MemFs::new(),
        |fs, done| {
            let file = fs.create(Path::new(NOTE))?;
            fs.sync_dir(Path::new(ROOT))?;
            file.append_all(&text()[..600])?;
            file.sync()?;
            file.append_all(&text()[600..])?;
            *done = true;
            Ok(())
        },
        whole_if_done,
    );
    assert!(!losses.is_empty());
}

#[test]
fn a_careful_program_loses_nothing() {
    let losses = losses(
        &MemFs::new(),
        |fs, done| {
            let file = fs.create(Path::new(NOTE))?;
            file.append_all(&text())?;
            file.sync_data()?;
            fs.sync_dir(Path::new(ROOT))?;
            *done = true;
            Ok(())
        },
        whole_if_done,
    );
    assert_eq!(losses, [] as [&str; 0]);
}

#[test]
fn a_directory_is_durable_once_it_was_created() {
    let fs = FaultyFs::new(MemFs::new());
    fs.create_dir(Path::new("/a/b")).expect("the power is on");
    fs.cut_power_at(1);
    fs.create_dir(Path::new("/a/c/d"))
        .expect_err("the power goes off");
    let directories = |plan: &CrashPlan| {
        let after = fs.crash(plan);
        let all = ["/a/b", "/a/c", "/a/c/d"].into_iter();
        all.filter(|path| after.list(Path::new(path)).is_ok())
            .collect::<Vec<_>>()
    };
    assert_eq!(directories(&CrashPlan::LoseAll), ["/a/b"]);
    assert_eq!(directories(&CrashPlan::KeepAll), ["/a/b", "/a/c", "/a/c/d"]);
}

/// A disk with an old note on it.
fn with_old_note() -> MemFs {
    let fs = MemFs::new();
    fs.write(NOTE, "old").expect("the disk is empty");
    fs
}

fn old_or_new(disk: &MemFs, done: bool) -> bool {
    let Ok(found) = disk.read(NOTE) else {
        return false;
    };
    found == text() || (!done && found == b"old")
}

fn replace(fs: &FaultyFs, done: &mut bool, sync_file: bool, sync_dir: bool) -> io::Result<()> {
    let file = fs.create(Path::new(NEW))?;
    file.append_all(&text())?;
    if sync_file {
        file.sync()?;
    }
    fs.rename(Path::new(NEW), Path::new(NOTE))?;
    if sync_dir {
        fs.sync_dir(Path::new(ROOT))?;
    }
    *done = true;
    Ok(())
}

#[test]
fn replacing_a_file_by_rename_is_atomic_and_durable() {
    let losses = losses(
        &with_old_note(),
        |fs, done| replace(fs, done, true, true),
        old_or_new,
    );
    assert_eq!(losses, [] as [&str; 0]);
}

#[test]
fn renaming_without_syncing_the_directory_is_caught() {
    let losses = losses(
        &with_old_note(),
        |fs, done| replace(fs, done, true, false),
        old_or_new,
    );
    assert!(!losses.is_empty());
}

#[test]
fn renaming_a_file_that_was_not_synced_is_caught() {
    let losses = losses(
        &with_old_note(),
        |fs, done| replace(fs, done, false, true),
        old_or_new,
    );
    assert!(!losses.is_empty());
}

#[test]
fn overwriting_in_place_is_caught() {
    let losses = losses(
        &with_old_note(),
        |fs, done| {
            let file = fs.open(Path::new(NOTE), Access::ReadWrite)?;
            file.write_all_at(0, &text())?;
            file.sync()?;
            *done = true;
            Ok(())
        },
        old_or_new,
    );
    assert!(!losses.is_empty(), "half of the new text over the old one");
}

#[test]
fn removing_the_only_other_copy_before_the_rename_is_synced_is_caught() {
    fn program(fs: &FaultyFs, sync_between: bool) -> io::Result<()> {
        fs.hard_link(Path::new(NOTE), Path::new("/copy"))?;
        if sync_between {
            fs.sync_dir(Path::new(ROOT))?;
        }
        fs.remove(Path::new(NOTE))
    }
    for sync_between in [false, true] {
        let fs = FaultyFs::new(with_old_note());
        program(&fs, sync_between).expect("nothing fails");
        let plans = fs.disk().every_crash(100).expect("few");
        let always_there = plans.iter().all(|plan| !fs.crash(plan).files().is_empty());
        assert_eq!(always_there, sync_between);
    }
}

/// Every distinct content that the note can have after a crash.
fn outcomes(fs: &MemFs, plans: &[CrashPlan]) -> BTreeSet<Vec<u8>> {
    let found = plans.iter().map(|plan| fs.crash(plan).read(NOTE));
    found
        .map(|bytes| bytes.expect("its name is synced"))
        .collect()
}

#[test]
fn sectors_survive_one_by_one_and_in_any_order() {
    let fs = MemFs::new();
    fs.write(NOTE, vec![b'-'; 3 * SECTOR_SIZE]).expect("empty");
    let file = fs
        .open(Path::new(NOTE), Access::ReadWrite)
        .expect("it is there");
    file.write_all_at(0, &[b'+'; 3 * SECTOR_SIZE])
        .expect("there is space");

    let plans = fs.every_crash(100).expect("eight outcomes");
    let found = outcomes(&fs, &plans);
    let expected: BTreeSet<Vec<u8>> = (0..8)
        .map(|kept| {
            let sector = |n: usize| if kept >> n & 1 == 1 { b'+' } else { b'-' };
            (0..3).flat_map(|n| [sector(n); SECTOR_SIZE]).collect()
        })
        .collect();
    assert_eq!(found, expected, "each of three sectors old or new, 2³ ways");

    let seeds: Vec<CrashPlan> = (0..200).map(CrashPlan::Random).collect();
    let by_chance = outcomes(&fs, &seeds);
    assert!(
        by_chance.is_superset(&expected),
        "200 seeds find each of 8 outcomes, and torn writes besides"
    );
}

#[test]
fn a_sector_shows_one_moment_and_never_a_mix_of_two() {
    let fs = MemFs::new();
    fs.write(NOTE, "..").expect("empty");
    let file = fs
        .open(Path::new(NOTE), Access::ReadWrite)
        .expect("it is there");
    file.write_all_at(0, b"a").expect("there is space");
    file.write_all_at(1, b"b").expect("there is space");
    let found = outcomes(&fs, &fs.every_crash(100).expect("few"));
    let expected = [&b".."[..], b"a.", b"ab"].map(<[u8]>::to_vec);
    assert_eq!(
        found,
        BTreeSet::from(expected),
        "a later write to a sector never survives without an earlier one"
    );
}

#[test]
fn a_longer_length_can_survive_without_the_bytes() {
    let fs = MemFs::new();
    fs.write(NOTE, "").expect("empty");
    let file = fs
        .open(Path::new(NOTE), Access::ReadWrite)
        .expect("it is there");
    file.append_all(b"new").expect("there is space");
    let found = outcomes(&fs, &fs.every_crash(100).expect("few"));
    let expected = [&b""[..], b"\0\0\0", b"new"].map(<[u8]>::to_vec);
    assert_eq!(found, BTreeSet::from(expected));
}

#[test]
fn bytes_cut_off_can_come_back_until_the_cut_is_synced() {
    for synced in [false, true] {
        let fs = MemFs::new();
        fs.write(NOTE, "old text").expect("empty");
        let file = fs
            .open(Path::new(NOTE), Access::ReadWrite)
            .expect("it is there");
        file.truncate(4).expect("shorter is possible");
        if synced {
            file.sync().expect("nothing fails");
        }
        file.append_all(b"book").expect("there is space");
        let found = outcomes(&fs, &fs.every_crash(100).expect("few"));
        assert!(found.contains(&b"old book"[..]));
        assert_eq!(found.contains(&b"old text"[..]), !synced);
    }
}

#[test]
fn the_last_write_is_torn_at_every_byte() {
    let fs = with_old_note();
    let file = fs
        .open(Path::new(NOTE), Access::ReadWrite)
        .expect("it is there");
    file.append_all(b" and new").expect("there is space");
    let found = outcomes(&fs, &fs.crash_plans(0));
    for size in 0..=8 {
        let torn = &b"old and new"[..3 + size];
        assert!(found.contains(torn), "torn after {size} bytes: {found:?}");
    }
}

#[test]
fn files_survive_out_of_order() {
    let fs = MemFs::new();
    for name in ["one", "two"] {
        fs.write(name, "").expect("empty");
        let file = fs
            .open(Path::new(name), Access::ReadWrite)
            .expect("it is there");
        file.append_all(name.as_bytes()).expect("there is space");
    }
    let of = |plan: &CrashPlan| {
        let after = fs.crash(plan);
        ["one", "two"].map(|name| after.read(name).expect("synced name").is_empty())
    };
    let found: BTreeSet<_> = fs.crash_plans(0).iter().map(of).collect();
    let all = [[true, true], [true, false], [false, true], [false, false]];
    assert_eq!(
        found,
        BTreeSet::from(all),
        "the second without the first, too"
    );
}

#[test]
fn name_changes_survive_out_of_order_but_a_rename_whole() {
    let fs = MemFs::new();
    fs.write("a", "a").expect("empty");
    fs.rename(Path::new("a"), Path::new("b")).expect("a exists");
    fs.create(Path::new("c")).expect("no c yet");
    fs.rename(Path::new("c"), Path::new("d")).expect("c exists");
    let plans = fs.every_crash(100).expect("few");
    let found: BTreeSet<String> = plans
        .iter()
        .map(|plan| {
            let files = fs.crash(plan).files();
            let names = files.iter().map(|path| path.display().to_string());
            names.collect::<Vec<_>>().join(" ")
        })
        .collect();
    let expected = ["a", "b", "a c", "b c", "a d", "b d"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(expected));
}

#[test]
fn a_plan_means_the_same_each_time_and_leaves_the_disk_alone() {
    let fs = MemFs::new();
    let file = fs.create(Path::new(NOTE)).expect("empty");
    file.append_all(&text()).expect("there is space");
    for plan in fs.crash_plans(30) {
        let image = |fs: &MemFs| (fs.files(), fs.read(NOTE).ok());
        assert_eq!(image(&fs.crash(&plan)), image(&fs.crash(&plan)), "{plan}");
        assert!(fs.crash(&plan).is_synced(), "what a boot finds is durable");
    }
    assert_eq!(fs.read(NOTE).expect("still there"), text());
    assert!(!fs.is_synced());
    fs.sync_all();
    assert_eq!(
        fs.crash_plans(30),
        [CrashPlan::LoseAll],
        "nothing to choose"
    );
}

#[test]
fn too_many_outcomes_are_not_enumerated() {
    let fs = MemFs::new();
    let file = fs.create(Path::new(NOTE)).expect("empty");
    file.append_all(&vec![1; 100 * SECTOR_SIZE])
        .expect("there is space");
    assert_eq!(fs.every_crash(1 << 20), None);
}
