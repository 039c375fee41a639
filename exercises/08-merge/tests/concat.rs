//! Pieces one behind the other, opened on the way.

mod support;

use std::cell::Cell;
use std::rc::Rc;

use ferrisdb_core::{InternalKey, Source};
use ferrisdb_merge::{Concat, Piece};
use proptest::prelude::*;

use support::{
    Broken, Call, Entry, Model, Move, Run, RunCursor, Watch, chance, current, delete, go, put, say,
};

/// A piece that counts how often it is opened, and how many are open at a time.
#[derive(Debug, Clone)]
struct Part {
    run: Run,
    watch: Watch,
    number: usize,
    smallest: Entry,
    largest: Entry,
    open: Rc<Cell<usize>>,
    open_max: Rc<Cell<usize>>,
}

/// The open source of a [`Part`]; closed when it is dropped.
#[derive(Debug)]
struct Open {
    cursor: RunCursor,
    open: Rc<Cell<usize>>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.open.set(self.open.get() - 1);
    }
}

impl Piece for Part {
    type Source = Open;
    type Error = Broken;

    fn smallest(&self) -> InternalKey<'_> {
        self.smallest.key()
    }

    fn largest(&self) -> InternalKey<'_> {
        self.largest.key()
    }

    fn open(&self) -> Result<Open, Broken> {
        self.watch.open(self.number)?;
        self.open.set(self.open.get() + 1);
        self.open_max.set(self.open_max.get().max(self.open.get()));
        Ok(Open {
            cursor: self.run.cursor(),
            open: Rc::clone(&self.open),
        })
    }
}

impl Source for Open {
    type Error = Broken;

    fn seek_to_first(&mut self) -> Result<(), Broken> {
        self.cursor.seek_to_first()
    }

    fn seek_to_last(&mut self) -> Result<(), Broken> {
        self.cursor.seek_to_last()
    }

    fn seek(&mut self, target: InternalKey<'_>) -> Result<(), Broken> {
        self.cursor.seek(target)
    }

    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), Broken> {
        self.cursor.seek_for_prev(target)
    }

    fn next(&mut self) -> Result<(), Broken> {
        self.cursor.next()
    }

    fn prev(&mut self) -> Result<(), Broken> {
        self.cursor.prev()
    }

    fn is_valid(&self) -> bool {
        self.cursor.is_valid()
    }

    fn key(&self) -> InternalKey<'_> {
        self.cursor.key()
    }

    fn value(&self) -> &[u8] {
        self.cursor.value()
    }
}

struct Bench {
    watch: Watch,
    open: Rc<Cell<usize>>,
    open_max: Rc<Cell<usize>>,
    concat: Concat<Part>,
    model: Model,
}

impl Bench {
    /// Pieces with these versions, and with the ranges that they are said to have.
    fn new(pieces: &[(Entry, Vec<Entry>, Entry)]) -> Self {
        let watch = Watch::default();
        let (open, open_max) = (Rc::default(), Rc::default());
        let part =
            |(number, (smallest, entries, largest)): (usize, &(Entry, Vec<Entry>, Entry))| Part {
                run: Run::new(number, &watch, entries),
                watch: watch.clone(),
                number,
                smallest: smallest.clone(),
                largest: largest.clone(),
                open: Rc::clone(&open),
                open_max: Rc::clone(&open_max),
            };
        let parts: Vec<Part> = pieces.iter().enumerate().map(part).collect();
        let entries = pieces.iter().flat_map(|(_, entries, _)| entries.clone());
        Self {
            model: Model::new(entries.collect()),
            concat: Concat::new(parts),
            watch,
            open,
            open_max,
        }
    }

    /// Moves both, and compares.
    #[track_caller]
    fn go(&mut self, to: &Move) {
        let before = say(self.model.current());
        let moved = go(&mut self.concat, to);
        assert!(moved.is_ok(), "nothing is broken, and {to:?} failed");
        self.model.go(to, false);
        let (yours, expected) = (current(&self.concat), self.model.current());
        assert!(
            yours.as_ref() == expected,
            "{to:?} from {before} should lead to {}, yours leads to {}",
            say(expected),
            say(yours.as_ref())
        );
    }

    #[track_caller]
    fn check_open(&self) {
        assert!(
            self.open.get() <= 1 && self.open_max.get() <= 1,
            "at most one piece may be open at a time; of yours {} were",
            self.open_max.get()
        );
    }

