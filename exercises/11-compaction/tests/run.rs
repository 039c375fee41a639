//! Compactions of real tables on a disk in memory.

mod support;

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::ops::Bound::Unbounded;

use ferrisdb_compaction::{
    Job, Levelled, Request, Running, SizeTiered, Strategy, pick, pick_range,
};
use ferrisdb_core::Timestamp;
use ferrisdb_manifest::Edit;
use ferrisdb_sstable::{Error, TableFile};
use ferrisdb_testkit::{Fault, FaultyFs, IoKind, MemFs, When};
use proptest::prelude::*;
use proptest::strategy::Strategy as _;
use proptest::test_runner::RngSeed;

use support::disk::{Disk, Stop, brief, directory};
use support::{numbers, words};

/// Levels that are full at once: level 0 with two tables, every other one with some bytes.
fn small() -> Levelled {
    Levelled::default()
        .level_zero_tables(2)
        .base_size(1)
        .factor(2)
        .table_size(60)
}

fn next(disk: &Disk, strategy: &Strategy) -> Option<Job> {
    pick(&disk.version, strategy, &Running::new())
}

/// Everything into one run.
fn merge_all(disk: &Disk) -> Job {
    let strategy = SizeTiered::default()
        .runs(2)
        .space_amplification_percent(0)
        .table_size(60);
    next(disk, &Strategy::SizeTiered(strategy)).expect("there are two runs")
}

/// The job that level 0 needs.
fn level_zero(disk: &Disk) -> Job {
    next(disk, &Strategy::Levelled(small())).expect("level 0 is full")
}

/// Three generations of a few fruits, two of them in level 0, and one deep below.
fn fruits(disk: &mut Disk) {
    disk.add(
        6,
        &[
            ("apple", Some("green")),
            ("banana", Some("green")),
            ("cherry", Some("green")),
            ("date", Some("green")),
        ],
    );
    disk.flush(&[
        ("apple", Some("yellow")),
        ("banana", None),
        ("fig", Some("blue")),
    ]);
    disk.flush(&[
        ("apple", Some("red")),
        ("cherry", None),
        ("fig", None),
        ("grape", Some("blue")),
    ]);
}

#[test]
fn what_is_left_is_in_the_output_level_and_nowhere_else() {
    let mut disk = Disk::new(MemFs::new());
    fruits(&mut disk);
    let job = merge_all(&disk);
    assert_eq!(words(Some(&job)), "0: 3 2, 6: 1 → 6");
    disk.compact(&job, 11);
    assert_eq!(
        disk.stored(6),
        "apple@8 date@4 grape@11",
        "yours left, expected right"
    );
    assert_eq!(disk.stored(0), "", "level 0 was compacted; yours left");
    disk.check([11], "after the compaction");
    assert_eq!(
        disk.files(),
        ["0000000004.sst"],
        "one table is left; yours left"
    );
}

#[test]
fn what_a_snapshot_sees_is_kept() {
    for watermark in 0..=11 {
        let mut disk = Disk::new(MemFs::new());
        fruits(&mut disk);
        let job = merge_all(&disk);
        disk.compact(&job, watermark);
        disk.check(
            watermark..=12,
            &format!("with the watermark at {watermark}"),
        );
    }
}

#[test]
fn a_tombstone_stays_as_long_as_something_lies_underneath() {
    let mut disk = Disk::new(MemFs::new());
    disk.add(6, &[("apple", Some("green")), ("cherry", Some("red"))]);
    disk.add(5, &[("apple", Some("yellow"))]);
    disk.flush(&[("apple", None), ("melon", None)]);
    disk.flush(&[("banana", None)]);
    let strategy = Strategy::Levelled(small().base_size(1_000_000));
    let job = next(&disk, &strategy).expect("level 0 is full");
    assert_eq!(words(Some(&job)), "0: 4 3, 5: 2 → 5");
    disk.compact(&job, 9);
    assert_eq!(
        disk.stored(5),
        "apple@4x banana@6x",
        "level 6 has a table from apple to cherry, so a melon cannot lie there, and a banana may (yours \
         left, expected right)"
    );
    disk.check([5, 9], "after level 0 was compacted");
}

