//! What is compacted, and where to: all on paper.

mod support;

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::{Arc, OnceLock};

use ferrisdb_compaction::{
    Job, KeyRange, Levelled, Reason, Request, Running, SizeTiered, Split, Strategy, Underneath,
    in_level, in_level_zero, pick, pick_range,
};
use ferrisdb_core::Timestamp;
use ferrisdb_manifest::{TableMeta, Version};

use support::{
    covers, letter, levels, numbers, put, rows, spans, table, version, words, worst_case,
};

fn arcs(tables: &[TableMeta]) -> Vec<Arc<TableMeta>> {
    tables.iter().cloned().map(Arc::new).collect()
}

fn range<'a>(first: &'a str, last: &'a str) -> KeyRange<'a> {
    KeyRange {
        first: first.as_bytes(),
        last: last.as_bytes(),
    }
}

// Which tables overlap.

#[test]
fn in_every_small_level_the_tables_that_share_a_key_with_a_range_are_found() {
    for row in rows(5, 0, 1) {
        for wanted in spans(5, 99) {
            let shares_a_key = |table: &&TableMeta| {
                (b'a'..=b'e').any(|key| covers(table, &[key]) && covers(&wanted, &[key]))
            };
            let expected: Vec<_> = row.iter().filter(shares_a_key).map(|t| t.number).collect();
            let level = arcs(&row);
            let found = numbers(in_level(&level, KeyRange::of(&wanted)));
            assert_eq!(
                found,
                expected,
                "of the level{} the range {}..{} overlaps the tables on the right; yours finds \
                 those on the left",
                row_text(&row),
                wanted.smallest.user_key.escape_ascii(),
                wanted.largest.user_key.escape_ascii()
            );
        }
    }
}

fn row_text(row: &[TableMeta]) -> String {
    let tables = row.iter().map(|table| {
        let range = KeyRange::of(table);
        let (first, last) = (range.first.escape_ascii(), range.last.escape_ascii());
        format!(" {}[{first}..{last}]", table.number)
    });
    tables.collect()
}

#[test]
fn both_ends_of_a_table_and_of_a_range_belong_to_it() {
    let level = arcs(&[table(1, "b", "d", 10), table(2, "f", "h", 10)]);
    for (first, last, expected) in [
        ("a", "b", vec![1]),
        ("d", "f", vec![1, 2]),
        ("h", "z", vec![2]),
        ("e", "e", vec![]),
        ("dd", "ez", vec![]),
        ("c", "c", vec![1]),
        ("", "", vec![]),
        ("hh", "z", vec![]),
    ] {
        let found = numbers(in_level(&level, range(first, last)));
        assert_eq!(
            found, expected,
            "of 1[b..d] 2[f..h] yours (left) overlap {first:?}..{last:?}, expected (right)"
        );
    }
    assert!(
        in_level(&[], range("a", "z")).is_empty(),
        "nothing overlaps anything in an empty level"
    );
}

#[test]
fn in_level_zero_everything_leaves_that_hangs_together_in_any_small_universe() {
    for (a, b, c) in triples(&spans(4, 1)) {
        let tables = [renumbered(&a, 3), renumbered(&b, 2), renumbered(&c, 1)];
        let level = arcs(&tables);
        for start in 0..3 {
            let expected = hang_together(&tables, start);
            let found = numbers(&in_level_zero(&level, &tables[start]));
            assert_eq!(
                found,
                expected,
                "if table {} leaves the level{}, those on the right must leave, newest first; \
                 yours takes those on the left",
                tables[start].number,
                row_text(&tables)
            );
        }
    }
}

fn triples(all: &[TableMeta]) -> impl Iterator<Item = (TableMeta, TableMeta, TableMeta)> + '_ {
    all.iter().flat_map(move |a| {
        all.iter()
            .flat_map(move |b| all.iter().map(move |c| (a.clone(), b.clone(), c.clone())))
    })
}

fn renumbered(table: &TableMeta, number: u64) -> TableMeta {
    let mut table = TableMeta {
        number,
        smallest_timestamp: Timestamp(number),
        largest_timestamp: Timestamp(number),
        ..table.clone()
    };
    table.smallest.timestamp = Timestamp(number);
    table.largest.timestamp = Timestamp(number);
    table
}

/// The numbers of the tables that one table is linked with by keys in common, itself included.
fn hang_together(tables: &[TableMeta], start: usize) -> Vec<u64> {
    let keys: Vec<Vec<u8>> = (b'a'..=b'e').map(|key| vec![key]).collect();
    let mut linked = BTreeSet::from([start]);
    for _ in tables {
        for (at, table) in tables.iter().enumerate() {
            let shares = |other: &usize| {
                keys.iter()
                    .any(|key| covers(table, key) && covers(&tables[*other], key))
            };
            if linked.iter().any(shares) {
                linked.insert(at);
            }
        }
    }
    linked.into_iter().map(|at| tables[at].number).collect()
}

#[test]
fn one_overlap_leads_to_the_next() {
    let level = arcs(&[
        table(9, "g", "i", 10),
        table(8, "x", "z", 10),
        table(7, "e", "g", 10),
        table(6, "a", "c", 10),
        table(5, "c", "e", 10),
    ]);
    for (start, expected) in [(6, vec![9, 7, 6, 5]), (9, vec![9, 7, 6, 5]), (8, vec![8])] {
        let leaves = level.iter().find(|table| table.number == start);
        let leaves = leaves.expect("the table is there");
        let found = numbers(&in_level_zero(&level, leaves));
        assert_eq!(
            found, expected,
            "6[a..c] takes 5[c..e] along, that one 7[e..g], and so on: with table {start} leave \
             yours (left), expected (right)"
        );
    }
}

