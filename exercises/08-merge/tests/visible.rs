//! What a reader sees: one version of each key, no tombstones, both ways.

mod support;

use ferrisdb_core::{Source, Timestamp};
use ferrisdb_merge::{Merge, Visible};
use ferrisdb_testkit::show;
use proptest::prelude::*;

use support::{
    Call, Entry, Model, Move, Run, RunCursor, Watch, chance, delete, merged, put, visible,
};

/// The newest of all timestamps.
const LATEST: u64 = u64::MAX;

struct Bench<S> {
    watch: Watch,
    runs: Vec<Run>,
    yours: Visible<S>,
    model: Model,
}

impl Bench<RunCursor> {
    /// Over a single run.
    fn single(entries: &[Entry], as_of: u64) -> Self {
        let watch = Watch::default();
        let run = Run::new(0, &watch, entries);
        Self {
            yours: Visible::new(run.cursor(), Timestamp(as_of)),
            model: Model::new(visible(&[run.entries()], as_of)),
            runs: vec![run],
            watch,
        }
    }
}

impl Bench<Merge<RunCursor>> {
    /// Over a merge of runs, the newest first.
    fn merged(runs: &[Vec<Entry>], as_of: u64) -> Self {
        let watch = Watch::default();
        let watched = runs.iter().enumerate();
        let watched: Vec<Run> = watched
            .map(|(number, entries)| Run::new(number, &watch, entries))
            .collect();
        let merge = Merge::new(watched.iter().map(Run::cursor).collect());
        Self {
            yours: Visible::new(merge, Timestamp(as_of)),
            model: Model::new(visible(runs, as_of)),
            runs: watched,
            watch,
        }
    }
}

impl<S: Source> Bench<S> {
    fn try_go(&mut self, to: &Move) -> Result<(), S::Error> {
        match to {
            Move::First => self.yours.seek_to_first(),
            Move::Last => self.yours.seek_to_last(),
            Move::Seek(key, _) => self.yours.seek(key),
            Move::SeekForPrev(key, _) => self.yours.seek_for_prev(key),
            Move::Next => self.yours.next(),
            Move::Prev => self.yours.prev(),
        }
    }

    /// What yours is at, in words.
    fn shown(&self) -> String {
        if !self.yours.is_valid() {
            return "no entry".into();
        }
        let (key, value) = (self.yours.key(), self.yours.value());
        format!("{} = {}", show(key), show(value))
    }

    /// What it should be at, in words.
    fn expected(&self) -> String {
        let entry = self.model.current();
        entry.map_or_else(
            || "no entry".into(),
            |entry| format!("{} = {}", show(&entry.user_key), show(&entry.value)),
        )
    }

    /// Moves both, and compares.
    #[track_caller]
    fn go(&mut self, to: &Move) {
        let before = self.expected();
        let moved = self.try_go(to);
        assert!(moved.is_ok(), "nothing is broken, and {to:?} failed");
        self.model.go(to, true);
        let (yours, expected) = (self.shown(), self.expected());
        let as_of = self.yours.as_of();
        assert!(
            yours == expected,
            "{} from {before}, as of {as_of}, should lead to {expected}, yours leads to {yours}",
            name(to)
        );
    }

    /// The calls of a source since this was last asked, without its number.
    fn calls(&self) -> Vec<Call> {
        let calls = self.watch.take().into_iter();
        calls.map(|(_, call)| call).collect()
    }
}

/// A move, whose search has no timestamp here.
fn name(to: &Move) -> String {
    match to {
        Move::Seek(key, _) => format!("seek {}", show(key)),
        Move::SeekForPrev(key, _) => format!("seek_for_prev {}", show(key)),
        to => format!("{to:?}"),
    }
}

fn seek(key: impl AsRef<[u8]>) -> Move {
    Move::Seek(key.as_ref().to_vec(), 0)
}

fn seek_for_prev(key: impl AsRef<[u8]>) -> Move {
    Move::SeekForPrev(key.as_ref().to_vec(), 0)
}