#[test]
fn the_older_version_does_not_come_back_however_deep_it_lies() {
    for level in 1..=6 {
        let mut disk = Disk::new(MemFs::new());
        disk.add(level, &[("apple", Some("old")), ("zebra", Some("old"))]);
        disk.flush(&[("apple", None)]);
        disk.flush(&[("apple", None), ("banana", Some("new"))]);
        let strategies = [
            Strategy::SizeTiered(SizeTiered::default().runs(2)),
            Strategy::Levelled(small()),
            Strategy::Levelled(small().base_size(1_000_000)),
        ];
        for strategy in strategies {
            for _ in 0..4 {
                if let Some(job) = next(&disk, &strategy) {
                    disk.compact(&job, 9);
                    disk.check(
                        [5, 9],
                        &format!("after {} of {strategy:?}", words(Some(&job))),
                    );
                }
            }
        }
    }
}

#[test]
fn newer_tables_of_level_zero_are_no_reason_to_keep_a_tombstone() {
    let mut disk = Disk::new(MemFs::new());
    disk.add(6, &[("apple", Some("old")), ("zebra", Some("old"))]);
    disk.flush(&[("apple", None)]);
    disk.flush(&[("apple", None), ("banana", Some("new"))]);
    let running = Running::new().with_tables([3]);
    let strategy = SizeTiered::default().runs(2).space_amplification_percent(0);
    let job = pick(&disk.version, &Strategy::SizeTiered(strategy), &running);
    let job = job.expect("two runs are free");
    assert_eq!(words(Some(&job)), "0: 2, 6: 1 → 6");
    disk.compact(&job, 9);
    assert_eq!(disk.stored(6), "zebra@2", "yours left, expected right");
    disk.check([3, 9], "after the older tables were compacted");
}

#[test]
fn a_job_that_keeps_nothing_makes_no_table() {
    let mut disk = Disk::new(MemFs::new());
    disk.flush(&[("apple", Some("red"))]);
    disk.flush(&[("apple", None)]);
    let job = merge_all(&disk);
    let before = disk.next_number;
    let outcome = disk.compact(&job, 9);
    assert!(
        outcome.edit.add.is_empty(),
        "there is nothing to put into a table"
    );
    assert_eq!(disk.next_number, before, "and no number was needed");
    assert_eq!(disk.files(), [] as [&str; 0], "no file is left; yours left");
}

#[test]
fn the_edit_takes_out_what_was_read_and_puts_in_what_was_written() {
    let mut disk = Disk::new(MemFs::new());
    fruits(&mut disk);
    let job = merge_all(&disk);
    let outcome = disk.run(&job, 6).expect("nothing goes wrong");
    assert_eq!(
        outcome.edit.remove,
        [(0, 3), (0, 2), (6, 1)],
        "level and number of what was read; yours left"
    );
    let added = outcome.edit.add.iter();
    let mut text = String::new();
    for (level, table) in added {
        let _ = writeln!(
            text,
            "level {level}: table {}, {} entries, {} deletions, {} to {}, times {} to {}",
            table.number,
            table.entries,
            table.deletions,
            table.smallest,
            table.largest,
            table.smallest_timestamp,
            table.largest_timestamp
        );
        let entries = disk.entries(table);
        let first_and_last = (&entries[0].0, &entries[entries.len() - 1].0);
        assert_eq!(
            (&table.smallest, &table.largest),
            first_and_last,
            "the first and the last key of a table; yours left"
        );
        let size = disk.open(table).expect("the table is there").size();
        assert_eq!(table.size, size, "the size of the file; yours left");
    }
    insta::assert_snapshot!(text);
    let info = outcome.tables.iter();
    let infos: Vec<_> = info.map(|info| (info.number, info.size)).collect();
    let added = outcome.edit.add.iter();
    let metas: Vec<_> = added.map(|(_, table)| (table.number, table.size)).collect();
    assert_eq!(infos, metas, "the tables are those of the edit; yours left");
    assert_eq!(
        (outcome.edit.log_start, outcome.edit.last_timestamp),
        (None, None)
    );
}

#[test]
fn it_is_told_what_became_of_the_versions() {
    let mut disk = Disk::new(MemFs::new());
    fruits(&mut disk);
    let job = merge_all(&disk);
    let retained = disk.run(&job, 11).expect("nothing goes wrong").retained;
    assert_eq!(
        (retained.kept, retained.shadowed, retained.tombstones),
        (3, 5, 3),
        "kept, shadowed, tombstones; yours left"
    );
}

