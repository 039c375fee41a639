//! Reading a block: forward, backward, and from the middle.

mod support;

use std::fmt::Write;

use ferrisdb_block::{Block, Cursor};
use ferrisdb_core::InternalKey;
use proptest::prelude::*;
use support::{
    Entry, any_entries, backward, block, build, cases, current, deleted, forward, orders, put,
};

fn assert_at(cursor: &Cursor, expected: Option<&Entry>, after: &str) {
    let yours = current(cursor);
    assert_eq!(
        yours.as_ref(),
        expected,
        "after {after} the cursor should be at the entry on the right (None: at no entry)"
    );
}

#[derive(Debug, Clone)]
enum Move {
    First,
    Last,
    Seek(Entry),
    SeekForPrev(Entry),
    Next,
    Prev,
}

fn any_move() -> impl Strategy<Value = Move> {
    let target = || {
        any_entries().prop_filter_map("a target is one entry", |entries| {
            entries.into_iter().next_back()
        })
    };
    prop_oneof![
        1 => Just(Move::First),
        1 => Just(Move::Last),
        3 => target().prop_map(Move::Seek),
        3 => target().prop_map(Move::SeekForPrev),
        6 => Just(Move::Next),
        6 => Just(Move::Prev),
    ]
}

/// What the model does: the index of the entry in the list, or `None`.
fn move_in_list(entries: &[Entry], at: Option<usize>, step: &Move) -> Option<usize> {
    let below = |target: InternalKey<'_>| entries.partition_point(|entry| entry.key() < target);
    let up_to = |target: InternalKey<'_>| entries.partition_point(|entry| entry.key() <= target);
    let index = match step {
        Move::First => 0,
        Move::Last => entries.len().checked_sub(1)?,
        Move::Seek(target) => below(target.key()),
        Move::SeekForPrev(target) => up_to(target.key()).checked_sub(1)?,
        Move::Next => at? + 1,
        Move::Prev => at?.checked_sub(1)?,
    };
    (index < entries.len()).then_some(index)
}

fn move_cursor(cursor: &mut Cursor, step: &Move) -> ferrisdb_block::Result<()> {
    match step {
        Move::First => cursor.seek_to_first(),
        Move::Last => cursor.seek_to_last(),
        Move::Seek(target) => cursor.seek(target.key()),
        Move::SeekForPrev(target) => cursor.seek_for_prev(target.key()),
        Move::Next => cursor.next(),
        Move::Prev => cursor.prev(),
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_moves_over_any_block_agree_with_a_list(
        entries in any_entries(),
        interval in 1_usize..6,
        moves in prop::collection::vec(any_move(), 1..30),
    ) {
        let mut cursor = block(&entries, interval).cursor();
        let mut at = None;
        for step in &moves {
            at = move_in_list(&entries, at, step);
            move_cursor(&mut cursor, step).expect("the block is whole");
            let (yours, expected) = (current(&cursor), at.map(|at| entries[at].clone()));
            prop_assert_eq!(yours, expected, "after {:?}", step);
        }
    }
}