    /// The pieces that were opened since this was last asked.
    fn opened(&self) -> Vec<usize> {
        let calls = self.watch.take().into_iter();
        calls
            .filter(|(_, call)| *call == Call::Open)
            .map(|(piece, _)| piece)
            .collect()
    }
}

/// A piece whose range is that of its versions.
fn tight(entries: Vec<Entry>) -> (Entry, Vec<Entry>, Entry) {
    let (first, last) = (entries[0].clone(), entries[entries.len() - 1].clone());
    (first, entries, last)
}

/// Five pieces: versions of one key lie in two of them, one has a single version, and one begins
/// with a tombstone.
fn pieces() -> Vec<(Entry, Vec<Entry>, Entry)> {
    vec![
        tight(vec![put("apple", 9, "0"), delete("apple", 4)]),
        tight(vec![
            put("cherry", 8, "1"),
            put("fig", 9, "1"),
            put("fig", 7, "1"),
        ]),
        tight(vec![put("fig", 3, "2")]),
        tight(vec![delete("kiwi", 5), put("lime", 2, "3")]),
        tight(vec![put("plum", 6, "4"), delete("quince", 1)]),
    ]
}

/// Pieces that were said to have more than they have; two of them have nothing.
fn loose() -> Vec<(Entry, Vec<Entry>, Entry)> {
    vec![
        (put("a", 9, ""), vec![put("b", 5, "0")], put("c", 0, "")),
        (put("d", 9, ""), vec![], put("e", 0, "")),
        (
            put("f", 9, ""),
            vec![put("g", 5, "2"), put("h", 5, "2")],
            put("i", 0, ""),
        ),
        (put("j", 9, ""), vec![], put("k", 0, "")),
    ]
}

/// Every place to search for.
fn targets(pieces: &[(Entry, Vec<Entry>, Entry)]) -> Vec<(Vec<u8>, u64)> {
    let mut targets = vec![(Vec::new(), 9), (b"zzz".to_vec(), 0)];
    for (smallest, entries, largest) in pieces {
        for entry in entries.iter().chain([smallest, largest]) {
            for timestamp in entry.timestamp.saturating_sub(1)..=entry.timestamp + 1 {
                targets.push((entry.user_key.clone(), timestamp));
            }
            targets.push(([&entry.user_key[..], b"\0"].concat(), 5));
        }
    }
    targets
}

// ---------------------------------------------------------------------------------------------
// Hole 4: Concat::enter
// ---------------------------------------------------------------------------------------------

#[test]
fn pieces_are_opened_when_the_way_leads_to_them() {
    let mut bench = Bench::new(&pieces());
    assert_eq!(
        bench.opened(),
        [],
        "nothing is opened before the first move"
    );
    bench.go(&Move::First);
    assert_eq!(
        bench.opened(),
        [0],
        "the first version is in the first piece"
    );
    bench.go(&Move::Next);
    assert_eq!(bench.opened(), [], "so is the second version");
    bench.go(&Move::Next);
    assert_eq!(
        bench.opened(),
        [1],
        "the third is the first of the second piece"
    );
    bench.go(&Move::Last);
    assert_eq!(bench.opened(), [4], "the last version is in the last piece");
}

#[test]
fn a_walk_through_all_pieces_opens_each_of_them_once() {
    for pieces in [pieces(), loose()] {
        let all: Vec<usize> = (0..pieces.len()).collect();
        for (start, to) in [(Move::First, Move::Next), (Move::Last, Move::Prev)] {
            let mut bench = Bench::new(&pieces);
            bench.go(&start);
            while bench.concat.is_valid() {
                bench.go(&to);
            }
            let mut opened = bench.opened();
            if start == Move::Last {
                opened.reverse();
            }
            assert_eq!(
                opened, all,
                "the pieces that yours opened, from {start:?} on"
            );
            bench.go(&to);
            assert_eq!(bench.opened(), [], "past the end there is nothing to open");
        }
    }
}

#[test]
fn a_search_finds_the_first_version_at_or_behind_any_target_in_all_pieces() {
    for pieces in [pieces(), loose()] {
        let mut bench = Bench::new(&pieces);
        for (key, timestamp) in targets(&pieces) {
            bench.go(&Move::Seek(key, timestamp));
        }
    }
}