#[test]
fn a_move_touches_no_file() {
    let fs = FaultyFs::new(MemFs::new());
    let mut disk = Disk::new(fs.clone());
    disk.flush(&[("apple", Some("red"))]);
    disk.flush(&[("banana", Some("yellow"))]);
    let job = level_zero(&disk);
    assert_eq!(words(Some(&job)), "moves 0: 1 → 6");
    let before = fs.operations();
    let next_number = disk.next_number;
    let outcome = disk.run(&job, 9).expect("nothing can go wrong");
    assert_eq!(
        fs.operations(),
        before,
        "a move is an edit and nothing else; yours left"
    );
    assert_eq!(disk.next_number, next_number, "the table keeps its number");
    let table = disk.version.level(0)[1].clone();
    assert_eq!(
        outcome.edit,
        Edit::new().remove(0, 1).add(6, table),
        "yours left"
    );
    assert!(outcome.tables.is_empty(), "no table is new");
    disk.commit(&outcome.edit);
    disk.check([9], "after the move");
}

#[test]
fn what_stays_in_level_zero_stays_above_what_is_older() {
    let mut disk = Disk::new(MemFs::new());
    let keys: Vec<String> = (0..300).map(|n| format!("key-{n:06}")).collect();
    let old: Vec<_> = keys.iter().map(|key| (&**key, Some("old"))).collect();
    disk.flush(&old);
    disk.flush(&[("key-000007", Some("new")), ("key-000100", None)]);
    disk.flush(&[("key-000100", None)]);
    let strategy = Strategy::SizeTiered(SizeTiered::default().runs(3));
    let job = next(&disk, &strategy).expect("there are three runs");
    assert_eq!(words(Some(&job)), "0: 3 2 → 0", "the two small tables");
    disk.compact(&job, disk.last_timestamp);
    disk.check(
        [disk.last_timestamp],
        "after the two newer tables were merged",
    );
    let levels = disk.version.levels().iter();
    let counts: Vec<_> = levels.map(Vec::len).collect();
    assert_eq!(
        counts,
        [2, 0, 0, 0, 0, 0, 0],
        "tables a level: the large one and the merged one in level 0; yours left"
    );
    let newest = disk.entries(&disk.version.level(0)[0]);
    let newest: Vec<_> = newest.iter().map(|(key, _)| brief(key.as_key())).collect();
    assert_eq!(
        newest,
        ["key-000007@301", "key-000100@303x"],
        "what lies above; yours left"
    );
}

#[test]
fn versions_of_one_key_are_never_in_two_tables() {
    let mut disk = Disk::new(MemFs::new());
    let value = "x".repeat(29);
    for _ in 0..5 {
        disk.flush(&[
            ("a", Some(&value)),
            ("b", Some(&value)),
            ("c", Some(&value)),
        ]);
    }
    let job = level_zero(&disk);
    disk.compact(&job, 2);
    let times = |key: &str, last: u64| {
        let times = (0..5).map(|n| format!("{key}@{}", last - 3 * n));
        times.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        disk.stored(6),
        format!(
            "{} | {} | {}",
            times("a", 13),
            times("b", 14),
            times("c", 15)
        ),
        "a snapshot at 2 keeps all versions. A table is full after two of them, and ends only with the \
         last one of its key (yours left, expected right)"
    );
    disk.check(2..=15, "after level 0 was compacted");
}

#[test]
fn tables_are_numbered_in_the_order_of_their_keys() {
    let mut disk = Disk::new(MemFs::new());
    let value = "x".repeat(60);
    disk.flush(&[("a", Some(&value)), ("c", Some(&value))]);
    disk.flush(&[("b", Some(&value)), ("c", Some(&value))]);
    let job = level_zero(&disk);
    disk.compact(&job, 9);
    assert_eq!(
        disk.stored(6),
        "a@1 | b@3 | c@4",
        "yours left, expected right"
    );
    assert_eq!(numbers(disk.version.level(6)), [3, 4, 5], "yours left");
}

