//! Merging: every version of all sources, in order, both ways.

mod support;

use ferrisdb_core::Source;
use ferrisdb_merge::Merge;
use proptest::prelude::*;

use support::{
    Call, Entry, Model, Move, Run, RunCursor, Watch, chance, current, delete, go, merged, put, say,
};

/// Some runs that are watched, and a merge of them.
struct Bench {
    watch: Watch,
    runs: Vec<Run>,
    merge: Merge<RunCursor>,
    model: Model,
}

impl Bench {
    /// The newest run first.
    fn new(runs: &[Vec<Entry>]) -> Self {
        let watch = Watch::default();
        let watched = runs.iter().enumerate();
        let watched: Vec<Run> = watched
            .map(|(number, entries)| Run::new(number, &watch, entries))
            .collect();
        Self {
            merge: Merge::new(watched.iter().map(Run::cursor).collect()),
            model: Model::new(merged(runs)),
            runs: watched,
            watch,
        }
    }

    /// Moves both, and compares.
    #[track_caller]
    fn go(&mut self, to: &Move) {
        let before = say(self.model.current());
        let moved = go(&mut self.merge, to);
        assert!(moved.is_ok(), "nothing is broken, and {to:?} failed");
        self.model.go(to, false);
        let (yours, expected) = (current(&self.merge), self.model.current());
        assert!(
            yours.as_ref() == expected,
            "{to:?} from {before} should lead to {}, yours leads to {}",
            say(expected),
            say(yours.as_ref())
        );
    }

    /// Compares where each source is with where it must be: at its first version that is not
    /// before the entry, or, going back, at its last that is not behind it.
    #[track_caller]
    fn check_positions(&self, forward: bool) {
        let Some(entry) = self.model.current() else {
            return;
        };
        for (number, run) in self.runs.iter().enumerate() {
            let entries = run.entries();
            let expected = if forward {
                entries.iter().find(|other| other.place() >= entry.place())
            } else {
                entries.iter().rfind(|other| other.place() <= entry.place())
            };
            let yours = run.position();
            assert!(
                yours.as_ref() == expected,
                "while the merge is at {entry:?}, source {number} has to be at {}, and yours is \
                 at {}",
                say(expected),
                say(yours.as_ref())
            );
        }
    }
}

/// Three runs that overlap in every way, the newest first.
fn fruit() -> Vec<Vec<Entry>> {
    vec![
        vec![
            delete("apple", 9),
            put("cherry", 8, "dark"),
            put("cherry", 7, "red"),
        ],
        vec![
            put("apple", 4, "green"),
            put("banana", 6, "yellow"),
            put("fig", 5, ""),
        ],
        vec![
            put("apple", 1, "red"),
            put("banana", 2, "green"),
            put("cherry", 3, "sour"),
            delete("quince", 2),
        ],
    ]
}

/// Runs in which the same version lies two or three times.
fn twins() -> Vec<Vec<Entry>> {
    vec![
        vec![
            put("b", 5, "run 0"),
            put("c", 3, "run 0"),
            put("e", 1, "run 0"),
        ],
        vec![
            put("a", 2, "run 1"),
            put("b", 5, "run 1"),
            put("b", 4, "run 1"),
        ],
        vec![
            put("b", 5, "run 2"),
            put("c", 3, "run 2"),
            put("e", 1, "run 2"),
        ],
    ]
}

/// Keys that only differ behind their first eight bytes, or in how long they are.
fn alike() -> Vec<Vec<Entry>> {
    vec![
        vec![
            put("", 2, "0"),
            put("a\0", 2, "0"),
            put("article-", 2, "0"),
            put("article-\0", 3, "0"),
            put("article-3", 4, "0"),
        ],
        vec![
            put("\0", 2, "1"),
            put("a", 1, "1"),
            put("article", 2, "1"),
            put("article-1", 9, "1"),
        ],
        vec![
            put("", 1, "2"),
            put("a\0\0", 2, "2"),
            put("article-", 1, "2"),
            put("article-2", 1, "2"),
        ],
    ]
}

/// Many runs: run `n` has each key whose number leaves `n` when it is divided by their count. All
/// keys begin with the same eight bytes.
fn many(runs: usize, keys: usize) -> Vec<Vec<Entry>> {
    let key = |n: usize| format!("article-{:03}", n * 7 % keys);
    let run = |number| {
        let mut run: Vec<Entry> = (number..keys)
            .step_by(runs)
            .map(|n| put(key(n), 1, "value"))
            .collect();
        run.sort_by(|left, right| left.place().cmp(&right.place()));
        run
    };
    (0..runs).map(run).collect()
}