#[test]
fn one_looks_again_until_nothing_is_added() {
    let zigzags = [
        (
            "9[g..i] 8[i..k] 7[c..g] 6[a..c] 5[k..m]",
            5,
            vec![9, 8, 7, 6, 5],
        ),
        (
            "9[k..m] 8[g..i] 7[c..e] 6[a..b] 5[b..c] 4[e..g] 3[i..k] 2[m..n] 1[y..z]",
            6,
            vec![9, 8, 7, 6, 5, 4, 3, 2],
        ),
    ];
    for (text, start, expected) in zigzags {
        let tables = text.split(' ').map(|words| {
            let number = words[..1].parse().expect("a number of one digit");
            table(number, &words[2..3], &words[5..6], 10)
        });
        let level = arcs(&tables.collect::<Vec<_>>());
        let leaves = level.iter().find(|table| table.number == start);
        let found = numbers(&in_level_zero(&level, leaves.expect("the table is there")));
        assert_eq!(
            found, expected,
            "of {text} table {start} leaves: yours (left) go along, expected (right); each one that \
             goes along may touch another, on either side of it"
        );
    }
}

// How large the levels should be.

fn small() -> Levelled {
    Levelled::default()
        .level_zero_tables(2)
        .base_size(100)
        .factor(10)
        .table_size(40)
}

fn last_level_of(size: u64) -> Version {
    version((size > 0).then(|| (6, table(1, "a", "z", size))))
}

#[test]
fn the_base_is_the_first_level_whose_target_fits_into_the_base_size() {
    for (size, base) in [
        (0, 6),
        (99, 6),
        (100, 6),
        (101, 5),
        (1_000, 5),
        (1_009, 5),
        (1_010, 4),
        (10_000, 4),
        (100_000, 3),
        (1_000_000, 2),
        (10_000_000, 1),
        (1_000_000_000_000, 1),
    ] {
        let targets = small().targets(&last_level_of(size));
        assert_eq!(
            targets.base, base,
            "with a base size of 100, a factor of 10, and {size} bytes in level 6, yours (left) \
             is the base, expected (right)"
        );
    }
}

#[test]
fn every_target_is_a_factor_smaller_than_the_one_below_and_none_is_below_the_base_size() {
    let targets = |size| small().targets(&last_level_of(size)).sizes;
    let all = u64::MAX;
    for (size, expected) in [
        (50, [all, 100, 100, 100, 100, 100, 100]),
        (500, [all, 100, 100, 100, 100, 100, 500]),
        (5_000, [all, 100, 100, 100, 100, 500, 5_000]),
        (98_765, [all, 100, 100, 100, 987, 9_876, 98_765]),
    ] {
        assert_eq!(
            targets(size),
            expected,
            "with a base size of 100, a factor of 10, and {size} bytes in level 6, yours (left) \
             are the targets, expected (right)"
        );
    }
    let factor_4 = small().factor(4).targets(&last_level_of(5_000)).sizes;
    assert_eq!(
        factor_4,
        [all, 100, 100, 100, 312, 1_250, 5_000],
        "the same with a factor of 4 and 5000 bytes"
    );
}

#[test]
fn the_base_is_never_below_a_level_that_holds_something() {
    for (used, base) in [
        (vec![3], 3),
        (vec![3, 4], 3),
        (vec![2, 3], 2),
        (vec![1, 4], 1),
        (vec![5], 5),
        (vec![], 5),
    ] {
        let tables = used
            .iter()
            .zip(2..)
            .map(|(&level, n)| (level, table(n, "a", "b", 10)));
        let last = [(6, table(1, "a", "z", 500))];
        let targets = small().targets(&version(tables.chain(last)));
        assert_eq!(
            targets.base, base,
            "what is flushed now is newer than what lies in the levels {used:?} above the last \
             one, so it must not go below any of these; yours (left) is the base, expected (right)"
        );
        let sizes = [u64::MAX, 100, 100, 100, 100, 100, 500];
        assert_eq!(
            targets.sizes, sizes,
            "the targets stay as they are; yours left"
        );
    }
}

#[test]
fn what_lies_in_the_base_or_below_it_does_not_move_it() {
    for (used, base) in [(vec![5], 4), (vec![4], 4), (vec![4, 5], 4), (vec![3, 5], 3)] {
        let tables = used
            .iter()
            .zip(2..)
            .map(|(&level, n)| (level, table(n, "a", "b", 10)));
        let last = [(6, table(1, "a", "z", 5_000))];
        let targets = small().targets(&version(tables.chain(last)));
        assert_eq!(
            targets.base, base,
            "with a base size of 100, a factor of 10 and 5000 bytes in level 6 the base is 4, and \
             a level above it only if that one holds something. The levels {used:?} do, besides \
             the last; yours (left) is the base, expected (right)"
        );
    }
}

#[test]
fn targets_are_counted_from_the_last_level_also_if_it_is_empty() {
    for (used, base) in [(5, 5), (3, 3), (1, 1)] {
        let targets = small().targets(&version([(used, table(1, "a", "z", 5_000))]));
        let sizes = [u64::MAX, 100, 100, 100, 100, 100, 100];
        assert_eq!(
            (targets.base, targets.sizes),
            (base, sizes),
            "only level {used} holds something, 5000 bytes, and level 6 is empty; with a base \
             size of 100 yours (left) are the base and the targets, expected (right)"
        );
    }
}

#[test]
fn settings_without_a_sense_are_taken_for_the_nearest_that_have_one() {
    let odd = Levelled::default()
        .level_zero_tables(0)
        .base_size(0)
        .factor(1)
        .table_size(0);
    let sound = Levelled::default()
        .level_zero_tables(1)
        .base_size(1)
        .factor(2)
        .table_size(1);
    let targets = odd.targets(&last_level_of(16)).sizes;
    assert_eq!(
        targets[2..],
        [1, 2, 4, 8, 16],
        "a factor of at least 2; yours left"
    );
    assert_eq!(odd, sound, "each setting has a least value; yours left");
    assert_eq!(odd.level_zero_trigger(), 1, "yours left");
    let six = Levelled::default().level_zero_tables(6);
    assert_eq!(six.level_zero_trigger(), 6, "yours left");
    let odd = SizeTiered::default().runs(0).table_size(0);
    assert_eq!(
        odd,
        SizeTiered::default().runs(2).table_size(1),
        "yours left"
    );
    assert_eq!(odd.run_trigger(), 2, "yours left");
    let default = Strategy::Levelled(Levelled::default());
    assert_eq!(Strategy::default(), default, "yours left");
}

