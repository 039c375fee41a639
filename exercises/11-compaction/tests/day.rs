//! Whole days of writes without a disk: what a strategy costs, and that nothing gets lost.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ferrisdb_compaction::simulate::{Cost, Simulation, Stuck};
use ferrisdb_compaction::{Levelled, SizeTiered, Strategy};
use ferrisdb_core::{Operation, Random, SeededRandom};

use support::words;

/// How many keys a simulated memtable holds.
const MEMTABLE: usize = 100;

/// Entries have 100 bytes, memtables 10 kB: a base of 4 memtables, tables of one.
fn levelled() -> Strategy {
    let levelled = Levelled::default().base_size(40_000).table_size(10_000);
    Strategy::Levelled(levelled)
}

fn size_tiered() -> Strategy {
    Strategy::SizeTiered(SizeTiered::default().runs(8).table_size(10_000))
}

/// What somebody does all day.
#[derive(Debug, Clone, Copy)]
enum Load {
    /// New keys, each larger than all before.
    Ascending,
    /// A few thousand keys, again and again.
    Overwriting,
    /// The same, and every third write is a delete.
    Deleting,
}

/// A day of that many writes.
fn day(strategy: Strategy, load: Load, writes: u32) -> Simulation {
    let mut simulation = Simulation::new(strategy, MEMTABLE);
    let mut random = SeededRandom::new(7);
    for n in 0..writes {
        let key = match load {
            Load::Ascending => n,
            _ => u32::try_from(random.below(4_000)).expect("a small number"),
        };
        let deletes = matches!(load, Load::Deleting) && random.below(3) == 0;
        let operation = if deletes {
            Operation::Delete
        } else {
            Operation::Put
        };
        if let Err(stuck) = simulation.write(key, operation) {
            panic!("after {n} writes {stuck}\n{}", totals(&simulation));
        }
    }
    simulation
}

/// The highest of something in the second half of a day, when all levels are in use.
fn highest(simulation: &Simulation, what: impl Fn(&Cost) -> u64) -> u64 {
    let steps = simulation.steps();
    let costs = steps[steps.len() / 2..].iter().map(|step| what(&step.cost));
    costs.max().expect("a day has steps")
}

/// How many tables and bytes there are, a level a line.
fn totals(simulation: &Simulation) -> String {
    let levels = simulation.version().levels().iter().enumerate();
    let used = levels.filter(|(_, tables)| !tables.is_empty());
    used.fold(String::new(), |mut text, (level, tables)| {
        let bytes: u64 = tables.iter().map(|table| table.size).sum();
        let _ = writeln!(
            text,
            "level {level}: {} tables, {bytes} bytes",
            tables.len()
        );
        text
    })
}

#[track_caller]
fn check_bounds(simulation: &Simulation, write: u64, space: u64, runs: u64) {
    let cost = simulation.cost();
    let costs = [
        (
            cost.write_percent(),
            write,
            "entries are written for each 100 that are given",
        ),
        (
            highest(simulation, Cost::space_percent),
            space,
            "entries are stored for each 100 keys",
        ),
        (
            highest(simulation, |cost| cost.runs),
            runs,
            "tables are asked for a key that is not there",
        ),
    ];
    for (yours, most, what) in costs {
        assert!(
            yours <= most,
            "with yours {yours} {what}; {most} is what it may be. A whole day needs all that is \
             picked and all that is split; the levels at its end:\n{}",
            totals(simulation)
        );
    }
}

#[test]
fn a_day_of_overwriting_stays_within_its_bounds_with_levels() {
    check_bounds(&day(levelled(), Load::Overwriting, 20_000), 750, 130, 7);
}

#[test]
fn a_day_of_overwriting_stays_within_its_bounds_with_size_tiers() {
    check_bounds(&day(size_tiered(), Load::Overwriting, 20_000), 350, 300, 9);
}

#[test]
fn deletes_do_not_pile_up() {
    check_bounds(&day(levelled(), Load::Deleting, 20_000), 650, 150, 7);
    check_bounds(&day(size_tiered(), Load::Deleting, 20_000), 350, 300, 9);
}

#[test]
fn what_comes_in_order_is_written_once_with_levels() {
    let simulation = day(levelled(), Load::Ascending, 10_000);
    let moves = simulation
        .steps()
        .iter()
        .filter_map(|step| step.job.as_ref());
    let merged: Vec<_> = moves.filter(|job| !job.trivial_move).collect();
    assert!(
        merged.is_empty(),
        "no two tables overlap, so all of them can be moved; yours merges: {}",
        words(merged.first().copied())
    );
    check_bounds(&simulation, 100, 100, 8);
}