#[test]
fn the_cache_is_left_to_others() {
    let mut disk = Disk::new(MemFs::new());
    fruits(&mut disk);
    let job = merge_all(&disk);
    let used = disk.cache.used();
    disk.run(&job, 11).expect("nothing goes wrong");
    assert_eq!(
        disk.cache.used(),
        used,
        "each block is read once, so it must not take the place of another in the cache; bytes \
         in the cache, yours left"
    );
}

#[test]
fn inputs_are_read_in_large_pieces() {
    let fs = FaultyFs::new(MemFs::new());
    let mut disk = Disk::new(fs.clone());
    let value = "x".repeat(100);
    let keys: Vec<String> = (0..1_000).map(|n| format!("key-{n:06}")).collect();
    let writes: Vec<_> = keys.iter().map(|key| (&**key, Some(&*value))).collect();
    let inputs = [disk.flush(&writes), disk.flush(&writes)];
    let paths = inputs.map(|number| TableFile::new(directory(), number).path);
    let job = merge_all(&disk);
    let before = fs.operations();
    disk.run(&job, 10_000).expect("nothing goes wrong");
    let log = fs.log();
    let reads = log
        .iter()
        .filter(|io| io.number >= before && io.kind == IoKind::Read && paths.contains(&io.path))
        .count();
    assert!(
        reads < 40,
        "two tables of 110 KiB, in hundreds of blocks, are read with few reads; yours did {reads}"
    );
}

#[test]
fn all_that_is_written_is_paced_first() {
    let mut disk = Disk::new(MemFs::new());
    let value = "x".repeat(1_000);
    let keys: Vec<String> = (0..150).map(|n| format!("key-{n:06}")).collect();
    let writes: Vec<_> = keys.iter().map(|key| (&**key, Some(&*value))).collect();
    disk.flush(&writes);
    disk.flush(&writes[..100]);
    let job = merge_all(&disk);
    disk.run(&job, 1_000).expect("nothing goes wrong");
    // Each of the 150 entries has a key of 10 and a value of 1000 bytes.
    let paced = disk.paced.get();
    assert!(
        (150 * 1_010 - 65_536..=150 * 1_010).contains(&paced),
        "{} bytes were written, and at most 64 KiB of them may not be told yet; yours told of {paced}",
        150 * 1_010
    );
    let calls = disk.pace_calls.get();
    assert!(
        calls <= 2,
        "it may have to look at a clock, so it is told of 64 KiB at a time; yours did so {calls} times"
    );
}

#[test]
fn whoever_runs_a_job_can_end_it() {
    let mut disk = Disk::new(MemFs::new());
    let value = "x".repeat(1_000);
    let keys: Vec<String> = (0..200).map(|n| format!("key-{n:06}")).collect();
    let writes: Vec<_> = keys.iter().map(|key| (&**key, Some(&*value))).collect();
    disk.flush(&writes);
    disk.flush(&writes);
    disk.pace_max = 100_000;
    let before = disk.files();
    let job = level_zero(&disk);
    let ended = disk.run(&job, 1_000);
    assert!(
        matches!(ended, Err(Stop::Host("the database is closing"))),
        "the error of the pace ends the job; yours says {:?}",
        ended.as_ref().map(|_| "that it is done")
    );
    assert_eq!(
        disk.files(),
        before,
        "nothing that was written stays; yours left"
    );
    disk.check([400], "after a job that was ended");
}

#[test]
fn a_failure_at_any_operation_leaves_everything_as_it_was() {
    let whole = FaultyFs::new(MemFs::new());
    let mut disk = Disk::new(whole.clone());
    wide(&mut disk);
    let (job, before) = (merge_all(&disk), disk.files());
    let first = whole.operations();
    disk.run(&job, 2).expect("nothing goes wrong here");
    let last = whole.operations();
    for at in first..last {
        for fault in [
            Fault::Error(ErrorKind::Other),
            Fault::Error(ErrorKind::StorageFull),
        ] {
            let fs = FaultyFs::new(MemFs::new());
            let mut disk = Disk::new(fs.clone());
            wide(&mut disk);
            assert_eq!(disk.files(), before, "each time the same files");
            fs.inject(When::Operation(at), fault);
            let what = &whole.log()[usize::try_from(at).expect("few operations")];
            let story = format!("operation {at} ({:?} {})", what.kind, what.path.display());
            match disk.run(&job, 2) {
                Err(Stop::Table(Error::Core(_))) => {
                    assert_eq!(
                        disk.files(),
                        before,
                        "{story} failed, and so did the job: nothing it wrote may stay; yours left"
                    );
                }
                Err(other) => panic!("{story} failed, and yours says {other:?}"),
                Ok(_) => panic!("{story} failed, and yours says nothing of it"),
            }
            disk.check(2..=8, &format!("after {story} failed"));
        }
    }
}