// What the levelled strategy picks.

#[track_caller]
fn check(strategy: &Strategy, version: &Version, busy: &[u64], expected: &str) {
    let job = pick(version, strategy, &busy_with(busy));
    assert_eq!(
        words(job.as_ref()),
        expected,
        "for these levels, with the tables {busy:?} busy, yours is the job on the left, expected \
         on the right\n{}",
        levels(version)
    );
}

/// Jobs that read these tables are under way.
fn busy_with(tables: &[u64]) -> Running {
    Running::new().with_tables(tables.iter().copied())
}

fn levelled(levelled: Levelled) -> Strategy {
    Strategy::Levelled(levelled)
}

#[test]
fn level_zero_is_compacted_once_it_has_so_many_tables() {
    let strategy = levelled(small().level_zero_tables(3));
    let mut tables = vec![(0, table(1, "a", "k", 10)), (0, table(2, "b", "m", 10))];
    check(&strategy, &version(tables.clone()), &[], "nothing to do");
    tables.push((0, table(3, "c", "z", 10)));
    check(&strategy, &version(tables), &[], "0: 3 2 1 → 6");
}

#[test]
fn level_zero_takes_along_what_it_overlaps_in_the_base() {
    let version = version([
        (0, table(9, "g", "i", 10)),
        (0, table(8, "d", "g", 10)),
        (5, table(2, "a", "c", 10)),
        (5, table(3, "d", "e", 10)),
        (5, table(4, "h", "k", 10)),
        (5, table(5, "l", "z", 10)),
        (6, table(1, "a", "z", 900)),
    ]);
    check(&levelled(small()), &version, &[], "0: 9 8, 5: 3 4 → 5");
}

#[test]
fn of_level_zero_the_oldest_table_goes_first() {
    let version = version([
        (0, table(9, "a", "b", 10)),
        (0, table(8, "c", "d", 10)),
        (0, table(7, "e", "f", 10)),
    ]);
    check(&levelled(small()), &version, &[], "moves 0: 7 → 6");
}

#[test]
fn level_zero_waits_while_something_it_needs_is_busy() {
    let strategy = levelled(small());
    let version = version([
        (0, table(9, "a", "b", 10)),
        (0, table(8, "b", "d", 10)),
        (0, table(7, "d", "f", 10)),
        (6, table(1, "f", "z", 50)),
    ]);
    check(&strategy, &version, &[], "0: 9 8 7, 6: 1 → 6");
    for busy in [1, 9] {
        check(&strategy, &version, &[busy], "nothing to do");
    }
}

#[test]
fn tables_that_are_busy_do_not_count_for_how_full_a_level_is() {
    let version = version([
        (0, table(9, "a", "b", 10)),
        (0, table(8, "x", "z", 10)),
        (5, table(3, "a", "c", 60)),
        (5, table(4, "e", "g", 60)),
        (6, table(1, "a", "z", 500)),
    ]);
    let scores = small().scores(&version, &Running::new());
    assert_eq!(
        scores[..2],
        [(5, 1200), (0, 1000)],
        "yours left, expected right"
    );
    let scores = small().scores(&version, &busy_with(&[4, 8]));
    assert_eq!(
        scores[..2],
        [(5, 600), (0, 500)],
        "tables 4 and 8 are on their way out; yours left, expected right"
    );
    check(&levelled(small()), &version, &[4, 8], "nothing to do");
}

#[test]
fn a_level_that_holds_exactly_its_target_is_full() {
    let last = || (6, table(1, "a", "z", 500));
    let almost = version([(5, table(2, "a", "c", 99)), last()]);
    check(&levelled(small()), &almost, &[], "nothing to do");
    let full = version([(5, table(2, "a", "c", 100)), last()]);
    check(&levelled(small().factor(20)), &full, &[], "5: 2, 6: 1 → 6");
}

#[test]
fn the_last_level_is_never_full() {
    let version = version([(6, table(1, "a", "k", 900_000)), (6, table(2, "l", "z", 9))]);
    check(&levelled(small()), &version, &[], "nothing to do");
}

#[test]
fn the_fullest_level_comes_first_and_the_next_one_if_that_is_busy() {
    let version = version([
        (0, table(9, "a", "z", 10)),
        (0, table(8, "a", "z", 10)),
        (0, table(7, "a", "z", 10)),
        (4, table(6, "a", "c", 210)),
        (5, table(3, "m", "p", 600)),
        (6, table(1, "a", "d", 2_000)),
        (6, table(2, "m", "z", 3_000)),
    ]);
    let strategy = levelled(small().table_size(200));
    check(&strategy, &version, &[], "moves 4: 6 → 5");
    check(&strategy, &version, &[6], "5: 3, 6: 2 → 6");
    check(&strategy, &version, &[6, 2], "nothing to do");
}

#[test]
fn the_table_goes_that_is_cheapest_to_get_rid_of() {
    let level_6 = [
        (6, table(1, "a", "f", 300)),
        (6, table(2, "g", "k", 100)),
        (6, table(3, "l", "z", 300)),
    ];
    let level_5 = |sizes: [u64; 3]| {
        [
            (5, table(13, "a", "b", sizes[0])),
            (5, table(12, "g", "h", sizes[1])),
            (5, table(11, "p", "q", sizes[2])),
        ]
    };
    let with = |sizes| version(level_5(sizes).into_iter().chain(level_6.clone()));
    let strategy = levelled(small());
    // For each byte that goes, 3, 2 and 3 bytes are written anew.
    check(&strategy, &with([100, 50, 100]), &[], "5: 12, 6: 2 → 6");
    // 3, 10 and 2.
    check(&strategy, &with([100, 10, 150]), &[], "5: 11, 6: 3 → 6");
    // 3 for each: the table with the lowest number is the oldest.
    check(&strategy, &with([90, 30, 90]), &[], "5: 11, 6: 3 → 6");
    // The cheapest overlaps a table that is busy.
    check(&strategy, &with([100, 50, 100]), &[2], "5: 11, 6: 3 → 6");
    check(
        &strategy,
        &with([100, 50, 100]),
        &[12, 3],
        "5: 13, 6: 1 → 6",
    );
}