#[test]
fn a_piece_that_is_open_is_not_opened_again() {
    let mut bench = Bench::new(&pieces());
    bench.go(&Move::Seek(b"cherry".to_vec(), 9));
    assert_eq!(bench.opened(), [1]);
    for key in ["cherry", "banana", "fig", "d"] {
        bench.go(&Move::Seek(key.into(), 8));
        assert_eq!(
            bench.opened(),
            [],
            "the version for {key} lies in the piece that is open"
        );
    }
    bench.go(&Move::Seek(b"plum".to_vec(), 9));
    bench.go(&Move::Seek(b"cherry".to_vec(), 9));
    assert_eq!(
        bench.opened(),
        [4, 1],
        "it was closed on the way to another"
    );
}

#[test]
fn the_piece_before_is_closed_before_the_next_is_opened() {
    let mut bench = Bench::new(&pieces());
    for key in ["a", "g", "cherry", "plum", "fig"] {
        bench.go(&Move::Seek(key.into(), 9));
        bench.check_open();
    }
}

#[test]
fn a_piece_that_cannot_be_opened_leaves_the_concat_at_nothing() {
    for (start, to) in [
        // From the first piece to the next one, back to the one before, and far away.
        (Move::Seek(b"apple".to_vec(), 4), Move::Next),
        (Move::Seek(b"cherry".to_vec(), 9), Move::Prev),
        (Move::First, Move::Seek(b"plum".to_vec(), 6)),
        (Move::First, Move::Last),
        (Move::Last, Move::First),
    ] {
        let mut bench = Bench::new(&pieces());
        bench.go(&start);
        // A step is a call of the source first, and then of the piece.
        let steps = usize::from(matches!(to, Move::Next | Move::Prev));
        bench.watch.fail_at(steps);
        let moved = go(&mut bench.concat, &to);
        assert!(bench.watch.mend(), "{to:?} from {start:?} opens a piece");
        assert!(
            moved.is_err(),
            "it could not be opened, and {to:?} has to pass that on"
        );
        assert!(
            !bench.concat.is_valid(),
            "after an error there is no entry, and yours is at {}",
            say(current(&bench.concat).as_ref())
        );
        bench.watch.take();
        go(&mut bench.concat, &Move::Next).expect("this does nothing");
        go(&mut bench.concat, &Move::Prev).expect("this does nothing");
        assert_eq!(bench.watch.take(), [], "and asks nobody");
        bench.go(&start);
        bench.go(&to);
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 5: Concat::seek_for_prev
// ---------------------------------------------------------------------------------------------

#[test]
fn a_search_finds_the_last_version_at_or_before_any_target_in_all_pieces() {
    for pieces in [pieces(), loose()] {
        let mut bench = Bench::new(&pieces);
        for (key, timestamp) in targets(&pieces) {
            bench.go(&Move::SeekForPrev(key, timestamp));
        }
    }
}

#[test]
fn a_search_before_the_first_version_opens_nothing_and_leads_nowhere() {
    let mut bench = Bench::new(&pieces());
    bench.go(&Move::SeekForPrev(b"plum".to_vec(), 6));
    bench.opened();
    for (key, timestamp) in [("apple", 10), ("a", 1), ("", 1)] {
        bench.go(&Move::SeekForPrev(key.into(), timestamp));
        assert_eq!(
            bench.opened(),
            [],
            "no piece begins before {key} @{timestamp}"
        );
        bench.go(&Move::Prev);
        bench.go(&Move::Next);
    }
}

#[test]
fn a_backward_search_opens_one_piece_where_the_ranges_tell() {
    let mut bench = Bench::new(&pieces());
    for (key, timestamp, piece) in [
        ("apple", 9, 0),
        ("banana", 1, 0),
        ("cherry", 8, 1),
        ("fig", 8, 1),
        ("fig", 4, 1),
        ("fig", 3, 2),
        ("grape", 1, 2),
        ("zebra", 1, 4),
    ] {
        bench.go(&Move::First);
        bench.opened();
        bench.go(&Move::SeekForPrev(key.into(), timestamp));
        let expected = if piece == 0 { vec![] } else { vec![piece] };
        assert_eq!(
            bench.opened(),
            expected,
            "the pieces to open for what lies at or before {key} @{timestamp}"
        );
    }
}

#[test]
fn a_backward_search_that_fails_at_any_call_says_so() {
    for pieces in [pieces(), loose()] {
        for (key, timestamp) in targets(&pieces) {
            for start in [Move::First, Move::Last] {
                let to = Move::SeekForPrev(key.clone(), timestamp);
                // Each call in turn, until there are no more: the piece that is opened, the search
                // in it, and each step of the way back from there.
                for number in 0.. {
                    let mut bench = Bench::new(&pieces);
                    bench.go(&start);
                    bench.watch.take();
                    bench.watch.fail_at(number);
                    let moved = go(&mut bench.concat, &to);
                    if !bench.watch.mend() {
                        break;
                    }
                    let calls = bench.watch.take();
                    let (piece, call) = calls[number];
                    assert!(
                        moved.is_err(),
                        "`{call}` of piece {piece} failed, and {to:?} has to pass that on"
                    );
                    assert!(
                        !bench.concat.is_valid(),
                        "`{call}` of piece {piece} failed: after an error there is no entry, and \
                         yours is at {}",
                        say(current(&bench.concat).as_ref())
                    );
                    assert_eq!(
                        calls[number + 1..],
                        [],
                        "`{call}` of piece {piece} failed, and yours goes on asking"
                    );
                    bench.go(&to);
                }
            }
        }
    }
}

#[test]
fn a_concat_can_turn_round_at_every_place() {
    for pieces in [pieces(), loose()] {
        let mut bench = Bench::new(&pieces);
        for (key, timestamp) in targets(&pieces) {
            for start in [
                Move::Seek(key.clone(), timestamp),
                Move::SeekForPrev(key.clone(), timestamp),
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
fn what_is_opened_and_asked() {
    let mut bench = Bench::new(&pieces());
    let mut story = String::new();
    for to in [
        Move::First,
        Move::Next,
        Move::Next,
        Move::Prev,
        Move::Seek(b"fig".to_vec(), 5),
        Move::SeekForPrev(b"fig".to_vec(), 8),
        Move::SeekForPrev(b"apple".to_vec(), 5),
        Move::Seek(b"tomato".to_vec(), 5),
        Move::Last,
        Move::Next,
    ] {
        bench.go(&to);
        story = format!("{story}{to:?}: {}\n", say(bench.model.current()));
        for (piece, call) in bench.watch.take() {
            story = format!("{story}    piece {piece}: {call}\n");
        }
    }
    insta::assert_snapshot!(story);
}

/// Sorted versions, cut into pieces at some places.
fn any_pieces() -> impl Strategy<Value = Vec<(Entry, Vec<Entry>, Entry)>> {
    let entries = prop::collection::vec(chance::entry(), 1..20);
    (entries, prop::collection::vec(1..5_usize, 20)).prop_map(|(entries, sizes)| {
        let mut rest = support::merged(&[entries]);
        let mut pieces = Vec::new();
        for size in sizes {
            let behind = rest.split_off(size.min(rest.len()));
            if !rest.is_empty() {
                pieces.push(tight(std::mem::replace(&mut rest, behind)));
            }
        }
        pieces
    })
}

proptest! {
    #![proptest_config(chance::config(300))]

    #[test]
    fn any_walk_through_pieces_goes_as_over_a_sorted_list(
        pieces in any_pieces(),
        moves in chance::moves(),
    ) {
        let mut bench = Bench::new(&pieces);
        bench.go(&Move::SeekForPrev(b"zzz".to_vec(), 0));
        for to in &moves {
            bench.go(to);
            bench.check_open();
        }
    }

    #[test]
    fn any_failure_in_a_piece_is_passed_on_once(
        pieces in any_pieces(),
        moves in chance::moves(),
        number in 0..60_usize,
    ) {
        let mut bench = Bench::new(&pieces);
        bench.go(&Move::SeekForPrev(b"zzz".to_vec(), 0));
        bench.watch.fail_at(number);
        for to in &moves {
            let moved = go(&mut bench.concat, to);
            prop_assert_eq!(
                moved.is_err(),
                bench.watch.has_failed(),
                "call {} failed, and {:?} has to pass that on", number, to
            );
            if bench.watch.take_failure() {
                prop_assert!(!bench.concat.is_valid(), "after an error there is no entry");
                bench.model.at = None;
            } else {
                bench.model.go(to, false);
            }
            let yours = current(&bench.concat);
            prop_assert!(
                yours.as_ref() == bench.model.current(),
                "{:?} should lead to {}, yours leads to {}",
                to, say(bench.model.current()), say(yours.as_ref())
            );
        }
    }
}