/// Two tables in level 0 and two in level 6, of which a job makes several.
fn wide(disk: &mut Disk) {
    let value = "x".repeat(60);
    disk.add(6, &[("a", Some(&value)), ("b", Some(&value))]);
    disk.add(6, &[("d", Some(&value)), ("e", Some("short"))]);
    disk.flush(&[("b", Some(&value)), ("e", None)]);
    disk.flush(&[("a", Some("new")), ("f", Some(&value))]);
}

#[test]
fn a_power_cut_at_any_operation_leaves_the_old_tables_whole() {
    let whole = FaultyFs::new(MemFs::new());
    let mut disk = Disk::new(whole.clone());
    wide(&mut disk);
    let job = merge_all(&disk);
    let first = whole.operations();
    disk.run(&job, 2).expect("nothing goes wrong here");
    for at in whole.changes().into_iter().filter(|&at| at >= first) {
        let fs = FaultyFs::new(MemFs::new());
        let mut disk = Disk::new(fs.clone());
        wide(&mut disk);
        fs.cut_power_at(at);
        disk.run(&job, 2).expect_err("the power is off");
        for plan in fs.disk().crash_plans(2) {
            let mut after = Disk::new(fs.crash(&plan));
            (after.version, after.model) = (disk.version.clone(), disk.model.clone());
            after.check(
                [2, 8],
                &format!("after a power cut at operation {at}, {plan}"),
            );
        }
    }
}

#[test]
fn what_a_job_wrote_is_on_the_disk_before_anybody_is_told() {
    let fs = FaultyFs::new(MemFs::new());
    let mut disk = Disk::new(fs.clone());
    wide(&mut disk);
    let job = merge_all(&disk);
    let outcome = disk.run(&job, 2).expect("nothing goes wrong");
    for plan in fs.disk().crash_plans(8) {
        let mut after = Disk::new(fs.crash(&plan));
        after.model = disk.model.clone();
        after.version = disk.version.clone();
        after.commit(&outcome.edit);
        after.check(2..=8, &format!("after a power cut behind the job, {plan}"));
    }
}

#[test]
fn damage_in_an_input_ends_the_job() {
    for input in 0..4 {
        let fs = MemFs::new();
        let mut disk = Disk::new(fs.clone());
        wide(&mut disk);
        let job = merge_all(&disk);
        let before = disk.files();
        let number = job.tables().nth(input).map(|table| table.number);
        let number = number.expect("the job reads four tables");
        // The first block of data lies behind the header.
        let path = TableFile::new(directory(), number).path;
        fs.flip_bit(&path, 80, 3)
            .expect("the file is longer than that");
        match disk.run(&job, 2) {
            Err(Stop::Table(Error::Corruption(damage))) => {
                assert_eq!(damage.path, path, "which table is damaged; yours left");
            }
            other => panic!(
                "table {number} is damaged, and yours says {other:?}: what cannot be read must not \
                 be dropped"
            ),
        }
        assert_eq!(
            disk.files(),
            before,
            "nothing that was written stays; yours left"
        );
    }
}

#[test]
fn an_input_that_is_gone_ends_the_job() {
    for input in 0..4 {
        let fs = MemFs::new();
        let mut disk = Disk::new(fs.clone());
        wide(&mut disk);
        let job = merge_all(&disk);
        let number = job.tables().nth(input).map(|table| table.number);
        let number = number.expect("the job reads four tables");
        let path = TableFile::new(directory(), number).path;
        disk.environment
            .fs
            .remove(&path)
            .expect("the file is there");
        let before = disk.files();
        disk.run(&job, 2).expect_err("a table cannot be read");
        assert_eq!(
            disk.files(),
            before,
            "nothing that was written stays; yours left"
        );
    }
}