#[test]
fn a_table_that_overlaps_nothing_is_moved_as_it_is() {
    let version = version([
        (5, table(12, "a", "b", 60)),
        (5, table(11, "g", "h", 60)),
        (6, table(1, "a", "c", 300)),
        (6, table(2, "i", "z", 300)),
    ]);
    check(&levelled(small()), &version, &[], "moves 5: 11 → 6");
}

#[test]
fn a_table_is_merged_if_moving_it_would_make_the_next_compaction_too_large() {
    // A table of 40 bytes, or what is to become of it, may overlap 10 times as much: 400 bytes.
    for (size, expected) in [(200, "moves 4: 9 → 5"), (201, "4: 9 → 5")] {
        let version = version([
            (4, table(9, "d", "n", 3_000)),
            (6, table(1, "a", "e", 200)),
            (6, table(2, "f", "p", size)),
            (6, table(3, "q", "z", 19_600)),
        ]);
        check(&levelled(small()), &version, &[], expected);
    }
}

#[test]
fn a_job_says_what_it_is_about() {
    let version = version([
        (0, table(9, "g", "i", 10)),
        (0, table(8, "d", "g", 20)),
        (6, table(1, "a", "e", 50)),
    ]);
    let job = pick(&version, &levelled(small()), &Running::new()).expect("level 0 is full");
    assert_eq!(job.reason, Reason::LevelZero);
    assert_eq!(job.numbers(), [9, 8, 1], "newest first; yours left");
    assert_eq!(job.size(), 80, "bytes read; yours left");
    assert_eq!(job.range(), Some(range("a", "i")), "yours left");
}

// What the size-tiered strategy picks.

/// Runs of these sizes, the newest first: all but the last in level 0, and that one in level 6.
fn runs(sizes: &[u64]) -> Version {
    let count = sizes.len();
    let tables = sizes.iter().enumerate().map(|(at, &size)| {
        let level = if at + 1 == count { 6 } else { 0 };
        (level, table((count - at) as u64, "a", "z", size))
    });
    version(tables)
}

fn tiered() -> SizeTiered {
    SizeTiered::default().runs(4).table_size(40)
}

fn size_tiered(tiered: SizeTiered) -> Strategy {
    Strategy::SizeTiered(tiered)
}

#[test]
fn nothing_is_merged_as_long_as_there_are_few_runs() {
    let strategy = size_tiered(tiered());
    check(&strategy, &runs(&[10, 10, 1_000]), &[], "nothing to do");
    check(&strategy, &runs(&[10, 10, 10, 1_000]), &[], "0: 4 3 2 → 5");
}

#[test]
fn neighbours_of_similar_size_are_merged() {
    let strategy = size_tiered(tiered().size_ratio_percent(10));
    for (sizes, expected) in [
        // 11 is no more than 10 and a tenth of it; 22 no more than 21 and a tenth; 100 is.
        ([10, 11, 22, 100, 1_000], "0: 5 4 3 → 0"),
        ([10, 11, 23, 100, 1_000], "0: 5 4 3 → 0"),
        ([10, 11, 24, 100, 1_000], "0: 5 4 → 0"),
        // The newest is too small for its neighbour; the search goes on from there.
        ([10, 12, 13, 90, 1_000], "0: 4 3 → 0"),
        ([10, 90, 1_000, 1_000, 90_000], "0: 3 2 → 5"),
        // The first row is taken, not the longest.
        ([10, 10, 500, 400, 900], "0: 5 4 → 0"),
        // A smaller one is always taken along.
        ([50, 10, 20, 300, 1_000], "0: 5 4 3 → 0"),
    ] {
        check(&strategy, &runs(&sizes), &[], expected);
    }
}

#[test]
fn the_oldest_run_may_be_part_of_a_row() {
    let strategy = size_tiered(tiered());
    // The newer ones have less than twice its size, so it is not about the wasted space.
    check(&strategy, &runs(&[10, 25, 90, 90]), &[], "0: 2, 6: 1 → 6");
    let all = "0: 4 3 2, 6: 1 → 6";
    check(&strategy, &runs(&[10, 10, 15, 30]), &[], all);
}

#[test]
fn behind_a_busy_run_the_search_for_a_row_goes_on() {
    let strategy = size_tiered(tiered());
    let five = runs(&[10, 1, 50, 50, 1_000]);
    // 1 and 50 are not similar, so counting alone would take these as well.
    check(&strategy, &five, &[5], "0: 3 2 → 5");
    check(&strategy, &five, &[4], "0: 3 2 → 5");
    check(&strategy, &five, &[5, 4], "0: 3 2 → 5");
}

#[test]
fn only_neighbours_are_merged() {
    let strategy = size_tiered(tiered());
    // The small ones are of the same size and have a large one in between.
    check(&strategy, &runs(&[10, 500, 10, 9_000]), &[], "0: 3 2 → 5");
    check(
        &strategy,
        &runs(&[10, 90, 800, 7_000, 90_000]),
        &[],
        "0: 5 4 3 → 0",
    );
}

#[test]
fn with_too_many_runs_the_newest_become_one() {
    let strategy = size_tiered(tiered());
    // None are similar. With 4 runs it is one too many, with 6 three too many.
    check(&strategy, &runs(&[1, 10, 100, 1_000]), &[], "0: 4 3 → 0");
    let six = runs(&[1, 10, 100, 1_000, 10_000, 100_000]);
    check(&strategy, &six, &[], "0: 6 5 4 3 → 0");
}