/// The runs of the chapter's picture, and some more.
fn fruit() -> Vec<Vec<Entry>> {
    vec![
        vec![
            put("apple", 9, "green"),
            delete("banana", 5),
            put("cherry", 7, "dark"),
            put("fig", 6, ""),
            delete("lime", 9),
        ],
        vec![
            put("apple", 4, "yellow"),
            put("banana", 2, "yellow"),
            delete("fig", 3),
            put("lime", 4, "green"),
        ],
        vec![
            put("apple", 1, "red"),
            put("date", 3, "brown"),
            put("fig", 1, "purple"),
            delete("kiwi", 2),
            put("kiwi", 1, "brown"),
        ],
    ]
}

/// Versions of a key, the newest first: `count` of them, from `oldest` on; each is a put with its
/// timestamp as its value.
fn history(key: &str, oldest: u64, count: u64) -> Vec<Entry> {
    let versions = (oldest..oldest + count).rev();
    versions
        .map(|timestamp| put(key, timestamp, timestamp.to_string()))
        .collect()
}

/// Every key that is there, and what lies around it.
fn keys(runs: &[Vec<Entry>]) -> Vec<Vec<u8>> {
    let mut keys = vec![Vec::new(), b"zzz".to_vec()];
    for entry in runs.iter().flatten() {
        keys.push(entry.user_key.clone());
        keys.push([&entry.user_key[..], b"\0"].concat());
    }
    keys
}

// ---------------------------------------------------------------------------------------------
// Hole 6: Visible::forward
// ---------------------------------------------------------------------------------------------

#[test]
fn the_first_key_is_the_first_that_has_a_value_as_of_any_time() {
    for as_of in (0..=10).chain([LATEST]) {
        Bench::merged(&fruit(), as_of).go(&Move::First);
    }
}

#[test]
fn a_search_finds_the_first_visible_key_at_or_behind_any_target() {
    for as_of in (0..=10).chain([LATEST]) {
        let mut bench = Bench::merged(&fruit(), as_of);
        for key in keys(&fruit()) {
            bench.go(&seek(key));
        }
    }
}

#[test]
fn the_newest_version_that_is_not_too_new_is_shown() {
    for as_of in 1..=9 {
        let mut bench = Bench::single(&history("apple", 1, 9), as_of);
        assert_eq!(bench.yours.as_of(), Timestamp(as_of), "it reads as of then");
        bench.go(&seek("apple"));
        assert_eq!(
            show(bench.yours.value()),
            show(as_of.to_string().as_bytes()),
            "there is a version of every time; as of @{as_of} this one is the newest"
        );
    }
}

#[test]
fn an_empty_value_is_a_value() {
    let entries = [put("fig", 6, ""), put("fig", 1, "purple")];
    let mut bench = Bench::single(&entries, 9);
    bench.go(&seek("fig"));
    assert!(bench.yours.is_valid(), "a key with an empty value is there");
    assert_eq!(bench.yours.value(), b"");
}

#[test]
fn a_tombstone_hides_what_is_older_and_not_what_is_newer() {
    let entries = [put("a", 5, "new"), delete("a", 3), put("a", 1, "old")];
    for (as_of, shown) in [(2, true), (3, false), (4, false), (5, true)] {
        let mut bench = Bench::single(&entries, as_of);
        bench.go(&Move::First);
        assert_eq!(
            bench.yours.is_valid(),
            shown,
            "a put @1, a delete @3 and a put @5, seen as of @{as_of}"
        );
    }
}

#[test]
fn no_number_of_versions_hides_the_next_key() {
    // As many versions as are passed step by step, and one more or less.
    for count in 0..=20 {
        for as_of in [0, 1, count / 2, count, 99] {
            let mut entries = history("m", 1, count);
            entries.push(delete("m", count + 1));
            entries.push(put("z", 0, "end"));
            let mut bench = Bench::single(&entries, as_of);
            bench.go(&Move::First);
            bench.go(&seek("m"));
            bench.go(&seek("mm"));
        }
    }
}

