//! A manifest: any bytes behind a right header, or any payloads in right frames. What can be read
//! can be opened, and is the same version then.
#![no_main]

use std::path::Path;

use ferrisdb_format::{Header, Magic};
use ferrisdb_fuzz::{DIRECTORY, disk_with, take, take_piece};
use ferrisdb_manifest::{Kind, Manifest, Options, Place, Record};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut input = input;
    let [is_framed] = take(&mut input);
    let mut bytes = Header::new(Magic::MANIFEST, 1, 0).encode().to_vec();
    if is_framed % 2 == 0 {
        bytes.extend(input);
    } else {
        append_records(&mut bytes, input);
    }
    let current = Header::new(Magic::CURRENT, 1, 0).encode().to_vec();
    let fs = disk_with([("0000000001.manifest", bytes), ("CURRENT", current)]);
    let (environment, directory) = (fs.environment(), Path::new(DIRECTORY));
    let Ok(found) = Manifest::read(&environment, directory) else {
        return;
    };
    // Numbers may be used up, so that no new manifest can be begun.
    let Ok((manifest, recovery)) = Manifest::open(&environment, directory, Options::default())
    else {
        return;
    };
    assert_eq!(recovery.version, found.version);
    assert_eq!(manifest.current().levels(), found.version.levels());
    let again = Manifest::read(&environment, directory).expect("it was just written");
    assert_eq!(again.version.levels(), found.version.levels());
});

/// Appends records whose payloads are the pieces of the input: a snapshot, then edits and marks.
fn append_records(bytes: &mut Vec<u8>, mut input: &[u8]) {
    let mut is_first = true;
    while !input.is_empty() {
        let [kind, durable] = take(&mut input);
        let Some(payload) = take_piece(&mut input) else {
            return;
        };
        let offset = bytes.len() as u64;
        let kind = match kind % 8 {
            _ if is_first => Kind::Snapshot,
            0 => Kind::Mark,
            1 => Kind::Snapshot,
            _ => Kind::Edit,
        };
        is_first = false;
        let record = Record {
            kind,
            durable: offset.saturating_sub(u64::from(durable)),
            payload,
        };
        let place = Place {
            file_number: 1,
            offset,
        };
        bytes.extend(record.encode(place).expect("a piece is small"));
    }
}