#[test]
fn everything_is_merged_once_the_newer_runs_outweigh_the_oldest() {
    let strategy = |percent| size_tiered(tiered().space_amplification_percent(percent));
    for (percent, expected) in [(31, "0: 4 3 → 0"), (30, "0: 4 3 2, 6: 1 → 6")] {
        check(&strategy(percent), &runs(&[1, 9, 20, 100]), &[], expected);
    }
    let job =
        pick(&runs(&[1, 9, 20, 100]), &strategy(30), &Running::new()).expect("there is a job");
    assert_eq!(job.reason, Reason::SpaceAmplification);
}

#[test]
fn a_run_goes_as_deep_as_the_next_older_one_allows() {
    let strategy = size_tiered(tiered());
    let tables = |level| {
        [
            (0, table(9, "a", "z", 10)),
            (0, table(8, "a", "z", 10)),
            (0, table(7, "a", "z", 10)),
            (level, table(1, "a", "z", 1_000)),
        ]
    };
    for (level, output) in [(6, 5), (3, 2), (2, 1), (1, 0)] {
        let expected = format!("0: 9 8 7 → {output}");
        check(&strategy, &version(tables(level)), &[], &expected);
    }
    let deeper = version([
        (0, table(9, "a", "z", 10)),
        (3, table(8, "a", "k", 5)),
        (3, table(7, "l", "z", 5)),
        (4, table(6, "a", "z", 20)),
        (6, table(1, "a", "z", 1_000)),
    ]);
    check(&strategy, &deeper, &[], "0: 9, 3: 8 7, 4: 6 → 5");
}

#[test]
fn only_the_runs_beside_the_busy_ones_are_merged() {
    let strategy = size_tiered(tiered().space_amplification_percent(25));
    let sizes = [10, 10, 10, 10, 10, 40];
    check(&strategy, &runs(&sizes), &[], "0: 6 5 4 3 2, 6: 1 → 6");
    check(&strategy, &runs(&sizes), &[1], "0: 6 5 4 3 2 → 5");
    check(&strategy, &runs(&sizes), &[6], "0: 5 4 3 2, 6: 1 → 6");
    check(&strategy, &runs(&sizes), &[3], "0: 2, 6: 1 → 6");
    check(&strategy, &runs(&sizes), &[2], "0: 6 5 4 3 → 0");
    check(&strategy, &runs(&sizes), &[5, 3, 1], "nothing to do");
    let strategy = size_tiered(tiered().space_amplification_percent(0));
    let four = runs(&[10, 10, 10, 40]);
    check(&strategy, &four, &[4, 2], "nothing to do");
}

#[test]
fn with_too_many_runs_only_free_neighbours_become_one() {
    let strategy = size_tiered(tiered());
    let six = runs(&[1, 10, 100, 1_000, 10_000, 100_000]);
    check(&strategy, &six, &[6], "0: 5 4 3 2 → 5");
    check(&strategy, &six, &[5], "0: 4 3 2, 6: 1 → 6");
    check(&strategy, &six, &[4], "0: 6 5 → 0");
    check(&strategy, &six, &[5, 3, 1], "nothing to do");
}

#[test]
fn tables_that_came_into_level_zero_together_are_one_run() {
    let strategy = size_tiered(tiered());
    let at_once = |number, first, last, size| TableMeta {
        smallest_timestamp: Timestamp(50),
        largest_timestamp: Timestamp(50),
        ..table(number, first, last, size)
    };
    let ingested = |older| {
        version([
            (0, at_once(11, "n", "z", 5)),
            (0, at_once(10, "a", "m", 64)),
            (0, table(8, "a", "z", older)),
            (0, table(7, "a", "z", 500)),
            (6, table(1, "a", "z", 1_000)),
        ])
    };
    let counted = [strategy.clone(), levelled(small())].map(|by| by.level_zero(&ingested(60)));
    assert_eq!(counted, [3, 4], "runs, and tables");
    // If 10 were merged with 8 alone, the result would lie above 11, and hide it with what is
    // older.
    check(&strategy, &ingested(60), &[], "0: 11 10 8 → 0");
    check(&strategy, &ingested(80), &[], "0: 11 10 8 → 0");
    check(&strategy, &ingested(60), &[11], "0: 8 7 → 5");
    check(&strategy, &ingested(60), &[10], "0: 8 7 → 5");
}

// What a request for a range picks.

fn request<'a>(first: Bound<&'a str>, last: Bound<&'a str>) -> Request<'a> {
    Request {
        keys: (first.map(str::as_bytes), last.map(str::as_bytes)),
        number: 100,
        timestamp: Timestamp(100),
    }
}

fn everything() -> Request<'static> {
    request(Bound::Unbounded, Bound::Unbounded)
}

#[track_caller]
fn check_range(version: &Version, busy: &[u64], request: Request<'_>, expected: &str) {
    let job = pick_range(version, &Strategy::default(), &busy_with(busy), request);
    assert_eq!(
        words(job.as_ref()),
        expected,
        "for these levels, with the tables {busy:?} busy, yours is the job on the left, expected \
         on the right\n{}",
        levels(version)
    );
}

#[test]
fn a_request_brings_everything_into_the_lowest_level_step_by_step() {
    let mut version = version([
        (0, table(9, "a", "f", 10)),
        (0, table(8, "c", "k", 10)),
        (3, table(7, "b", "d", 10)),
        (6, table(2, "a", "c", 10)),
        (6, table(3, "e", "k", 10)),
        (6, table(4, "x", "z", 10)),
    ]);
    for (number, expected) in [
        (101, "0: 9 8, 3: 7 → 3"),
        (102, "3: 101, 6: 2 3 → 6"),
        (103, "6: 4 → 6"),
    ] {
        check_range(&version, &[], everything(), expected);
        let job = pick_range(
            &version,
            &Strategy::default(),
            &Running::new(),
            everything(),
        );
        let job = job.expect("there is something to do");
        assert_eq!(job.reason, Reason::Manual);
        version = worst_case(&version, &job, number).expect("the job leads to a version");
    }
    check_range(&version, &[], everything(), "nothing to do");
}

