//! Which crash plans there are for a state, and what chance picks.

use std::path::{Path, PathBuf};

use ferrisdb_core::{Access, FileSystem};
use ferrisdb_testkit::CrashPlan::{
    self, KeepAll, KeepOnly, LoseAll, LoseBytes, LoseNames, LoseOnly, TearLastWrite,
};
use ferrisdb_testkit::{MemFs, SECTOR_SIZE};

const NOTE: &str = "/note";

#[test]
fn the_plans_for_a_state_are_those_that_make_a_difference() {
    let name = |text: &str| PathBuf::from(text);
    let fs = MemFs::new();
    fs.write("one", "").expect("empty");
    let one = fs
        .open(Path::new("one"), Access::ReadWrite)
        .expect("it is there");
    one.append_all(b"12").expect("there is space");
    let tears = [0, 1].map(TearLastWrite);
    let expected = [&[LoseAll, KeepAll][..], &tears].concat();
    assert_eq!(fs.crash_plans(0), expected, "bytes of one file");

    fs.create(Path::new("two")).expect("no two yet");
    let expected = [&[LoseAll, KeepAll, LoseNames, LoseBytes][..], &tears].concat();
    assert_eq!(fs.crash_plans(0), expected, "and a name");

    let two = fs
        .open(Path::new("two"), Access::ReadWrite)
        .expect("it is there");
    two.append_all(b"3").expect("there is space");
    let expected = [
        &[LoseAll, KeepAll, LoseNames, LoseBytes][..],
        &[KeepOnly(name("one")), LoseOnly(name("one"))],
        &[KeepOnly(name("two")), LoseOnly(name("two"))],
        &[TearLastWrite(0), CrashPlan::Random(0), CrashPlan::Random(1)],
    ]
    .concat();
    assert_eq!(fs.crash_plans(2), expected, "and bytes of another file");
    let sizes = |plan: &CrashPlan| {
        let after = fs.crash(plan);
        ["one", "two"].map(|name| after.read(name).map_or(9, |bytes| bytes.len()))
    };
    assert_eq!(sizes(&KeepOnly(name("one"))), [2, 0]);
    assert_eq!(sizes(&LoseOnly(name("one"))), [0, 1]);
    assert_eq!(sizes(&LoseNames), [2, 9]);
    assert_eq!(sizes(&LoseBytes), [0, 0]);
    assert_eq!(sizes(&TearLastWrite(0)), [2, 0]);

    fs.sync_all();
    fs.create(Path::new("three")).expect("no three yet");
    assert_eq!(fs.crash_plans(0), [LoseAll, KeepAll], "only a name");
}

#[test]
fn a_long_write_is_torn_near_its_ends_and_here_and_there() {
    let fs = MemFs::new();
    let file = fs.create(Path::new(NOTE)).expect("empty");
    file.append_all(&[1; 300]).expect("there is space");
    let tears: Vec<usize> = fs
        .crash_plans(0)
        .iter()
        .filter_map(|plan| match plan {
            TearLastWrite(size) => Some(*size),
            _ => None,
        })
        .collect();
    let expected: Vec<usize> = (0..32).chain([97, 194]).chain(268..300).collect();
    assert_eq!(tears, expected);
}

#[test]
fn outcomes_are_counted_from_nothing_to_everything() {
    let fs = MemFs::new();
    fs.create(Path::new("a")).expect("empty");
    fs.remove(Path::new("a")).expect("it is there");
    fs.create(Path::new("b")).expect("no b yet");
    let plans = fs
        .every_crash(8)
        .expect("eight, of which some are impossible");
    let found: Vec<_> = plans.iter().map(|plan| fs.crash(plan).files()).collect();
    let [a, b] = ["a", "b"].map(PathBuf::from);
    let expected = [
        vec![],
        vec![a.clone()],
        vec![],
        vec![b.clone()],
        vec![a, b.clone()],
        vec![b.clone()],
    ];
    assert_eq!(
        found, expected,
        "removing a file never survives without creating it"
    );
    assert_eq!(fs.every_crash(7), None, "more than was asked for");
    let beyond = fs.crash(&CrashPlan::Nth(u64::MAX));
    assert_eq!(beyond.files(), [b], "no such outcome: everything survives");
}

#[test]
fn chance_keeps_mostly_everything_or_nothing_or_half() {
    const COUNT: usize = 8;
    let fs = MemFs::new();
    fs.write(NOTE, vec![0; COUNT * SECTOR_SIZE]).expect("empty");
    let file = fs
        .open(Path::new(NOTE), Access::ReadWrite)
        .expect("it is there");
    for value in 1..=3 {
        file.write_all_at(0, &[value; COUNT * SECTOR_SIZE])
            .expect("there is space");
    }
    for name in 0..COUNT {
        fs.create(Path::new(&name.to_string())).expect("a new name");
    }
    // How many of 500 crashes kept so many names, and so many newest and oldest sectors.
    let mut names = [0; COUNT + 1];
    let mut newest = [0; COUNT + 1];
    let mut oldest = [0; COUNT + 1];
    let mut between = 0;
    let mut torn = 0;
    let mut together = 0;
    for seed in 0..500 {
        let after = fs.crash(&CrashPlan::Random(seed));
        names[after.files().len() - 1] += 1;
        let note = after.read(NOTE).expect("its name is durable");
        let count = |value| {
            let sectors = note.chunks(SECTOR_SIZE);
            sectors
                .filter(|sector| sector.iter().all(|byte| *byte == value))
                .count()
        };
        newest[count(3)] += 1;
        oldest[count(0)] += 1;
        together += usize::from(after.files().len() >= COUNT && count(3) >= COUNT - 1);
        between += count(1) + count(2);
        let whole: usize = (0..=3).map(count).sum();
        torn += COUNT - whole;
    }
    let all = [names, newest, oldest];
    let few = |counts: [usize; COUNT + 1]| counts[..=1].iter().sum::<usize>();
    let many = |counts: [usize; COUNT + 1]| counts[COUNT - 1..].iter().sum::<usize>();
    let half = |counts: [usize; COUNT + 1]| counts[3..=5].iter().sum::<usize>();
    assert!(
        few(names) > 80 && many(names) > 80 && half(names) > 80,
        "names: {all:?}"
    );
    assert!(
        few(newest) > 60 && many(newest) > 60 && half(newest) > 60,
        "newest: {all:?}"
    );
    assert!(few(oldest) > 60 && half(oldest) > 60, "oldest: {all:?}");
    assert!(
        together > 60,
        "names and bytes mostly survive together: {together}"
    );
    assert!(between > 300, "sectors of a moment between: {between}");
    assert!(
        (10..200).contains(&torn),
        "a write is torn now and then: {torn}"
    );
}

#[test]
fn chance_copes_with_the_smallest_writes() {
    let fs = MemFs::new();
    let file = fs.create(Path::new(NOTE)).expect("empty");
    for bytes in [&b""[..], b"1"] {
        file.append(bytes).expect("there is space");
        for seed in 0..50 {
            let after = fs.crash(&CrashPlan::Random(seed));
            assert!(after.read(NOTE).unwrap_or_default().len() <= 1);
        }
    }
}