/// Every place to search for: each version of the runs, and those right before and behind it.
fn targets(runs: &[Vec<Entry>]) -> Vec<(Vec<u8>, u64)> {
    let mut targets = vec![(Vec::new(), 9), (b"zzz".to_vec(), 0)];
    for entry in runs.iter().flatten() {
        for timestamp in entry.timestamp.saturating_sub(1)..=entry.timestamp + 1 {
            targets.push((entry.user_key.clone(), timestamp));
        }
        targets.push(([&entry.user_key[..], b"\0"].concat(), 5));
    }
    targets
}

// ---------------------------------------------------------------------------------------------
// Hole 1: Merge::settle
// ---------------------------------------------------------------------------------------------

#[test]
fn the_first_version_of_all_sources_is_found() {
    for runs in [fruit(), twins(), alike(), many(9, 60)] {
        Bench::new(&runs).go(&Move::First);
    }
}

#[test]
fn the_last_version_of_all_sources_is_found() {
    for runs in [fruit(), twins(), alike(), many(9, 60)] {
        Bench::new(&runs).go(&Move::Last);
    }
}

#[test]
fn a_search_finds_the_first_version_at_or_behind_any_target() {
    for runs in [fruit(), twins(), alike(), many(9, 60)] {
        let mut bench = Bench::new(&runs);
        for (key, timestamp) in targets(&runs) {
            bench.go(&Move::Seek(key, timestamp));
        }
    }
}

#[test]
fn a_search_finds_the_last_version_at_or_before_any_target() {
    for runs in [fruit(), twins(), alike(), many(9, 60)] {
        let mut bench = Bench::new(&runs);
        for (key, timestamp) in targets(&runs) {
            bench.go(&Move::SeekForPrev(key, timestamp));
        }
    }
}

#[test]
fn of_equal_versions_that_of_the_newest_source_is_shown() {
    for (key, timestamp) in [(b"b", 5), (b"c", 3), (b"e", 1)] {
        let mut bench = Bench::new(&twins());
        for to in [
            Move::Seek(key.to_vec(), timestamp),
            Move::SeekForPrev(key.to_vec(), timestamp),
        ] {
            bench.go(&to);
            let shown = bench.merge.value();
            assert_eq!(shown, b"run 0", "{to:?}: the newest source is number 0");
        }
    }
}

#[test]
fn sources_without_versions_are_in_nobodys_way() {
    let mut runs = fruit();
    runs.insert(0, Vec::new());
    runs.insert(2, Vec::new());
    runs.push(Vec::new());
    let mut bench = Bench::new(&runs);
    for (key, timestamp) in targets(&runs) {
        bench.go(&Move::Seek(key.clone(), timestamp));
        bench.go(&Move::SeekForPrev(key, timestamp));
    }
}

#[test]
fn a_search_asks_every_source_once_and_nothing_else() {
    let mut bench = Bench::new(&fruit());
    for (to, call) in [
        (Move::First, Call::First),
        (Move::Seek(b"b".to_vec(), 3), Call::Seek),
        (Move::SeekForPrev(b"b".to_vec(), 3), Call::SeekForPrev),
        (Move::Last, Call::Last),
    ] {
        bench.go(&to);
        let expected = [(0, call), (1, call), (2, call)];
        assert_eq!(
            bench.watch.take(),
            expected,
            "what {to:?} has to ask of which source"
        );
    }
}