#[test]
fn level_zero_alone_goes_into_the_last_level_and_is_written_anew_there() {
    let in_level_0 = version([(0, table(9, "a", "f", 10))]);
    check_range(&in_level_0, &[], everything(), "moves 0: 9 → 6");
    let in_level_6 = version([(6, table(9, "a", "f", 10))]);
    check_range(&in_level_6, &[], everything(), "6: 9 → 6");
    let written_since = version([(6, table(100, "a", "f", 10))]);
    check_range(&written_since, &[], everything(), "nothing to do");
    let on_its_way = version([
        (3, table(102, "a", "f", 10)),
        (5, table(101, "a", "f", 10)),
        (6, table(100, "a", "f", 10)),
    ]);
    check_range(&on_its_way, &[], everything(), "nothing to do");
}

#[test]
fn a_request_leaves_what_was_flushed_after_it() {
    let version = version([(0, table(101, "a", "f", 10)), (6, table(102, "a", "f", 10))]);
    check_range(&version, &[], everything(), "nothing to do");
    let later = Request {
        timestamp: Timestamp(101),
        ..everything()
    };
    check_range(&version, &[], later, "0: 101, 6: 102 → 6");
}

#[test]
fn a_request_knows_the_ends_of_its_range() {
    use Bound::{Excluded, Included, Unbounded};
    let version = version([(6, table(1, "d", "h", 10))]);
    for (first, last, is_wanted) in [
        (Included("h"), Unbounded, true),
        (Excluded("h"), Unbounded, false),
        (Included("hh"), Unbounded, false),
        (Excluded("g"), Unbounded, true),
        (Unbounded, Included("d"), true),
        (Unbounded, Excluded("d"), false),
        (Unbounded, Included("cc"), false),
        (Unbounded, Excluded("dd"), true),
        (Included("e"), Excluded("f"), true),
    ] {
        let expected = if is_wanted {
            "6: 1 → 6"
        } else {
            "nothing to do"
        };
        check_range(&version, &[], request(first, last), expected);
    }
}

#[test]
fn a_request_does_what_it_can_beside_running_jobs() {
    let version = version([
        (4, table(8, "a", "c", 10)),
        (4, table(7, "e", "g", 10)),
        (6, table(2, "a", "d", 10)),
        (6, table(3, "e", "g", 10)),
    ]);
    check_range(&version, &[8], everything(), "4: 7, 6: 3 → 6");
    check_range(&version, &[2, 7], everything(), "6: 3 → 6");
    check_range(&version, &[2, 3], everything(), "nothing to do");
}

// What lies underneath a job.

#[test]
fn keys_may_be_skipped_when_asking_what_lies_underneath() {
    let version = version([
        (0, table(9, "a", "z", 10)),
        (0, table(8, "a", "z", 10)),
        (5, table(3, "a", "b", 10)),
        (6, table(4, "c", "d", 10)),
        (6, table(5, "f", "g", 10)),
        (6, table(6, "i", "k", 10)),
    ]);
    let job = pick_range(
        &version,
        &Strategy::default(),
        &Running::new(),
        everything(),
    );
    let job = job.expect("level 0 is not empty");
    assert_eq!(words(Some(&job)), "0: 9 8, 5: 3 → 5");
    for (keys, expected) in [
        (["a", "cc", "e", "g", "k"], [false, true, false, true, true]),
        (["i", "i", "j", "l", "zz"], [true, true, true, false, false]),
        (["c", "d", "f", "h", "i"], [true, true, true, false, true]),
    ] {
        let mut underneath = Underneath::new(&version, &job);
        let found = keys.map(|key| underneath.may_hold(key.as_bytes()));
        assert_eq!(
            found, expected,
            "below the job there is 4[c..d] 5[f..g] 6[i..k]; asked for {keys:?} in turn, yours \
             left, expected right"
        );
    }
}

#[test]
fn what_may_lie_underneath_a_request_is_known_of_every_key_in_every_small_universe() {
    for version in small_versions() {
        // What is newer than these times stays where it is, above the job.
        for timestamp in [20, 30] {
            let request = Request {
                timestamp: Timestamp(timestamp),
                ..everything()
            };
            let strategy = Strategy::default();
            let job = pick_range(&version, &strategy, &Running::new(), request);
            if let Some(job) = job {
                check_underneath(&version, &job);
            }
        }
    }
}

#[test]
fn what_may_lie_underneath_any_job_is_known_of_every_key_in_every_small_universe() {
    for (version, job) in small_jobs() {
        check_underneath(version, job);
    }
}

fn check_underneath(version: &Version, job: &Job) {
    let mut underneath = Underneath::new(version, job);
    let tables: Vec<_> = version.tables().map(|(_, table)| table).collect();
    let newest = tables.iter().position(|table| job.reads(table.number));
    let older = &tables[newest.expect("a job reads a table of its version")..];
    for key in (0..4).map(letter) {
        let may_hold =
            |table: &&&Arc<TableMeta>| !job.reads(table.number) && covers(table, key.as_bytes());
        let expected = older.iter().find(may_hold).map(|table| table.number);
        // A key may be asked for more than once.
        for _ in 0..2 {
            assert_eq!(
                underneath.may_hold(key.as_bytes()),
                expected.is_some(),
                "whether an older version of {key:?} may lie underneath the job {} (yours left); \
                 the first table that may hold one: {expected:?}\n{}",
                words(Some(job)),
                levels(version)
            );
        }
    }
}

/// Jobs of both strategies and of requests, for versions of all kinds over three letters.
fn small_jobs() -> &'static [(Version, Job)] {
    static JOBS: OnceLock<Vec<(Version, Job)>> = OnceLock::new();
    JOBS.get_or_init(|| {
        let versions = small_versions().into_iter();
        let jobs = versions.flat_map(|version| {
            let jobs = jobs_of(&version, &Running::new()).into_iter();
            jobs.map(move |job| (version.clone(), job))
        });
        jobs.collect()
    })
}

