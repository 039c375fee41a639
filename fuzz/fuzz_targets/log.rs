//! A segment of the log: any bytes behind a right header, or any payloads in right frames.
//!
//! Whatever it is, opening the log for writing brings it into order, and then it reads the same
//! as before.
#![no_main]

use std::path::Path;

use ferrisdb_core::Batch;
use ferrisdb_fuzz::{DIRECTORY, disk_with, take, take_piece};
use ferrisdb_wal::{
    Kind, Options, Place, Position, RECORD_HEADER_SIZE, Record, SegmentHeader, Writer, replay,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut input = input;
    let [is_framed] = take(&mut input);
    let header = SegmentHeader {
        number: 1,
        start: Position(0),
        mark: Position(0),
        created_at_us: 0,
    };
    let mut bytes = header.encode().to_vec();
    if is_framed % 2 == 0 {
        bytes.extend(input);
    } else {
        append_records(&mut bytes, input);
    }
    let fs = disk_with([("0000000001.wal", bytes)]);
    let (environment, directory) = (fs.environment(), Path::new(DIRECTORY));

    let mut before: Vec<(u64, Batch)> = Vec::new();
    let mut note = |timestamp: ferrisdb_core::Timestamp, batch: &Batch| {
        before.push((timestamp.0, batch.clone()));
    };
    if replay(&*environment.fs, directory, Position(0), &mut note).is_err() {
        return;
    }
    let mut opened = 0;
    let options = Options {
        segment_size_max: 1 << 16,
        ..Options::default()
    };
    let (writer, _) = Writer::open(&environment, directory, options, &mut |_, _| opened += 1)
        .expect("it could be read, and the disk works");
    writer.close().expect("the disk works");
    assert_eq!(opened, before.len());
    let mut after = Vec::new();
    let mut note = |timestamp: ferrisdb_core::Timestamp, batch: &Batch| {
        after.push((timestamp.0, batch.clone()));
    };
    replay(&*environment.fs, directory, Position(0), &mut note).expect("it was brought into order");
    assert_eq!(after, before);
});

/// Appends records whose payloads are the pieces of the input.
fn append_records(bytes: &mut Vec<u8>, mut input: &[u8]) {
    while !input.is_empty() {
        let [kind, mark] = take(&mut input);
        let Some(payload) = take_piece(&mut input) else {
            return;
        };
        let offset = bytes.len() as u64;
        let kind = match kind % 2 {
            0 => Kind::Batch,
            _ => Kind::Mark,
        };
        let mut record = vec![0; RECORD_HEADER_SIZE];
        record.extend(payload);
        let place = Place {
            file_number: 1,
            offset,
        };
        // Mostly a mark that may be right.
        let mark = Position(offset.saturating_sub(u64::from(mark)));
        Record::frame(&mut record, kind, mark, place);
        bytes.extend(record);
    }
}