#[test]
fn size_tiers_write_less_and_levels_store_less() {
    let (levels, tiers) = (
        day(levelled(), Load::Overwriting, 10_000),
        day(size_tiered(), Load::Overwriting, 10_000),
    );
    let written = (tiers.cost().written, levels.cost().written);
    assert!(
        written.0 * 3 < written.1 * 2,
        "size tiers should write at most two thirds of what levels write: (tiers, levels) = \
         {written:?}"
    );
    let stored = [&tiers, &levels].map(|day| highest(day, Cost::space_percent));
    assert!(
        stored[1] < stored[0],
        "levels should store less than size tiers: [tiers, levels] = {stored:?}"
    );
}

#[test]
fn every_key_is_found_and_no_deleted_one_comes_back() {
    for strategy in [levelled(), size_tiered()] {
        for load in [Load::Overwriting, Load::Deleting] {
            let simulation = day(strategy.clone(), load, 5_050);
            let (found, expected) = simulation.found_and_expected();
            let missing: Vec<_> = expected.difference(&found).take(5).collect();
            let surplus: Vec<_> = found.difference(&expected).take(5).collect();
            assert!(
                found == expected,
                "after a day ({load:?}, {strategy:?}) these keys are missing: {missing:?}, and these \
                 were deleted and are found: {surplus:?}"
            );
        }
    }
}

#[test]
fn a_simulation_says_what_it_did() {
    let mut simulation = Simulation::new(levelled(), 5);
    for (key, operation) in [
        (1, Operation::Put),
        (2, Operation::Delete),
        (3, Operation::Put),
        (3, Operation::Delete),
        (4, Operation::Put),
        (5, Operation::Put),
    ] {
        simulation.write(key, operation).expect("there is no end");
    }
    let [table] = simulation.version().level(0) else {
        panic!("five keys fill its memtable, and nothing else is to be done");
    };
    assert_eq!((table.entries, table.deletions), (5, 2));
    let alive = BTreeSet::from([1, 4, 5]);
    let (found, expected) = simulation.found_and_expected();
    assert_eq!((&found, &expected), (&alive, &alive));
    let cost = simulation.cost();
    assert_eq!((cost.given, cost.written, cost.stored), (6, 5, 5));
    assert_eq!((cost.write_percent(), cost.space_percent()), (83, 166));
}

#[test]
fn a_simulation_ends_if_tables_become_too_small() {
    let levelled = Levelled::default().level_zero_tables(1).base_size(1 << 40);
    let strategy = Strategy::Levelled(levelled.table_size(1));
    let mut simulation = Simulation::new(strategy, MEMTABLE);
    // Each memtable overlaps all that was there before, and each entry gets a table.
    let mut write = |n: u32| simulation.write(n % 100 * 10_000 + n / 100, Operation::Put);
    for n in 0..1_099 {
        assert_eq!(write(n), Ok(()), "write {n}: a thousand tables are allowed");
    }
    let stuck = write(1_099).expect_err("now there are 1,100");
    assert_eq!(stuck, Stuck::Crumbled);
    assert!(
        stuck.to_string().contains("more than 1000 tables"),
        "{stuck}"
    );
}

#[test]
fn if_everything_is_deleted_nothing_is_stored_in_the_end() {
    for strategy in [levelled(), size_tiered()] {
        let mut simulation = Simulation::new(strategy.clone(), MEMTABLE);
        for operation in [Operation::Put, Operation::Delete] {
            for key in 0..3_000 {
                let written = simulation.write(key * 7 % 3_000, operation);
                written.expect("every day has an end");
            }
        }
        let stored = simulation.cost().stored;
        assert!(
            stored <= 1_200,
            "of 3000 keys all were deleted, and of {stored} entries nobody needs any ({strategy:?}). A whole \
             day needs all that is picked and all that is split; the levels at its end:\n{}",
            totals(&simulation)
        );
    }
}

/// The steps of a short day in words.
fn story(strategy: Strategy) -> String {
    let mut simulation = Simulation::new(strategy, 10);
    let mut random = SeededRandom::new(5);
    for _ in 0..160 {
        let key = u32::try_from(random.below(60)).expect("a small number");
        let written = simulation.write(key, Operation::Put);
        written.expect("every day has an end");
    }
    let mut text = String::new();
    for step in simulation.steps() {
        let made: Vec<_> = step
            .edit
            .add
            .iter()
            .map(|(_, table)| table.number)
            .collect();
        let what = match &step.job {
            Some(job) => words(Some(job)),
            None => "flush".to_owned(),
        };
        let _ = writeln!(text, "{what} {made:?}, {} stored", step.cost.stored);
    }
    text
}

#[test]
fn a_short_day_with_levels_goes_like_this() {
    let levelled = Levelled::default()
        .level_zero_tables(2)
        .base_size(2_000)
        .factor(3);
    insta::assert_snapshot!(story(Strategy::Levelled(levelled.table_size(1_000))));
}

#[test]
fn a_short_day_with_size_tiers_goes_like_this() {
    let tiered = SizeTiered::default().runs(4).table_size(1_000);
    insta::assert_snapshot!(story(Strategy::SizeTiered(tiered)));
}