/// Every job that could come next.
fn jobs_of(version: &Version, running: &Running) -> Vec<Job> {
    let eager = Levelled::default()
        .level_zero_tables(1)
        .base_size(1)
        .factor(2)
        .table_size(10);
    let picked = [
        levelled(eager.clone()),
        levelled(eager.level_zero_tables(9)),
        size_tiered(tiered().runs(2)),
        size_tiered(tiered().runs(2).space_amplification_percent(0)),
    ];
    let picked = picked
        .iter()
        .filter_map(|strategy| pick(version, strategy, running));
    let requested = pick_range(version, &Strategy::default(), running, everything());
    let mut jobs: Vec<Job> = Vec::new();
    for job in picked.chain(requested) {
        let is_same = |other: &Job| words(Some(other)) == words(Some(&job));
        if !jobs.iter().any(is_same) {
            jobs.push(job);
        }
    }
    jobs
}

fn small_versions() -> Vec<Version> {
    let mut versions = Vec::new();
    let level_zero = || spans(3, 0).into_iter().map(Some).chain([None]);
    for (newer, older) in level_zero().flat_map(|a| level_zero().map(move |b| (a.clone(), b))) {
        for upper in rows(3, 0, 10) {
            for lower in rows(3, 0, 1) {
                let tables = newer
                    .iter()
                    .map(|table| (0, renumbered(table, 30)))
                    .chain(older.iter().map(|table| (0, renumbered(table, 20))))
                    .chain(upper.iter().cloned().map(|table| (5, table)))
                    .chain(lower.into_iter().map(|table| (6, table)));
                versions.push(version(tables));
            }
        }
    }
    versions
}

// What holds for every job.

#[test]
fn no_job_takes_a_key_past_an_older_version_in_any_small_universe() {
    for (version, job) in small_jobs() {
        check_order(version, &[job]);
    }
}

/// Fails if some jobs, committed one after the other, lead to no version, or put a version of a
/// key below an older one.
fn check_order(version: &Version, jobs: &[&Job]) {
    let story = || {
        let jobs = jobs.iter().map(|job| words(Some(job)));
        let jobs = jobs.collect::<Vec<_>>().join(", then ");
        format!("the job {jobs}, done to\n{}", levels(version))
    };
    let mut after = version.clone();
    for (number, job) in (50..).zip(jobs) {
        after = worst_case(&after, job, number)
            .unwrap_or_else(|why| panic!("{}leads to no version: {why}", story()));
    }
    let places = (0..).zip(after.tables());
    let places: HashMap<u64, usize> = places.map(|(at, (_, table))| (table.number, at)).collect();
    for key in (0..3).map(letter) {
        let mut newer: Option<&Arc<TableMeta>> = None;
        let mut lowest = 0;
        let holders = version.tables().map(|(_, table)| table);
        for table in holders.filter(|table| covers(table, key.as_bytes())) {
            let output = (50..).zip(jobs).find(|(_, job)| job.reads(table.number));
            let place = places[&output.map_or(table.number, |(number, _)| number)];
            assert!(
                place >= lowest,
                "{}puts what table {} holds of {key:?} above what table {} holds of it, which is \
                 newer",
                story(),
                table.number,
                newer.map_or(0, |newer| newer.number)
            );
            (lowest, newer) = (place, Some(table));
        }
    }
}

#[test]
fn two_jobs_can_run_side_by_side_in_any_small_universe() {
    for (version, first) in small_jobs().iter().step_by(3) {
        let mut running = Running::new();
        running.begin(first);
        for second in jobs_of(version, &running) {
            assert!(
                !second.tables().any(|table| first.reads(table.number)),
                "the jobs {} and {} read the same table of\n{}",
                words(Some(first)),
                words(Some(&second)),
                levels(version)
            );
            check_order(version, &[first, &second]);
            check_order(version, &[&second, first]);
        }
    }
}

#[test]
fn two_jobs_do_not_write_to_the_same_part_of_a_level() {
    let version = version([
        (0, table(9, "b", "b", 10)),
        (0, table(8, "a", "a", 10)),
        (6, table(1, "a", "a", 10)),
        (6, table(2, "c", "c", 10)),
    ]);
    let strategy = size_tiered(tiered().runs(2));
    let later = Running::new().with_tables([9]);
    let merge = pick(&version, &strategy, &later).expect("two runs are free");
    assert_eq!(words(Some(&merge)), "0: 8, 6: 1 2 → 6");
    let mut running = Running::new();
    running.begin(&merge);
    let job = pick_range(&version, &strategy, &running, everything());
    assert_eq!(
        words(job.as_ref()),
        "nothing to do",
        "a table of b must not come to level 6 while a job writes a table from a to c there"
    );
}

#[test]
fn two_jobs_may_write_to_the_same_part_of_level_zero() {
    let version = runs(&[10, 10, 500, 400, 9_000, 900_000]);
    let strategy = size_tiered(tiered().size_ratio_percent(10));
    let mut running = Running::new();
    for expected in ["0: 6 5 → 0", "0: 4 3 → 0"] {
        let job = pick(&version, &strategy, &running);
        assert_eq!(
            words(job.as_ref()),
            expected,
            "tables of level 0 may overlap; yours left, expected right"
        );
        running.begin(&job.expect("it was compared"));
    }
}

#[test]
fn a_job_that_has_ended_is_in_nobodys_way() {
    let version = version([
        (5, table(12, "a", "c", 60)),
        (5, table(11, "g", "h", 60)),
        (6, table(1, "b", "c", 300)),
        (6, table(2, "h", "z", 300)),
    ]);
    let mut running = Running::new();
    let first = pick(&version, &levelled(small()), &running).expect("level 5 is full");
    running.begin(&first);
    assert!(!running.is_empty(), "a job is under way");
    assert!(!running.allows(&first), "a job is in its own way");
    let second = pick(&version, &levelled(small().base_size(50)), &running);
    let second = second.expect("the other half of level 5 is free");
    assert!(running.allows(&second), "what was picked may begin");
    running.begin(&second);
    running.end(&first);
    assert!(
        running.allows(&first),
        "its tables are free again, and so is its place"
    );
    assert!(!running.allows(&second), "the other one is still under way");
    running.end(&second);
    assert!(running.is_empty(), "both have ended");
    assert!(running.allows(&second), "nothing is in its way any more");
}