#[test]
fn a_search_that_fails_in_any_source_leaves_the_merge_at_nothing() {
    let mut bench = Bench::new(&fruit());
    for to in [
        Move::First,
        Move::Last,
        Move::Seek(b"b".to_vec(), 3),
        Move::SeekForPrev(b"b".to_vec(), 3),
    ] {
        for number in 0..3 {
            bench.go(&Move::First);
            bench.watch.fail_at(number);
            let moved = go(&mut bench.merge, &to);
            assert!(
                bench.watch.mend() && moved.is_err(),
                "source {number} failed, and {to:?} has to pass that on"
            );
            assert!(!bench.merge.is_valid(), "after an error there is no entry");
            bench.go(&to);
        }
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 2: Merge::step
// ---------------------------------------------------------------------------------------------

#[test]
fn a_merge_meets_every_version_once_forward() {
    for runs in [fruit(), twins(), alike(), many(9, 60)] {
        let mut bench = Bench::new(&runs);
        bench.go(&Move::First);
        while bench.merge.is_valid() {
            bench.go(&Move::Next);
        }
    }
}

#[test]
fn a_merge_meets_every_version_once_backward() {
    for runs in [fruit(), twins(), alike(), many(9, 60)] {
        let mut bench = Bench::new(&runs);
        bench.go(&Move::Last);
        while bench.merge.is_valid() {
            bench.go(&Move::Prev);
        }
    }
}

#[test]
fn no_source_is_moved_before_the_entry_has_passed_its_version() {
    for runs in [fruit(), twins(), alike(), many(9, 60)] {
        let mut bench = Bench::new(&runs);
        bench.go(&Move::First);
        while bench.merge.is_valid() {
            bench.check_positions(true);
            bench.go(&Move::Next);
        }
        bench.go(&Move::Last);
        while bench.merge.is_valid() {
            bench.check_positions(false);
            bench.go(&Move::Prev);
        }
    }
}

#[test]
fn a_step_moves_one_source_by_one_version() {
    let mut bench = Bench::new(&fruit());
    for (start, to, call) in [
        (Move::First, Move::Next, Call::Next),
        (Move::Last, Move::Prev, Call::Prev),
    ] {
        bench.go(&start);
        bench.watch.take();
        while let Some(entry) = bench.model.current().cloned() {
            let mut runs = bench.runs.iter();
            let number = runs.position(|run| run.entries().contains(&entry));
            bench.go(&to);
            assert_eq!(
                bench.watch.take(),
                [(number.expect("it is from a run"), call)],
                "what {to:?} from {entry:?} has to ask of which source"
            );
        }
    }
}

#[test]
fn past_either_end_a_merge_stays_at_nothing_and_asks_nobody() {
    for (start, to) in [(Move::First, Move::Next), (Move::Last, Move::Prev)] {
        let mut bench = Bench::new(&fruit());
        for to in [Move::Next, Move::Prev] {
            bench.go(&to);
        }
        assert_eq!(
            bench.watch.take(),
            [],
            "before its first move it is at none"
        );
        bench.go(&start);
        while bench.merge.is_valid() {
            bench.go(&to);
        }
        bench.watch.take();
        for to in [Move::Next, Move::Prev, Move::Next] {
            bench.go(&to);
        }
        assert_eq!(
            bench.watch.take(),
            [],
            "past the end there is nothing to ask"
        );
    }
}

#[test]
fn one_source_alone_is_compared_with_nothing() {
    let run = many(1, 50).remove(0);
    // Others that are empty, or have come to their end, do not make it less alone.
    for runs in [
        vec![run.clone()],
        vec![Vec::new(), run.clone(), Vec::new()],
        vec![vec![put("", 1, "")], run],
    ] {
        let mut bench = Bench::new(&runs);
        bench.go(&Move::First);
        bench.go(&Move::Next);
        let before = bench.watch.keys_read();
        for _ in 0..40 {
            bench.merge.next().expect("nothing is broken");
        }
        let asked = bench.watch.keys_read() - before;
        assert_eq!(asked, 0, "a step of the only source needs nobody's key");
    }
}

#[test]
fn a_source_with_many_versions_in_a_row_is_compared_with_one_other() {
    let run = |number: usize| -> Vec<Entry> {
        let key = |n: usize| format!("article-{number}-{n:02}");
        (0..50).map(|n| put(key(n), 1, "value")).collect()
    };
    let runs: Vec<_> = [3, 0, 4, 1, 2].map(run).to_vec();
    let mut bench = Bench::new(&runs);
    bench.merge.seek_to_first().expect("nothing is broken");
    let before = bench.watch.keys_read();
    for _ in 1..250 {
        bench.merge.next().expect("nothing is broken");
    }
    let asked = bench.watch.keys_read() - before;
    assert!(
        asked <= 4 * 250,
        "250 versions, 50 in a row from each source: at most 4 keys should be looked at for each, \
         yours looks at {asked} in all"
    );
}

#[test]
fn keys_that_differ_early_are_compared_without_asking_the_sources_again() {
    let key = |n: usize| [b'a' + u8::try_from(n * 7 % 26).expect("a letter")];
    let run = |number: usize| -> Vec<Entry> {
        let numbers = (0..26).filter(|n| n % 8 == number);
        numbers.map(|n| put(key(n), 1, "value")).collect()
    };
    let runs: Vec<_> = (0..8).map(run).collect();
    let mut bench = Bench::new(&runs);
    for (start, to) in [(Move::First, Move::Next), (Move::Last, Move::Prev)] {
        go(&mut bench.merge, &start).expect("nothing is broken");
        let before = bench.watch.keys_read();
        for _ in 1..26 {
            go(&mut bench.merge, &to).expect("nothing is broken");
        }
        let asked = bench.watch.keys_read() - before;
        assert!(
            asked <= 25,
            "the first byte of each key decides, and it was noted when the source came there: one \
             key a step should be looked at, yours looks at {asked} in 25 steps"
        );
    }
}

#[test]
fn many_sources_cost_few_comparisons() {
    let runs = many(64, 999);
    let mut bench = Bench::new(&runs);
    for (start, to) in [(Move::First, Move::Next), (Move::Last, Move::Prev)] {
        go(&mut bench.merge, &start).expect("nothing is broken");
        let before = bench.watch.keys_read();
        for _ in 1..999 {
            go(&mut bench.merge, &to).expect("nothing is broken");
        }
        let asked = bench.watch.keys_read() - before;
        assert!(
            asked <= 20 * 999,
            "999 versions in 64 sources: at most 20 keys should be looked at for each, yours \
             looks at {asked} in all"
        );
    }
}

#[test]
fn an_error_of_any_step_is_passed_on_and_leaves_the_merge_at_nothing() {
    for (start, to) in [(Move::First, Move::Next), (Move::Last, Move::Prev)] {
        for runs in [fruit(), twins()] {
            let mut failed = true;
            let mut number = 0;
            while failed {
                let mut bench = Bench::new(&runs);
                bench.go(&start);
                bench.watch.fail_at(number);
                while bench.merge.is_valid() && !bench.watch.has_failed() {
                    let moved = go(&mut bench.merge, &to);
                    assert_eq!(
                        moved.is_err(),
                        bench.watch.has_failed(),
                        "call {number} of a source failed, and {to:?} has to pass that on"
                    );
                }
                failed = bench.watch.mend();
                assert!(
                    !bench.merge.is_valid(),
                    "after an error, as past the end, there is no entry"
                );
                bench.watch.take();
                go(&mut bench.merge, &to).expect("this does nothing, so nothing can fail");
                assert_eq!(bench.watch.take(), [], "and it asks nobody");
                bench.go(&start);
                bench.go(&to);
                number += 1;
            }
        }
    }
}

#[test]
fn a_merge_can_be_merged() {
    let (left, right) = (fruit(), alike());
    let watch = Watch::default();
    let merge = |runs: &[Vec<Entry>]| {
        let cursor = |entries: &Vec<Entry>| Run::new(0, &watch, entries).cursor();
        Merge::new(runs.iter().map(cursor).collect())
    };
    let mut both = Merge::new(vec![merge(&left), merge(&right)]);
    let mut model = Model::new(merged(&[left, right].concat()));
    for (start, to) in [(Move::First, Move::Next), (Move::Last, Move::Prev)] {
        go(&mut both, &start).expect("nothing is broken");
        model.go(&start, false);
        while model.at.is_some() {
            assert_eq!(
                say(current(&both).as_ref()),
                say(model.current()),
                "yours, and what was expected"
            );
            go(&mut both, &to).expect("nothing is broken");
            model.go(&to, false);
        }
        assert!(!both.is_valid(), "every version was met");
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 3: Direction::turn
// ---------------------------------------------------------------------------------------------

#[test]
fn a_merge_can_turn_round_at_every_place() {
    for runs in [fruit(), twins(), alike(), many(5, 12)] {
        let mut bench = Bench::new(&runs);
        let count = bench.model.entries.len();
        for place in 0..count {
            for (start, to, back) in [
                (Move::First, Move::Next, Move::Prev),
                (Move::Last, Move::Prev, Move::Next),
            ] {
                bench.go(&start);
                for _ in 0..place {
                    bench.go(&to);
                }
                bench.go(&back);
                while bench.merge.is_valid() {
                    bench.go(&back);
                }
            }
        }
    }
}

#[test]
fn a_merge_can_turn_round_again_and_again() {
    for runs in [fruit(), twins(), alike(), many(5, 12)] {
        let mut bench = Bench::new(&runs);
        for (key, timestamp) in targets(&runs) {
            for start in [
                Move::Seek(key.clone(), timestamp),
                Move::SeekForPrev(key, timestamp),
            ] {
                bench.go(&start);
                for to in [0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1] {
                    bench.go([&Move::Next, &Move::Prev][to]);
                }
            }
        }
    }
}

#[test]
fn after_a_turn_every_source_is_where_it_must_be() {
    for runs in [fruit(), twins(), alike(), many(5, 12)] {
        let mut bench = Bench::new(&runs);
        bench.go(&Move::First);
        while bench.merge.is_valid() {
            bench.check_positions(true);
            bench.go(&Move::Next);
            bench.go(&Move::Prev);
            bench.check_positions(false);
            if bench.merge.is_valid() {
                bench.go(&Move::Next);
                bench.check_positions(true);
            }
        }
    }
}

#[test]
fn to_turn_round_every_source_takes_one_step_and_none_is_searched() {
    for runs in [fruit(), twins(), alike(), many(5, 12)] {
        let mut bench = Bench::new(&runs);
        for place in 0..bench.model.entries.len() {
            for (start, to, back) in [
                (Move::First, Move::Next, Move::Prev),
                (Move::Last, Move::Prev, Move::Next),
            ] {
                bench.go(&start);
                for _ in 0..place {
                    bench.go(&to);
                }
                let expected: Vec<(usize, Call)> = (bench.runs.iter().enumerate())
                    .map(|(number, run)| {
                        let call = match (run.position(), &back) {
                            (Some(_), Move::Next) => Call::Next,
                            (Some(_), _) => Call::Prev,
                            (None, Move::Next) => Call::First,
                            (None, _) => Call::Last,
                        };
                        (number, call)
                    })
                    .collect();
                bench.watch.take();
                let at = say(bench.model.current());
                bench.go(&back);
                let mut asked = bench.watch.take();
                asked.sort_by_key(|(number, _)| *number);
                assert_eq!(
                    asked, expected,
                    "what to ask of which source to turn round at {at}: yours, and expected"
                );
            }
        }
    }
}

#[test]
fn a_failure_while_turning_round_is_passed_on() {
    for runs in [fruit(), twins()] {
        for (start, to, back) in [
            (Move::First, Move::Next, Move::Prev),
            (Move::Last, Move::Prev, Move::Next),
        ] {
            for place in 0..5 {
                for number in 0..runs.len() {
                    let mut bench = Bench::new(&runs);
                    bench.go(&start);
                    for _ in 0..place {
                        bench.go(&to);
                    }
                    bench.watch.fail_at(number);
                    let moved = go(&mut bench.merge, &back);
                    assert!(
                        bench.watch.mend(),
                        "to turn round, all sources must be moved"
                    );
                    assert!(
                        moved.is_err() && !bench.merge.is_valid(),
                        "call {number} of a turn failed: the error is passed on, and there is no \
                         entry"
                    );
                    go(&mut bench.merge, &back).expect("this does nothing");
                    assert!(!bench.merge.is_valid(), "there is still no entry");
                    bench.go(&start);
                    bench.go(&to);
                }
            }
        }
    }
}

#[test]
fn a_turn_leads_past_the_entry_also_where_a_source_has_grown() {
    // A memtable gets new versions while it is read.
    let old = vec![
        vec![put("m", 3, "0")],
        vec![put("c", 1, "1"), put("x", 1, "1")],
    ];
    for new in ["a", "d", "l", "m", "n", "y"] {
        for (to, back) in [(Move::Next, Move::Prev), (Move::Prev, Move::Next)] {
            let start = if to == Move::Next {
                Move::First
            } else {
                Move::Last
            };
            for place in 0..3 {
                let mut bench = Bench::new(&old);
                bench.go(&start);
                for _ in 0..place {
                    bench.go(&to);
                }
                let entry = bench.model.current().cloned().expect("there are three");
                for number in 0..2 {
                    // Two versions, newer than any reader.
                    bench.runs[number].add(put(new, 9, "new"));
                    bench.runs[number].add(put(new, 8, "new"));
                }
                go(&mut bench.merge, &back).expect("nothing is broken");
                let turned = current(&bench.merge);
                let is_past = turned.as_ref().is_none_or(|turned| match back {
                    Move::Next => turned.place() > entry.place(),
                    _ => turned.place() < entry.place(),
                });
                assert!(
                    is_past,
                    "{back:?} from {entry:?}, with versions of {new} that came in between, yours \
                     leads to {}, on the wrong side",
                    say(turned.as_ref())
                );
                // What was there all the time is met.
                let mut met: Vec<Entry> = Vec::new();
                while let Some(entry) = current(&bench.merge) {
                    met.push(entry);
                    go(&mut bench.merge, &back).expect("nothing is broken");
                }
                let mut expected = bench.model.entries.clone();
                expected.retain(|other| match back {
                    Move::Next => other.place() > entry.place(),
                    _ => other.place() < entry.place(),
                });
                met.retain(|entry| entry.value != b"new");
                if back == Move::Prev {
                    met.reverse();
                }
                assert_eq!(met, expected, "the old versions on the way {back:?}");
            }
        }
    }
}

#[test]
fn a_failure_on_the_way_past_what_has_grown_is_passed_on() {
    let old = vec![
        vec![put("m", 3, "0")],
        vec![put("c", 1, "1"), put("x", 1, "1")],
    ];
    for new in ["a", "d", "l", "m", "n", "y"] {
        for (start, to, back) in [
            (Move::First, Move::Next, Move::Prev),
            (Move::Last, Move::Prev, Move::Next),
        ] {
            for place in 0..3 {
                // Each call of the turn in turn, until there are no more.
                for number in 0.. {
                    let mut bench = Bench::new(&old);
                    bench.go(&start);
                    for _ in 0..place {
                        bench.go(&to);
                    }
                    let entry = say(bench.model.current());
                    for run in &bench.runs {
                        run.add(put(new, 9, "new"));
                        run.add(put(new, 8, "new"));
                    }
                    bench.watch.fail_at(number);
                    let moved = go(&mut bench.merge, &back);
                    if !bench.watch.mend() {
                        assert!(number >= 2, "to turn round, both sources must be moved");
                        break;
                    }
                    assert!(
                        moved.is_err() && !bench.merge.is_valid(),
                        "{back:?} from {entry}, with versions of {new} that came in between: call \
                         {number} of the turn failed; the error is passed on, and there is no \
                         entry"
                    );
                    go(&mut bench.merge, &start).expect("nothing is broken any more");
                    assert!(bench.merge.is_valid(), "a search begins anew");
                }
            }
        }
    }
}

#[test]
fn what_is_asked_of_each_source() {
    let mut bench = Bench::new(&fruit());
    let mut story = String::new();
    for to in [
        Move::First,
        Move::Next,
        Move::Next,
        Move::Next,
        Move::Prev,
        Move::Next,
        Move::Seek(b"cherry".to_vec(), 7),
        Move::Next,
        Move::Next,
        Move::Next,
        Move::Prev,
        Move::Prev,
        Move::Last,
        Move::Next,
    ] {
        bench.go(&to);
        story = format!("{story}{to:?}: {}\n", say(bench.model.current()));
        for (source, call) in bench.watch.take() {
            story = format!("{story}    source {source}: {call}\n");
        }
    }
    insta::assert_snapshot!(story);
}

proptest! {
    #![proptest_config(chance::config(400))]

    #[test]
    fn any_walk_goes_as_over_a_sorted_list(runs in chance::runs(), moves in chance::moves()) {
        let mut bench = Bench::new(&runs);
        for to in &moves {
            bench.go(to);
            bench.check_positions(matches!(to, Move::First | Move::Seek(..) | Move::Next));
        }
        // Whatever there was, turning round works.
        bench.go(&Move::First);
        bench.go(&Move::Next);
        bench.go(&Move::Prev);
    }

    #[test]
    fn any_failure_is_passed_on_once(
        runs in chance::runs(),
        moves in chance::moves(),
        number in 0..60_usize,
    ) {
        let mut bench = Bench::new(&runs);
        bench.go(&Move::First);
        bench.go(&Move::Next);
        bench.go(&Move::Prev);
        bench.go(&Move::First);
        bench.watch.fail_at(number);
        for to in &moves {
            let moved = go(&mut bench.merge, to);
            prop_assert_eq!(
                moved.is_err(),
                bench.watch.has_failed(),
                "call {} of a source failed, and {:?} has to pass that on", number, to
            );
            if bench.watch.take_failure() {
                prop_assert!(!bench.merge.is_valid(), "after an error there is no entry");
                bench.model.at = None;
            } else {
                bench.model.go(to, false);
            }
            let yours = current(&bench.merge);
            prop_assert!(
                yours.as_ref() == bench.model.current(),
                "{:?} should lead to {}, yours leads to {}",
                to, say(bench.model.current()), say(yours.as_ref())
            );
        }
    }
}