#[test]
fn versions_that_are_too_new_are_passed_by_a_few_steps_and_a_search() {
    let mut entries = history("m", 1, 1000);
    entries.extend(history("n", 1001, 1000));
    entries.push(put("z", 1, "end"));
    let mut bench = Bench::single(&entries, 500);
    bench.go(&Move::First);
    let calls = bench.calls();
    assert!(
        calls.len() <= 20,
        "500 versions of m are too new; yours made {} calls to get past them",
        calls.len()
    );
    bench.go(&seek("mm"));
    let calls = bench.calls();
    assert!(
        calls.len() <= 20,
        "all 1,000 versions of n are too new; yours made {} calls to get past them",
        calls.len()
    );
}

#[test]
fn what_a_tombstone_hides_is_passed_by_a_few_steps_and_a_search() {
    let mut entries = history("m", 1, 1000);
    entries.push(delete("m", 1001));
    entries.push(put("z", 1, "end"));
    let mut bench = Bench::single(&entries, LATEST);
    bench.go(&Move::First);
    let calls = bench.calls();
    assert!(
        calls.len() <= 20,
        "m is deleted, and has 1,000 older versions; yours made {} calls to get past them",
        calls.len()
    );
}

#[test]
fn few_versions_are_passed_without_a_search() {
    let mut entries = history("m", 1, 4);
    entries.push(delete("n", 4));
    entries.extend(history("n", 1, 3));
    entries.push(put("z", 1, "end"));
    let mut bench = Bench::single(&entries, 0);
    bench.go(&Move::First);
    let calls = bench.calls();
    assert_eq!(
        calls[..5],
        [Call::First, Call::Next, Call::Next, Call::Next, Call::Next],
        "a search costs as much as several steps: here are four versions to pass"
    );
    assert!(
        !calls.iter().any(|call| call.is_search()),
        "no key has more than four versions, and yours searches: {calls:?}"
    );
}

#[test]
fn a_forward_search_whose_source_fails_at_any_call_says_so() {
    let mut entries = history("m", 1, 30);
    entries.push(delete("n", 40));
    entries.extend(history("n", 1, 30));
    entries.push(put("z", 1, "end"));
    for as_of in [0, 15, 50] {
        for to in [Move::First, seek("m"), seek("n")] {
            fails_at_any_call(&entries, as_of, &[], &to, &[Move::Prev]);
        }
    }
}