// Where a table ends.

/// The keys of some entries, each with a value of that many bytes, with ` | ` where a new table
/// begins.
fn split(job: &Job, entries: &[(&str, usize)]) -> String {
    let mut split = Split::new(job);
    let mut text = String::new();
    for (at, (key, size)) in entries.iter().enumerate() {
        let timestamp = (entries.len() - at) as u64;
        if split.before(put(key.as_bytes(), timestamp), &vec![0; *size]) {
            text.push_str("| ");
        }
        text.push_str(key);
        text.push(' ');
    }
    text.trim_end().to_owned()
}

/// A job from level 0 to level 5, whose tables end after 40 bytes or when they overlap more than
/// 400 bytes of level 6, where there are these tables.
fn job_above(level_6: &[TableMeta]) -> Job {
    let level_6 = level_6.iter().cloned().map(|table| (6, table));
    let tables = [
        (0, table(90, "a", "z", 10)),
        (0, table(91, "a", "z", 10)),
        (5, table(80, "a", "z", 10)),
    ];
    let version = version(tables.into_iter().chain(level_6));
    let strategy = levelled(small().base_size(10_000));
    let job = pick(&version, &strategy, &Running::new()).expect("level 0 is full");
    assert_eq!(
        job.output_level, 5,
        "level 0 goes into the first level that holds something"
    );
    job
}

#[track_caller]
fn check_split(job: &Job, entries: &[(&str, usize)], expected: &str) {
    assert_eq!(
        split(job, entries),
        expected,
        "of the entries (key, bytes of the value) {entries:?} yours makes the tables on the left, \
         expected on the right"
    );
}

#[test]
fn a_table_ends_with_the_key_that_makes_it_large_enough() {
    let job = job_above(&[]);
    check_split(&job, &[("a", 19), ("b", 19), ("c", 1)], "a b | c");
    check_split(&job, &[("a", 19), ("b", 18), ("c", 1)], "a b c");
    check_split(&job, &[("a", 100), ("b", 100), ("c", 39)], "a | b | c");
}

#[test]
fn each_table_is_measured_by_itself() {
    let job = job_above(&[]);
    let entries = ["a", "b", "c", "d", "e", "f", "g"].map(|key| (key, 12));
    check_split(&job, &entries, "a b c d | e f g");
}

#[test]
fn versions_of_one_key_stay_together_however_many_there_are() {
    let job = job_above(&[]);
    let entries = ["a", "b", "b", "b", "b", "b", "bb", "c"].map(|key| (key, 30));
    check_split(&job, &entries, "a b b b b b | bb c");
}

#[test]
fn all_versions_of_a_key_count_for_the_size() {
    let job = job_above(&[]);
    check_split(&job, &[("a", 19), ("a", 19), ("b", 1)], "a a | b");
    check_split(&job, &[("a", 19), ("a", 18), ("b", 1)], "a a b");
}

/// Tables of level 6 for [`job_above`]: behind `e` 400 bytes are overlapped, and behind `h` 401.
fn below() -> Job {
    job_above(&[
        table(1, "a", "b", 200),
        table(2, "d", "e", 200),
        table(3, "g", "h", 1),
        table(4, "k", "l", 900),
    ])
}

#[test]
fn a_table_ends_before_it_overlaps_too_much_of_the_level_below() {
    let entries = ["a", "c", "i", "m", "n"].map(|key| (key, 0));
    check_split(&below(), &entries, "a c | i | m n");
    // A key has to be left behind before the next table can begin.
    let entries = ["a", "i", "i", "j"].map(|key| (key, 0));
    check_split(&below(), &entries, "a | i i j");
}

#[test]
fn a_table_may_overlap_exactly_as_much_as_it_may() {
    let entries = ["a", "c", "f", "g"].map(|key| (key, 0));
    check_split(&below(), &entries, "a c f g");
}

#[test]
fn a_table_below_is_overlapped_once_its_last_key_is_left_behind() {
    // Behind `b` 401 bytes are overlapped.
    let job = job_above(&[table(1, "a", "b", 401), table(2, "x", "z", 400)]);
    for (entries, expected) in [(["a", "b", "c"], "a b | c"), (["b", "c", "d"], "b | c d")] {
        check_split(&job, &entries.map(|key| (key, 0)), expected);
    }
}

#[test]
fn what_lies_before_the_first_key_is_not_overlapped() {
    check_split(&below(), &[("c", 0), ("i", 0), ("j", 0)], "c i j");
    check_split(&below(), &[("m", 0), ("n", 0)], "m n");
}

#[test]
fn keys_count_as_values_do() {
    let keys = ["a", "b", "c"].map(|key| key.repeat(25));
    let entries = keys.each_ref().map(|key| (&**key, 0));
    let expected = format!("{} {} | {}", keys[0], keys[1], keys[2]);
    check_split(&job_above(&[]), &entries, &expected);
}

#[test]
fn what_stays_in_level_zero_stays_in_one_piece() {
    let job = pick(
        &runs(&[10, 10, 500, 9_000]),
        &size_tiered(tiered()),
        &Running::new(),
    );
    let job = job.expect("there are enough runs");
    assert_eq!(words(Some(&job)), "0: 4 3 → 0");
    let entries = ["a", "b", "c"].map(|key| (key, 1_000));
    check_split(&job, &entries, "a b c");
    let (version, strategy) = (runs(&[10, 10]), size_tiered(tiered()));
    let job = pick_range(&version, &strategy, &Running::new(), everything());
    let job = job.expect("each key is to lie in one place");
    assert_eq!(job.output_level, 6);
    check_split(&job, &[("a", 19), ("b", 19), ("c", 1)], "a b | c");
}