#[test]
fn a_request_leaves_one_version_of_each_key_in_one_level() {
    let mut disk = Disk::new(MemFs::new());
    fruits(&mut disk);
    disk.flush(&[("apple", Some("brown")), ("kiwi", None)]);
    let number = disk.next_number;
    let request = Request {
        keys: (Unbounded, Unbounded),
        number,
        timestamp: Timestamp(disk.last_timestamp),
    };
    let strategy = Strategy::default();
    for _ in 0..20 {
        match pick_range(&disk.version, &strategy, &Running::new(), request) {
            Some(job) => disk.compact(&job, disk.last_timestamp),
            None => break,
        };
    }
    assert_eq!(
        disk.stored(6),
        "apple@12 date@4 grape@11",
        "yours left, expected right"
    );
    assert_eq!(
        disk.version.tables().count(),
        1,
        "all of it lies in one table"
    );
    disk.check([13], "after everything was compacted");
}

/// Something that happens to a database.
#[derive(Debug, Clone)]
enum Event {
    /// A table of level 0: keys of this number, each with a value, or a delete; and how long the
    /// values are.
    Flush(Vec<(u8, bool)>, usize),
    /// The next job of a strategy, if it has one.
    Compact(usize),
    /// Somebody begins to read as of now.
    Hold,
    /// The oldest reader lets go.
    Release,
}

fn events() -> impl proptest::strategy::Strategy<Value = Vec<Event>> {
    let flush = prop::collection::vec((0..6_u8, prop::bool::weighted(0.6)), 1..5);
    // Tables of very different sizes, so that some runs are no match for others.
    let size = prop_oneof![3 => Just(8_usize), 1 => Just(800), 1 => Just(8_000)];
    let event = prop_oneof![
        4 => (flush, size).prop_map(|(writes, size)| Event::Flush(writes, size)),
        5 => (0..5_usize).prop_map(Event::Compact),
        1 => Just(Event::Hold),
        1 => Just(Event::Release),
    ];
    prop::collection::vec(event, 1..25)
}

fn strategies() -> [Strategy; 4] {
    [
        Strategy::Levelled(small()),
        Strategy::Levelled(small().level_zero_tables(9)),
        Strategy::SizeTiered(SizeTiered::default().runs(2).table_size(40)),
        Strategy::SizeTiered(
            SizeTiered::default()
                .runs(3)
                .space_amplification_percent(1_000),
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(11),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_reader_finds_what_was_written_whatever_is_compacted_when(events in events()) {
        let mut disk = Disk::new(MemFs::new());
        let mut held: Vec<u64> = Vec::new();
        for (at, event) in events.iter().enumerate() {
            match event {
                Event::Flush(writes, size) => {
                    let value = format!("{at:02}").repeat(size / 2);
                    let keys: Vec<_> = writes.iter().map(|(key, _)| format!("key{key}")).collect();
                    let writes = keys.iter().zip(writes);
                    let writes: Vec<_> = writes
                        .map(|(key, (_, is_put))| (&**key, is_put.then_some(&*value)))
                        .collect();
                    disk.flush(&writes);
                }
                Event::Compact(4) => {
                    let request = Request {
                        keys: (Unbounded, Unbounded),
                        number: disk.next_number,
                        timestamp: Timestamp(disk.last_timestamp),
                    };
                    let strategy = Strategy::Levelled(small());
                    let job = pick_range(&disk.version, &strategy, &Running::new(), request);
                    if let Some(job) = job {
                        let watermark = held.first().copied().unwrap_or(disk.last_timestamp);
                        disk.compact(&job, watermark);
                    }
                }
                Event::Compact(strategy) => {
                    if let Some(job) = next(&disk, &strategies()[*strategy]) {
                        let watermark = held.first().copied().unwrap_or(disk.last_timestamp);
                        disk.compact(&job, watermark);
                    }
                }
                Event::Hold => held.push(disk.last_timestamp),
                Event::Release if held.is_empty() => {}
                Event::Release => {
                    held.remove(0);
                }
            }
            let readers = held.iter().copied().chain([disk.last_timestamp]);
            disk.check(readers, &format!("after event {at} ({event:?}) of {events:?}"));
        }
    }
}