/// Does some moves, and then one in which each call of the source fails in turn. After the error
/// `steps` have to do nothing.
#[track_caller]
fn fails_at_any_call(entries: &[Entry], as_of: u64, before: &[Move], to: &Move, steps: &[Move]) {
    for number in 0.. {
        let mut bench = Bench::single(entries, as_of);
        for to in before {
            bench.go(to);
        }
        bench.watch.fail_at(number);
        let moved = bench.try_go(to);
        if !bench.watch.mend() {
            assert!(number > 0, "{} has to ask its source", name(to));
            return;
        }
        assert!(
            moved.is_err(),
            "call {number} of the source failed, and {} as of @{as_of} has to pass that on",
            name(to)
        );
        assert!(
            !bench.yours.is_valid(),
            "after an error there is no entry; call {number} failed, and yours is at {}",
            bench.shown()
        );
        bench.watch.take();
        for step in steps {
            let stepped = bench.try_go(step);
            assert!(stepped.is_ok(), "without an entry {step:?} does nothing");
            assert_eq!(bench.calls(), [], "and asks nobody");
        }
        bench.go(&Move::First);
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 7: Visible::newest_backward
// ---------------------------------------------------------------------------------------------

#[test]
fn the_last_key_is_the_last_that_has_a_value_as_of_any_time() {
    for as_of in (0..=10).chain([LATEST]) {
        Bench::merged(&fruit(), as_of).go(&Move::Last);
    }
}

#[test]
fn a_search_finds_the_last_visible_key_at_or_before_any_target() {
    for as_of in (0..=10).chain([LATEST]) {
        let mut bench = Bench::merged(&fruit(), as_of);
        for key in keys(&fruit()) {
            bench.go(&seek_for_prev(key));
        }
    }
}

#[test]
fn every_visible_key_is_met_once_backward() {
    for as_of in (0..=10).chain([LATEST]) {
        let mut bench = Bench::merged(&fruit(), as_of);
        bench.go(&Move::Last);
        while bench.yours.is_valid() {
            bench.go(&Move::Prev);
        }
        bench.go(&Move::Prev);
    }
}

#[test]
fn going_back_the_newest_version_that_is_not_too_new_is_shown() {
    for count in 1..=20 {
        for as_of in 1..=count + 1 {
            let mut entries = history("apple", 1, count);
            entries.push(put("a", 1, "first"));
            let mut bench = Bench::single(&entries, as_of);
            bench.go(&Move::Last);
            bench.go(&Move::Prev);
            bench.go(&Move::Prev);
        }
    }
}

#[test]
fn going_back_a_version_that_is_too_new_hides_nothing_and_is_not_shown() {
    let mut entries = Vec::new();
    for key in ["a", "b", "c"] {
        entries.push(put(key, 9, "too new"));
        entries.push(put(key, 5, "right"));
    }
    let mut bench = Bench::single(&entries, 5);
    bench.go(&Move::Last);
    while bench.yours.is_valid() {
        bench.go(&Move::Prev);
    }
}

#[test]
fn going_back_a_tombstone_hides_what_is_older_and_not_what_is_newer() {
    for older in 0..=12 {
        let mut entries = history("m", 1, older);
        entries.push(delete("m", 20));
        entries.push(put("m", 30, "new"));
        entries.push(put("a", 1, "first"));
        for as_of in [12, 19, 20, 29, 30] {
            let mut bench = Bench::single(&entries, as_of);
            bench.go(&Move::Last);
            bench.go(&Move::Prev);
            bench.go(&seek_for_prev("m"));
        }
    }
}

#[test]
fn going_back_no_number_of_versions_hides_the_key_before() {
    for count in 0..=20 {
        for as_of in [0, 1, count / 2, count, 99] {
            let mut entries = history("m", 1, count);
            entries.push(delete("m", count + 1));
            entries.push(put("a", 0, "first"));
            let mut bench = Bench::single(&entries, as_of);
            bench.go(&Move::Last);
            bench.go(&Move::Prev);
        }
    }
}

#[test]
fn going_back_many_versions_are_passed_by_a_few_steps_and_a_search() {
    let mut entries = vec![put("a", 1, "first")];
    entries.extend(history("m", 1, 1000));
    entries.extend(history("n", 1001, 1000));
    entries.extend(history("o", 1, 1000));
    entries.push(delete("o", 1001));
    for as_of in [500, 1000, 2000, LATEST] {
        let mut bench = Bench::single(&entries, as_of);
        bench.go(&Move::Last);
        while bench.yours.is_valid() {
            let calls = bench.calls();
            assert!(
                calls.len() <= 45,
                "three keys have 1,000 versions each; as of @{as_of} yours made {} calls to get \
                 to {}",
                calls.len(),
                bench.shown()
            );
            bench.go(&Move::Prev);
        }
    }
}

#[test]
fn going_back_few_versions_are_passed_without_a_search() {
    let mut entries = Vec::new();
    for key in ["a", "b", "c", "d"] {
        entries.extend(history(key, 1, 7));
    }
    entries.push(delete("e", 1));
    for as_of in [2, 4, 7] {
        let mut bench = Bench::single(&entries, as_of);
        bench.go(&Move::Last);
        while bench.yours.is_valid() {
            bench.go(&Move::Prev);
        }
        let calls = bench.calls();
        assert!(
            !calls.iter().any(|call| call.is_search()),
            "no key has more than seven versions, and yours searches: {calls:?}"
        );
    }
}

#[test]
fn going_back_after_eight_versions_the_newest_is_searched_for() {
    for count in 1..=20 {
        for too_new in [0, 5] {
            let mut entries = vec![put("a", 1, "first")];
            entries.extend(history("m", 1, count + too_new));
            let mut bench = Bench::single(&entries, count);
            bench.go(&Move::Last);
            let calls = bench.calls();
            let steps = usize::try_from(count).expect("it is small").min(8);
            let mut expected = vec![Call::Last];
            expected.extend([Call::Prev].repeat(steps));
            let without = expected.clone();
            expected.push(Call::Seek);
            // After the eighth of eight versions one may look whether there is another.
            let is_right = match count {
                ..8 => calls == without,
                8 => calls == expected || calls == without,
                _ => calls == expected,
            };
            assert!(
                is_right,
                "m has {count} versions that are not too new, and {too_new} that are. Up to eight \
                 are passed by a step each; with more of them, eight steps are taken, and then one \
                 search. Yours: {calls:?}"
            );
        }
    }
}

#[test]
fn going_back_a_source_that_fails_at_any_call_is_an_error() {
    let mut entries = history("a", 1, 3);
    entries.extend(history("m", 1, 30));
    entries.push(delete("n", 40));
    entries.extend(history("n", 1, 30));
    entries.extend(history("o", 45, 30));
    entries.extend(history("p", 1, 3));
    for as_of in [0, 2, 15, 50, 90] {
        for to in [
            Move::Last,
            seek_for_prev("m"),
            seek_for_prev("n"),
            seek_for_prev("oo"),
        ] {
            fails_at_any_call(&entries, as_of, &[], &to, &[Move::Prev]);
            fails_at_any_call(&entries, as_of, &[Move::Last], &to, &[Move::Prev]);
        }
        fails_at_any_call(
            &entries,
            as_of.max(1),
            &[Move::Last],
            &Move::Prev,
            &[Move::Prev],
        );
        fails_at_any_call(
            &entries,
            as_of.max(1),
            &[seek_for_prev("m")],
            &Move::Prev,
            &[Move::Prev],
        );
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 8: Visible::next
// ---------------------------------------------------------------------------------------------

#[test]
fn every_visible_key_is_met_once_forward() {
    for as_of in (0..=10).chain([LATEST]) {
        let mut bench = Bench::merged(&fruit(), as_of);
        bench.go(&Move::Next);
        bench.go(&Move::First);
        while bench.yours.is_valid() {
            bench.go(&Move::Next);
        }
        bench.go(&Move::Next);
        bench.go(&Move::Prev);
    }
}

#[test]
fn before_its_first_move_a_reader_is_at_nothing_wherever_its_source_is() {
    for start in [Move::First, Move::Last] {
        for to in [Move::Next, Move::Prev] {
            let watch = Watch::default();
            let run = Run::new(0, &watch, &history("m", 1, 3));
            let mut cursor = run.cursor();
            support::go(&mut cursor, &start).expect("nothing is broken");
            watch.take();
            let mut yours = Visible::new(cursor, Timestamp(9));
            let moved = match to {
                Move::Next => yours.next(),
                _ => yours.prev(),
            };
            moved.expect("nothing is broken");
            assert!(
                !yours.is_valid(),
                "the source was at a version already, and the reader at no entry: from there \
                 {to:?} leads nowhere"
            );
            assert_eq!(watch.take(), [], "and asks nobody");
        }
    }
}

#[test]
fn a_reader_can_turn_round_at_every_key() {
    for as_of in (0..=10).chain([LATEST]) {
        let mut bench = Bench::merged(&fruit(), as_of);
        for key in keys(&fruit()) {
            for start in [seek(&key), seek_for_prev(&key)] {
                bench.go(&start);
                for to in [0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1] {
                    bench.go([&Move::Next, &Move::Prev][to]);
                }
            }
        }
    }
}

#[test]
fn a_reader_can_turn_round_among_many_versions() {
    for count in [1, 2, 7, 8, 9, 10, 30] {
        let mut entries = Vec::new();
        for key in ["a", "b", "c", "d"] {
            entries.extend(history(key, 1, count));
        }
        entries.push(delete("bb", count));
        for as_of in [1, count / 2 + 1, count, LATEST] {
            let mut bench = Bench::single(&entries, as_of);
            for start in [seek("b"), seek_for_prev("c"), Move::First, Move::Last] {
                bench.go(&start);
                for to in [0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1] {
                    bench.go([&Move::Next, &Move::Prev][to]);
                }
            }
        }
    }
}

#[test]
fn versions_of_the_first_and_the_last_moment_are_versions_like_others() {
    // Searches for the ends of a key's history lead to versions that are there.
    for count in [1, 8, 12] {
        let mut entries = Vec::new();
        for key in ["a", "b", "c"] {
            entries.extend(history(key, 0, count));
            entries.extend((0..count).map(|n| put(key, LATEST - n, (LATEST - n).to_string())));
        }
        for as_of in [0, count / 2, count, LATEST - 1, LATEST] {
            let mut bench = Bench::single(&entries, as_of);
            for (start, to, back) in [
                (Move::First, Move::Next, Move::Prev),
                (Move::Last, Move::Prev, Move::Next),
            ] {
                bench.go(&start);
                bench.go(&to);
                bench.go(&back);
                while bench.yours.is_valid() {
                    bench.go(&to);
                }
            }
        }
    }
}

#[test]
fn old_versions_are_passed_by_a_few_steps_and_a_search() {
    let mut entries = Vec::new();
    for key in ["a", "b", "c"] {
        entries.extend(history(key, 1, 1000));
    }
    for as_of in [1, 500, 1000] {
        let mut bench = Bench::single(&entries, as_of);
        bench.go(&Move::First);
        while bench.yours.is_valid() {
            let calls = bench.calls();
            assert!(
                calls.len() <= 40,
                "each key has 1,000 versions; as of @{as_of} yours made {} calls to get to {}",
                calls.len(),
                bench.shown()
            );
            bench.go(&Move::Next);
        }
    }
}

#[test]
fn where_every_key_has_one_version_an_entry_costs_one_step() {
    let entries: Vec<Entry> = (0..30)
        .map(|n| put(format!("{n:02}"), 1, "value"))
        .collect();
    for (start, to, call) in [
        (Move::First, Move::Next, Call::Next),
        (Move::Last, Move::Prev, Call::Prev),
    ] {
        let mut bench = Bench::single(&entries, LATEST);
        bench.go(&start);
        bench.watch.take();
        for _ in 0..20 {
            bench.go(&to);
            assert_eq!(
                bench.calls(),
                [call],
                "what one {to:?} has to ask of the source"
            );
        }
    }
}

#[test]
fn a_step_forward_whose_source_fails_at_any_call_says_so() {
    let mut entries = history("a", 1, 3);
    entries.extend(history("m", 1, 30));
    entries.push(delete("n", 40));
    entries.extend(history("n", 1, 30));
    entries.extend(history("o", 1, 3));
    for as_of in [1, 15, 50] {
        for before in [
            vec![Move::First],
            vec![seek("m")],
            vec![seek_for_prev("m")],
            vec![Move::Last, Move::Prev],
            vec![seek("m"), Move::Prev],
            vec![Move::First, Move::Next, Move::Prev],
        ] {
            fails_at_any_call(
                &entries,
                as_of,
                &before,
                &Move::Next,
                &[Move::Next, Move::Prev],
            );
        }
        fails_at_any_call(
            &entries,
            as_of,
            &[seek("m")],
            &Move::Prev,
            &[Move::Next, Move::Prev],
        );
        fails_at_any_call(
            &entries,
            as_of,
            &[seek("o"), Move::Prev, Move::Next],
            &Move::Prev,
            &[Move::Next, Move::Prev],
        );
    }
}

#[test]
fn what_a_reader_asks_of_its_source() {
    let mut entries = merged(&fruit());
    entries.extend(history("m", 1, 20));
    let mut bench = Bench::single(&entries, 5);
    let mut story = String::new();
    for to in [
        Move::First,
        Move::Next,
        Move::Next,
        Move::Prev,
        Move::Prev,
        Move::Next,
        seek("banana"),
        seek("m"),
        Move::Next,
        Move::Last,
        Move::Prev,
        Move::Next,
        Move::Prev,
        seek_for_prev("fig"),
    ] {
        bench.go(&to);
        story = format!("{story}{}: {}\n", name(&to), bench.shown());
        let calls: Vec<String> = bench.calls().iter().map(ToString::to_string).collect();
        story = format!("{story}    {}\n", calls.join(", "));
    }
    insta::assert_snapshot!(story);
}

#[test]
fn what_is_written_while_a_reader_reads_changes_nothing_for_it() {
    let newer = [
        put("a", 99, "new"),
        put("apple", 99, "new"),
        delete("apple", 98),
        put("b", 99, "new"),
        delete("banana", 99),
        put("cc", 99, "new"),
        put("date", 97, "new"),
        delete("fig", 96),
        put("g", 99, "new"),
        put("zzz", 99, "new"),
    ];
    for as_of in [4, 9] {
        for (n, entry) in newer.iter().enumerate() {
            for (start, to, back) in [
                (Move::First, Move::Next, Move::Prev),
                (Move::Last, Move::Prev, Move::Next),
            ] {
                for steps in 0..4 {
                    let mut bench = Bench::merged(&fruit(), as_of);
                    bench.go(&start);
                    for _ in 0..steps {
                        bench.go(&to);
                    }
                    bench.runs[0].add(entry.clone());
                    bench.runs[0].add(newer[(n + 3) % newer.len()].clone());
                    bench.go(&back);
                    bench.runs[0].add(newer[(n + 1) % newer.len()].clone());
                    for _ in 0..5 {
                        bench.go(&to);
                    }
                    bench.go(&back);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(chance::config(400))]

    #[test]
    fn any_walk_shows_what_was_there_at_that_time(
        runs in chance::runs(),
        as_of in 0..7_u64,
        moves in chance::moves(),
    ) {
        let mut bench = Bench::merged(&runs, as_of);
        bench.go(&Move::First);
        bench.go(&Move::Next);
        bench.go(&Move::Prev);
        bench.go(&Move::Last);
        for to in &moves {
            bench.go(to);
        }
    }

    #[test]
    fn any_walk_among_long_histories_shows_what_was_there(
        timestamps in prop::collection::vec((0..3_usize, 1..40_u64, any::<bool>()), 0..60),
        as_of in 0..42_u64,
        moves in chance::moves(),
    ) {
        let entries: Vec<Entry> = timestamps
            .into_iter()
            .map(|(key, timestamp, is_put)| {
                let key = ["a", "b", "c"][key];
                if is_put {
                    put(key, timestamp, timestamp.to_string())
                } else {
                    delete(key, timestamp)
                }
            })
            .collect();
        let run = Run::new(0, &Watch::default(), &entries).entries();
        let mut bench = Bench::single(&run, as_of);
        bench.go(&Move::First);
        bench.go(&Move::Next);
        bench.go(&Move::Last);
        for to in &moves {
            bench.go(to);
        }
    }

    #[test]
    fn any_walk_goes_on_while_newer_versions_come_in(
        runs in chance::runs(),
        as_of in 0..7_u64,
        moves in chance::moves(),
        newer in prop::collection::vec((0..6_usize, chance::entry()), 40),
    ) {
        let mut bench = Bench::merged(&runs, as_of);
        bench.go(&Move::First);
        bench.go(&Move::Next);
        bench.go(&Move::Last);
        for (time, (to, (run, mut entry))) in (100..).zip(moves.iter().zip(newer)) {
            bench.go(to);
            if let Some(run) = bench.runs.get(run) {
                entry.timestamp = time;
                run.add(entry);
            }
        }
    }

    #[test]
    fn any_failure_is_passed_on_to_the_reader_once(
        runs in chance::runs(),
        as_of in 0..7_u64,
        moves in chance::moves(),
        number in 0..80_usize,
    ) {
        let mut bench = Bench::merged(&runs, as_of);
        bench.go(&Move::First);
        bench.go(&Move::Next);
        bench.go(&Move::Last);
        bench.watch.fail_at(number);
        for to in &moves {
            let moved = bench.try_go(to);
            prop_assert_eq!(
                moved.is_err(),
                bench.watch.has_failed(),
                "call {} of a source failed, and {} has to pass that on", number, name(to)
            );
            if bench.watch.take_failure() {
                prop_assert!(!bench.yours.is_valid(), "after an error there is no entry");
                bench.model.at = None;
            } else {
                bench.model.go(to, true);
            }
            prop_assert!(
                bench.shown() == bench.expected(),
                "{} should lead to {}, yours leads to {}",
                name(to), bench.expected(), bench.shown()
            );
        }
    }
}
