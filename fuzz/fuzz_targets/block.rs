//! A block of any bytes: a cursor goes through it both ways and searches it. A filter and a frame
//! of the same bytes.
#![no_main]

use bytes::Bytes;
use ferrisdb_block::{Block, Filter, Kind, Location, open};
use ferrisdb_core::{InternalKey, Operation, Timestamp};
use ferrisdb_fuzz::{take, take_piece};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut input = input;
    let timestamp = Timestamp(u64::from(u16::from_le_bytes(take(&mut input))));
    let user_key = take_piece(&mut input).unwrap_or_default();
    let location = Location {
        file_number: 1,
        offset: 0,
    };
    let bytes = Bytes::copy_from_slice(input);
    for kind in [Kind::Data, Kind::Index, Kind::Filter, Kind::Properties] {
        let _ = open(bytes.clone(), kind, location);
    }
    if let Ok(filter) = Filter::parse(bytes.clone()) {
        filter.may_contain(user_key);
    }
    let Ok(block) = Block::parse(bytes) else {
        return;
    };
    let mut cursor = block.cursor();
    // Entries take some bytes each, so going on and on is a mistake.
    let most = input.len();
    let mut steps = 0;
    let mut moved = cursor.seek_to_first();
    while moved.is_ok() && cursor.is_valid() {
        steps += 1;
        assert!(steps <= most, "going forward has no end");
        let _ = (cursor.key(), cursor.value(), cursor.value_bytes());
        moved = cursor.next();
    }
    let mut steps = 0;
    let mut moved = cursor.seek_to_last();
    while moved.is_ok() && cursor.is_valid() {
        steps += 1;
        assert!(steps <= most, "going back has no end");
        moved = cursor.prev();
    }
    let target = InternalKey {
        user_key,
        timestamp,
        operation: Operation::Put,
    };
    if cursor.seek(target).is_ok() && cursor.is_valid() {
        let _ = cursor.key();
    }
    if cursor.seek_for_prev(target).is_ok() && cursor.is_valid() {
        let _ = cursor.key();
    }
});
