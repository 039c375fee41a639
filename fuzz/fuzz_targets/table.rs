//! A table whose data block, index and properties are any bytes, in frames that are right, with a
//! footer that is. Or any bytes in place of the whole file.
#![no_main]

use std::path::Path;
use std::sync::Arc;

use ferrisdb_block::{Compression, Handle, Kind, Location, seal};
use ferrisdb_core::{InternalKey, Operation, Timestamp};
use ferrisdb_format::{Header, Magic};
use ferrisdb_fuzz::{DIRECTORY, disk_with, take, take_piece};
use ferrisdb_sstable::{Cache, Footer, ReadOptions, Table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut input = input;
    let [is_framed, levels] = take(&mut input);
    let key = take_piece(&mut input).unwrap_or_default();
    let bytes = if is_framed % 2 == 0 {
        input.to_vec()
    } else {
        table(input, levels)
    };
    let most = bytes.len();
    let fs = disk_with([("0000000001.sst", bytes)]);
    let cache = Arc::new(Cache::new(1 << 20));
    let opened = Table::open(
        &fs.environment(),
        Path::new(DIRECTORY),
        1,
        cache,
        &ReadOptions::default(),
    );
    let Ok(table) = opened else {
        return;
    };
    let _ = table.verify();
    let _ = table.get(key, Timestamp(7));
    let mut cursor = table.cursor();
    let mut steps = 0;
    let mut moved = cursor.seek_to_first();
    while moved.is_ok() && cursor.is_valid() && steps <= most {
        steps += 1;
        let _ = (cursor.key(), cursor.value());
        moved = cursor.next();
    }
    let mut steps = 0;
    let mut moved = cursor.seek_to_last();
    while moved.is_ok() && cursor.is_valid() && steps <= most {
        steps += 1;
        moved = cursor.prev();
    }
    let target = InternalKey {
        user_key: key,
        timestamp: Timestamp(7),
        operation: Operation::Put,
    };
    let _ = cursor.seek(target);
    let _ = cursor.seek_for_prev(target);
});

/// A file with these pieces as its parts.
fn table(mut input: &[u8], levels: u8) -> Vec<u8> {
    let mut bytes = Header::new(Magic::TABLE, 1, 0).encode().to_vec();
    let mut part = |kind, bytes: &mut Vec<u8>| {
        let payload = take_piece(&mut input).unwrap_or_default();
        let offset = bytes.len() as u64;
        let location = Location {
            file_number: 1,
            offset,
        };
        let size = seal(kind, payload, Compression::None, location, bytes);
        let size = size.expect("a piece is small");
        Handle {
            offset,
            size: u32::try_from(size).expect("a piece is small"),
        }
    };
    part(Kind::Data, &mut bytes);
    part(Kind::Data, &mut bytes);
    let tail = bytes.len() as u64;
    part(Kind::Index, &mut bytes);
    let footer = Footer {
        tail,
        index_levels: 1 + u32::from(levels % 2),
        index: part(Kind::Index, &mut bytes),
        filter: (levels % 4 > 1).then(|| part(Kind::Filter, &mut bytes)),
        properties: part(Kind::Properties, &mut bytes),
    };
    let offset = bytes.len() as u64;
    let location = Location {
        file_number: 1,
        offset,
    };
    bytes.extend(footer.encode(location));
    bytes
}
