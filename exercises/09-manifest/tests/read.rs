//! Reading a manifest: what is in it, what a crash left, and what is damaged.

use std::io::ErrorKind;
use std::path::PathBuf;

use ferrisdb_core::Timestamp;
use ferrisdb_format::{HEADER_SIZE, Header, Magic, VERSION, Version, put_u32, put_u64, put_varint};
use ferrisdb_manifest::{
    Corruption, Edit, Error, FileName, Invalid, Kind, Manifest, Place, Proof, RECORD_HEADER_SIZE,
    Record, Recovery, Refusal, Result,
};
use ferrisdb_testkit::{Fault, FaultyFs, MemFs, When};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use support::{
    HEADER, Handmade, MANIFEST, NOW_US, all_files, current_path, damage, directory, disk_with,
    environment, flush, manifest_path, numbers, read, shape, table, table_path,
};

mod support;

// ---------------------------------------------------------------------------------------------
// Hole 4: walk
// ---------------------------------------------------------------------------------------------

fn found(result: Result<Recovery>) -> Recovery {
    result.unwrap_or_else(|error| panic!("this can be read, and yours says: {error}"))
}

fn corruption(result: Result<Recovery>) -> Corruption {
    match result {
        Err(Error::Corruption(corruption)) => *corruption,
        Err(error) => panic!("this is corruption, and yours says: {error}"),
        Ok(recovery) => panic!("this is corruption, and yours found {recovery}"),
    }
}

/// Reads a manifest that ends in a torn tail, and says which tables there are without it.
fn torn(made: &Handmade, offset: u64, tables: &[u64]) -> Invalid {
    let recovery = found(made.read());
    assert_eq!(
        numbers(&recovery.version),
        [tables],
        "tables of level 0, newest first"
    );
    let Some(tail) = recovery.torn_tail else {
        panic!("what lies at offset {offset} is no record; yours does not report it");
    };
    assert_eq!((tail.path, tail.offset), (manifest_path(MANIFEST), offset));
    tail.reason
}

#[test]
fn a_snapshot_and_the_edits_behind_it_lead_to_the_last_version() {
    for edits in 0..4 {
        for mark in [false, true] {
            let mut made = Handmade::new().flushes(6..6 + edits);
            if mark {
                made = made.mark();
            }
            let recovery = found(made.read());
            let expected: Vec<u64> = (5..6 + edits).rev().collect();
            assert_eq!(numbers(&recovery.version), [expected]);
            assert_eq!(
                recovery.version.number(),
                40 + edits,
                "each edit makes a version"
            );
            assert_eq!(recovery.edits, edits);
            let newest = 10 * (5 + edits);
            assert_eq!(recovery.version.last_timestamp(), Timestamp(newest));
            assert_eq!(recovery.version.log_start(), 100 * newest);
            assert_eq!(recovery.version.next_number(), 100);
            assert_eq!(recovery.torn_tail, None, "the manifest is whole");
            assert_eq!(recovery.manifest, Some(manifest_path(MANIFEST)));
        }
    }
}

#[test]
fn a_snapshot_may_say_that_there_is_nothing() {
    let recovery = found(Handmade::snapshot(&Edit::new()).read());
    assert_eq!(
        shape(&recovery.version),
        "version 40, tables [], log from 0, up to @0"
    );
}

#[test]
fn the_number_of_a_version_may_be_the_largest_there_is() {
    let mut payload = Vec::new();
    put_varint(&mut payload, u64::MAX);
    flush(5, 50).encode(&mut payload);
    let made = Handmade::header().record(Kind::Snapshot, 0, &payload);
    let recovery = found(made.flushes([6]).read());
    assert_eq!(numbers(&recovery.version), [[6, 5]]);
    assert_eq!(recovery.version.number(), u64::MAX, "it stays there");
}

#[test]
fn half_an_edit_at_the_end_is_a_torn_tail() {
    let whole = Handmade::new().flushes([6]);
    let (start, end) = (whole.end(), whole.clone().flushes([7]).end());
    for size in start + 1..end {
        let mut made = whole.clone().flushes([7]);
        made.bytes
            .truncate(usize::try_from(size).expect("it is small"));
        let reason = torn(&made, start, &[6, 5]);
        assert!(matches!(reason, Invalid::CutShort { .. }), "{reason}");
    }
}

#[test]
fn an_edit_of_which_a_part_is_missing_is_a_torn_tail() {
    let whole = Handmade::new().flushes([6]);
    let start = whole.end();
    let torn_edit = whole.clone().flushes([7]).damage(start + 30);
    assert!(matches!(
        torn(&torn_edit, start, &[6, 5]),
        Invalid::Checksum { .. }
    ));
    let zeros = whole.bytes(&[0; 600]);
    assert_eq!(torn(&zeros, start, &[6, 5]), Invalid::Kind { number: 0 });
}

#[test]
fn an_edit_that_was_to_replace_the_mark_leaves_the_mark_or_not() {
    // The mark lies where the next edit begins. Of that edit, any part may be there.
    let made = Handmade::new().flushes([6]);
    let (start, frame) = (made.end(), RECORD_HEADER_SIZE as u64);
    let begun = made
        .clone()
        .mark()
        .bytes(b"the rest of an edit whose beginning is lost");
    assert_eq!(torn(&begun, start + frame, &[6, 5]), Invalid::BehindTheMark);
    let mixed = made.flushes([7]);
    let mut bytes = Handmade::new().flushes([6]).mark().bytes;
    bytes.truncate(usize::try_from(start + 9).expect("it is small"));
    bytes.extend_from_slice(&mixed.bytes[bytes.len()..]);
    let mixed = Handmade { bytes, ..mixed };
    torn(&mixed, start, &[6, 5]);
}

#[test]
fn damage_before_a_later_edit_is_corruption() {
    let made = Handmade::new().flushes([6, 7, 8]);
    for (damaged, later) in [(1, 2), (2, 3)] {
        let (offset, witness) = (made.at(damaged), made.at(later));
        for at in [offset, offset + 20, witness - 1] {
            let corruption = corruption(made.clone().damage(at).read());
            assert_eq!(corruption.path, manifest_path(MANIFEST));
            assert_eq!(corruption.offset, offset, "the damaged record begins there");
            let expected = Proof::Record {
                offset: witness,
                durable: witness,
            };
            assert_eq!(
                corruption.proof, expected,
                "the record behind the damage was written when everything before it was synced"
            );
        }
    }
}

#[test]
fn damage_before_the_mark_is_corruption() {
    let made = Handmade::new().flushes([6]).mark();
    let (offset, mark) = (made.at(1), made.at(2));
    let corruption = corruption(made.damage(offset + 20).read());
    assert_eq!(corruption.offset, offset, "the edit had been acknowledged");
    let expected = Proof::Record {
        offset: mark,
        durable: mark,
    };
    assert_eq!(corruption.proof, expected);
}

#[test]
fn a_gap_of_any_size_does_not_hide_what_lies_behind_it() {
    // Sizes in a damaged place mean nothing, so the search goes on byte by byte.
    for gap in [1, 16, 17, 18, 500, 4096] {
        let made = Handmade::new().flushes([6]);
        let offset = made.end();
        let made = made.bytes(&vec![0xee; gap]);
        let witness = made.end();
        let made = made.record(Kind::Mark, witness, &[]);
        let corruption = corruption(made.read());
        assert_eq!(corruption.offset, offset, "after a gap of {gap} bytes");
        let expected = Proof::Record {
            offset: witness,
            durable: witness,
        };
        assert_eq!(corruption.proof, expected);
    }
}

/// Damage behind an edit, and then a record that was written when so many bytes, counted from
/// the damaged place, were on the disk.
fn damage_and_a_record(known: impl Fn(u64) -> u64) -> (u64, Handmade) {
    let made = Handmade::new().flushes([6]);
    let place = made.end();
    let made = made.bytes(b"damaged");
    (place, made.record(Kind::Edit, known(place), &[]))
}

#[test]
fn a_record_that_knows_nothing_of_the_damaged_place_proves_nothing() {
    let (place, made) = damage_and_a_record(|_| HEADER);
    torn(&made, place, &[6, 5]);
}

#[test]
fn a_record_that_knows_all_before_the_damaged_place_proves_nothing() {
    let (place, made) = damage_and_a_record(|place| place);
    torn(&made, place, &[6, 5]);
}

#[test]
fn a_record_that_knows_a_byte_of_the_damaged_place_proves_corruption() {
    let (place, made) = damage_and_a_record(|place| place + 1);
    assert_eq!(corruption(made.read()).offset, place);
}

#[test]
fn a_proof_may_lie_a_record_header_away() {
    for gap in [RECORD_HEADER_SIZE, 2 * RECORD_HEADER_SIZE] {
        let made = Handmade::new().flushes([6]);
        let offset = made.end();
        let made = made.bytes(&vec![0xee; gap]).mark();
        assert_eq!(
            corruption(made.read()).offset,
            offset,
            "after a gap of {gap} bytes"
        );
    }
}

#[test]
fn what_follows_a_mark_is_reported() {
    let made = Handmade::new().flushes([6]).mark();
    for rest in [b"the rest of an edit".as_slice(), &[0], &[0; 17], &[0; 600]] {
        let recovery = found(made.clone().bytes(rest).read());
        assert_eq!(numbers(&recovery.version), [[6, 5]]);
        assert!(
            recovery.torn_tail.is_some(),
            "something follows the mark, even if it is zeros: {rest:?}"
        );
    }
}

#[test]
fn nothing_is_read_behind_a_mark() {
    let made = Handmade::new().flushes([6]);
    let place = made.end();
    let made = made.mark();
    let behind = made.end();
    let made = made.record(Kind::Edit, place, &edit_bytes(&flush(7, 70)));
    let reason = torn(&made, behind, &[6, 5]);
    assert_eq!(reason, Invalid::BehindTheMark);
}

#[test]
fn a_proof_may_lie_right_behind_the_mark() {
    // An edit without fields is as long as a mark. One was written over the mark and lost by the
    // disk; the record behind it begins right behind the old mark.
    for kind in [Kind::Mark, Kind::Edit] {
        let made = Handmade::new().flushes([6]).mark();
        let end = made.end();
        let corruption = corruption(made.record(kind, end, &[]).read());
        assert_eq!(corruption.offset, end, "the first byte behind the mark");
        assert_eq!(corruption.reason, Invalid::BehindTheMark);
        let expected = Proof::Record {
            offset: end,
            durable: end,
        };
        assert_eq!(corruption.proof, expected);
    }
}

#[test]
fn behind_a_mark_as_well_the_place_of_the_mark_decides() {
    // An edit was written over the mark and acknowledged; then the disk lost its first part.
    let made = Handmade::new().flushes([6]);
    let place = made.end();
    let made = made.mark().bytes(b"the rest of an edit");
    let witness = made.end();
    for (durable, is_corruption) in [(place, false), (place + 1, true), (witness, true)] {
        let result = made.clone().record(Kind::Mark, durable, &[]).read();
        assert_eq!(
            matches!(result, Err(Error::Corruption(_))),
            is_corruption,
            "the mark at {place} is the last thing that can be read, and a record behind it \
             knows of {durable} bytes; yours says {result:?}"
        );
    }
}

#[test]
fn a_damaged_snapshot_is_always_corruption() {
    let made = Handmade::new();
    let end = made.end();
    for at in HEADER..end {
        let corruption = corruption(made.clone().damage(at).read());
        assert_eq!(
            (corruption.offset, corruption.proof),
            (HEADER, Proof::Whole)
        );
    }
    for size in HEADER_SIZE..made.bytes.len() {
        let corruption = corruption(read(&disk_with(&made.bytes[..size])));
        assert_eq!(
            (corruption.offset, corruption.proof),
            (HEADER, Proof::Whole),
            "CURRENT names a manifest only when its snapshot is on the disk, so {size} bytes are \
             not what a crash leaves"
        );
    }
}

#[test]
fn the_first_record_is_a_snapshot_and_no_other_is() {
    let edit = Handmade::header().edit(&Edit::new());
    let no_snapshot = corruption(edit.read());
    assert_eq!(no_snapshot.offset, HEADER);
    assert_eq!(no_snapshot.reason, Invalid::NoSnapshot);
    assert_eq!(no_snapshot.proof, Proof::Checksum);
    let mark = corruption(Handmade::header().mark().read());
    assert_eq!(mark.reason, Invalid::NoSnapshot);

    let twice = Handmade::new().record(Kind::Snapshot, HEADER, &[1]);
    let offset = twice.at(1);
    let twice = corruption(twice.read());
    assert_eq!(twice.offset, offset);
    assert_eq!(twice.reason, Invalid::SecondSnapshot);
    assert_eq!(twice.proof, Proof::Checksum);
}

#[test]
fn a_whole_record_that_makes_no_sense_is_corruption() {
    let twice = Refusal::Twice { number: 5 };
    for (payload, reason) in [
        (edit_bytes(&flush(5, 60)), Invalid::Refused(twice)),
        (vec![77], Invalid::Tag { tag: 77 }),
    ] {
        let made = Handmade::new().flushes([6]);
        let offset = made.end();
        let corruption = corruption(made.record(Kind::Edit, offset, &payload).read());
        assert_eq!(
            (corruption.offset, corruption.reason),
            (offset, reason.clone())
        );
        assert_eq!(corruption.proof, Proof::Checksum, "its checksum is right");

        let mut snapshot = vec![40];
        snapshot.extend_from_slice(&edit_bytes(&Edit::new().add(0, table(5, "a", "b", 9))));
        snapshot.extend_from_slice(&payload);
        let made = Handmade::header().record(Kind::Snapshot, 0, &snapshot);
        let corruption = self::corruption(made.read());
        assert_eq!((corruption.offset, corruption.reason), (HEADER, reason));
        assert_eq!(corruption.proof, Proof::Checksum);
    }
    let empty = Handmade::header().record(Kind::Snapshot, 0, &[]);
    let empty = corruption(empty.read());
    assert!(
        matches!(empty.reason, Invalid::Payload(_)),
        "it has no version number"
    );
}

fn edit_bytes(edit: &Edit) -> Vec<u8> {
    let mut bytes = Vec::new();
    edit.encode(&mut bytes);
    bytes
}

#[test]
fn a_record_from_another_place_or_another_manifest_does_not_count() {
    let made = Handmade::new().flushes([6]);
    let offset = made.end();
    let start = usize::try_from(made.at(1)).expect("it is small");
    let again = made.bytes[start..].to_vec();
    let reason = torn(&made.bytes(&again), offset, &[6, 5]);
    assert!(matches!(reason, Invalid::Checksum { .. }), "{reason}");

    let mut other = Handmade::new().flushes([6]);
    let header = Header::new(Magic::MANIFEST, 13, NOW_US).encode();
    other.bytes[..HEADER_SIZE].copy_from_slice(&header);
    let fs = MemFs::new();
    let current = Header::new(Magic::CURRENT, 13, NOW_US).encode();
    fs.write(current_path(), current).expect("nothing fails");
    fs.write(manifest_path(13), other.bytes)
        .expect("nothing fails");
    let corruption = corruption(read(&fs));
    assert_eq!(corruption.path, manifest_path(13));
    assert!(
        matches!(corruption.reason, Invalid::Checksum { .. }),
        "the records were written for manifest {MANIFEST}: {corruption}"
    );
}

#[test]
fn the_header_has_to_be_that_of_the_manifest() {
    found(Handmade::new().read());
    for at in 0..HEADER {
        let error = Handmade::new().damage(at).read();
        let error = error.expect_err("its header is damaged");
        assert_eq!(
            damage(&error),
            Some((manifest_path(MANIFEST), 0)),
            "{error}"
        );
    }
    for size in 0..HEADER_SIZE {
        let bytes = &Handmade::new().bytes[..size];
        let corruption = corruption(read(&disk_with(bytes)));
        assert_eq!((corruption.offset, corruption.proof), (0, Proof::Whole));
    }
    let mut other = Handmade::new();
    let header = Header::new(Magic::MANIFEST, 13, NOW_US).encode();
    other.bytes[..HEADER_SIZE].copy_from_slice(&header);
    let number = 13;
    assert_eq!(
        corruption(other.read()).reason,
        Invalid::OtherFile { number }
    );
}

#[test]
fn a_record_that_fits_into_no_manifest_is_refused() {
    found(Handmade::new().read());
    let encode = |payload: &[u8]| {
        let place = Place {
            file_number: MANIFEST,
            offset: HEADER,
        };
        let (kind, durable) = (Kind::Snapshot, 0);
        let record = Record {
            kind,
            durable,
            payload,
        };
        record.encode(place)
    };
    let error = encode(&vec![0; 1 << 30]).expect_err("with its frame it is larger than a file");
    let largest = (1 << 30) - HEADER_SIZE - RECORD_HEADER_SIZE;
    assert!(
        matches!(
            error,
            Error::Core(ferrisdb_core::Error::TooLarge { size_max, .. }) if size_max == largest
        ),
        "{error}"
    );
}

#[test]
fn other_files_and_newer_versions_are_told_from_damage() {
    found(Handmade::new().read());
    for path in [manifest_path(MANIFEST), current_path()] {
        let fs = Handmade::new().disk();
        fs.write(&path, [b'x'; 500]).expect("nothing fails");
        let error = read(&fs).expect_err("this is some other file");
        assert!(
            matches!(error, Error::NotOurs { .. }),
            "yours says: {error}"
        );
        let magic = if path == current_path() {
            Magic::CURRENT
        } else {
            Magic::MANIFEST
        };
        let major = VERSION.major + 1;
        let header = Header {
            version: Version { major, minor: 0 },
            ..Header::new(magic, MANIFEST, NOW_US)
        };
        fs.write(&path, header.encode()).expect("nothing fails");
        let error = read(&fs).expect_err("this file is from the future");
        assert!(
            matches!(error, Error::NewerVersion { .. }),
            "yours says: {error}"
        );
    }
}

#[test]
fn current_is_right_or_an_error() {
    let made = Handmade::new().flushes([6]);
    assert_eq!(numbers(&found(made.read()).version), [[6, 5]]);
    let current = made.disk().read(current_path()).expect("it exists");
    for offset in 0..HEADER {
        for bit in 0..8 {
            let fs = made.disk();
            fs.flip_bit(current_path(), offset, bit).expect("it exists");
            let error = read(&fs).expect_err("CURRENT is damaged");
            assert_eq!(damage(&error), Some((current_path(), 0)), "{error}");
            assert!(
                error.to_string().contains("from a copy")
                    || error.to_string().contains("newer one"),
                "it says what to do: {error}"
            );
        }
    }
    for size in 0..HEADER_SIZE {
        let fs = made.disk();
        fs.write(current_path(), &current[..size])
            .expect("nothing fails");
        let error = read(&fs).expect_err("CURRENT is cut short");
        assert_eq!(damage(&error), Some((current_path(), 0)), "{error}");
    }
    let fs = made.disk();
    fs.write(current_path(), [current.as_slice(), b"xyz"].concat())
        .expect("nothing fails");
    let long = corruption(read(&fs));
    assert_eq!((long.path, long.offset), (current_path(), HEADER));
    assert_eq!(long.reason, Invalid::Leftover { size: 3 });
}

#[test]
fn what_is_missing_is_named() {
    let made = Handmade::new();
    found(made.read());
    let fs = made.disk();
    fs.write(table_path(5), b"a table").expect("nothing fails");
    let remove = |fs: &MemFs, path: PathBuf| {
        environment(fs.clone()).fs.remove(&path).expect("it exists");
    };
    let without_manifest = fs.fork();
    remove(&without_manifest, manifest_path(MANIFEST));
    let error = read(&without_manifest).expect_err("the manifest is gone");
    assert!(
        matches!(&error, Error::MissingManifest { path } if *path == manifest_path(MANIFEST)),
        "{error}"
    );
    remove(&fs, current_path());
    let shown = |error: &Error| match error {
        Error::MissingCurrent { path, found } => Some((path.clone(), found.clone())),
        _ => None,
    };
    let expected = |found| Some((current_path(), found));
    let error = read(&fs).expect_err("CURRENT is gone");
    let text = "a table is not nothing";
    assert_eq!(shown(&error), expected(table_path(5)), "{text}: {error}");
    remove(&fs, table_path(5));
    let error = read(&fs).expect_err("CURRENT is gone");
    assert_eq!(shown(&error), expected(manifest_path(MANIFEST)), "{error}");
}

#[test]
fn a_manifest_without_current_that_cannot_be_read_is_not_taken_for_nothing() {
    let made = Handmade::new().flushes([6]);
    found(made.read());
    let disk = made.disk();
    environment(disk.clone())
        .fs
        .remove(&current_path())
        .expect("it exists");
    let look = |fs: FaultyFs| Manifest::read(&environment(fs), directory());
    let whole = FaultyFs::new(disk.clone());
    look(whole.clone()).expect_err("CURRENT is gone");
    for io in whole.log() {
        let fs = FaultyFs::new(disk.fork());
        fs.inject(When::Operation(io.number), Fault::Error(ErrorKind::Other));
        assert!(
            look(fs).is_err(),
            "operation {io} fails, and yours would begin a new database beside the old one"
        );
    }
}

#[test]
fn a_manifest_without_current_that_says_nothing_is_no_database_yet() {
    // Whoever was killed while creating a database has left such a thing, in whole or in part.
    let made = Handmade::snapshot(&Edit::new().next_number(77));
    assert_eq!(found(made.read()).version.number(), 40);
    for size in 0..=made.bytes.len() {
        let fs = MemFs::new();
        fs.write(manifest_path(1), &made.bytes[..size])
            .expect("nothing fails");
        fs.write(FileName::NextCurrent.path(directory()), b"half")
            .expect("nothing fails");
        let recovery = found(read(&fs));
        assert_eq!((recovery.manifest, recovery.version.number()), (None, 0));
    }
    for (edit, what) in [
        (
            Edit::new().log_start(1),
            "it says from where the log is needed",
        ),
        (
            Edit::new().last_timestamp(Timestamp(1)),
            "it says what is in tables",
        ),
        (flush(5, 50), "it has a table"),
    ] {
        let fs = Handmade::snapshot(&edit).disk();
        environment(fs.clone())
            .fs
            .remove(&current_path())
            .expect("it exists");
        let error = read(&fs).expect_err(what);
        assert!(
            matches!(error, Error::MissingCurrent { .. }),
            "{what}: {error}"
        );
    }
}

/// What a change to the manifest may lead to.
fn right_or_noticed(original: &Recovery, result: Result<Recovery>, story: &str) {
    match result {
        Ok(recovery) => assert_eq!(
            shape(&recovery.version),
            shape(&original.version),
            "{story}: yours found another version and says nothing"
        ),
        Err(error) => {
            let (path, _) = damage(&error).unwrap_or_else(|| panic!("{story}: {error}"));
            assert_eq!(path, manifest_path(MANIFEST), "{story}: {error}");
            let text = error.to_string();
            assert!(
                text.contains("from a copy") || text.contains("newer one"),
                "{story}: it says what to do: {text}"
            );
        }
    }
}

#[test]
fn every_flipped_bit_is_noticed_or_harmless() {
    let made = Handmade::new().flushes([6, 7]).mark();
    let original = found(made.read());
    for offset in 0..made.bytes.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 0xff] {
            let mut bytes = made.bytes.clone();
            bytes[offset] ^= change;
            let result = read(&disk_with(&bytes));
            let mark = made.at(3);
            assert!(
                result.is_err() || offset as u64 >= mark,
                "byte {offset} of what was acknowledged is damaged, and yours says nothing"
            );
            right_or_noticed(
                &original,
                result,
                &format!("byte {offset} was changed by {change:02x}"),
            );
        }
    }
}

#[test]
fn every_byte_set_to_zero_or_ff_is_noticed_or_harmless() {
    let made = Handmade::new().flushes([6, 7]).mark();
    let original = found(made.read());
    for offset in 0..made.bytes.len() {
        for value in [0, 0xff] {
            let mut bytes = made.bytes.clone();
            bytes[offset] = value;
            let story = format!("byte {offset} is {value:02x} now");
            right_or_noticed(&original, read(&disk_with(&bytes)), &story);
        }
    }
}

#[test]
fn every_cut_leaves_the_edits_that_are_whole() {
    let made = Handmade::new().flushes([6, 7]).mark();
    found(made.read());
    for size in 0..made.bytes.len() {
        let result = read(&disk_with(&made.bytes[..size]));
        let size = size as u64;
        if size < made.at(1) {
            let (path, _) = damage(&result.expect_err("the snapshot was on the disk"))
                .expect("it is about damage");
            assert_eq!(path, manifest_path(MANIFEST));
            continue;
        }
        let whole = [made.at(2), made.at(3)]
            .iter()
            .filter(|end| size >= **end)
            .count();
        let recovery = found(result);
        let expected: Vec<u64> = (5..6 + whole as u64).rev().collect();
        assert_eq!(
            numbers(&recovery.version),
            [expected],
            "cut to {size} bytes"
        );
        let at_a_border = made.records.contains(&size);
        assert_eq!(
            recovery.torn_tail.is_none(),
            at_a_border,
            "cut to {size} bytes: half a record is reported, and nothing else can be"
        );
    }
}

#[test]
fn a_size_that_is_a_lie_costs_no_memory() {
    let whole = Handmade::new().flushes([6]);
    for size in [1 << 20, 1 << 30, u32::MAX] {
        let mut frame = Vec::new();
        put_u32(&mut frame, 0);
        put_u32(&mut frame, size);
        put_u64(&mut frame, whole.end());
        frame.push(Kind::Edit as u8);
        let reason = torn(&whole.clone().bytes(&frame), whole.end(), &[6, 5]);
        let needed = RECORD_HEADER_SIZE + size as usize;
        let found = RECORD_HEADER_SIZE;
        assert_eq!(reason, Invalid::CutShort { needed, found });
    }
}

#[test]
fn reading_changes_nothing() {
    let made = Handmade::new().flushes([6]).bytes(b"half a reco");
    let fs = made.disk();
    fs.write(table_path(99), b"an orphan")
        .expect("nothing fails");
    let before: Vec<(PathBuf, Vec<u8>)> = all_files(&fs);
    fs.set_read_only(true);
    let recovery = found(Manifest::read(&environment(fs.clone()), directory()));
    assert_eq!(numbers(&recovery.version), [[6, 5]]);
    assert_eq!(all_files(&fs), before);
}

#[test]
fn a_recovery_says_in_words_what_it_found() {
    let made = Handmade::new().flushes([6]).bytes(b"half a reco");
    let text = found(made.read()).to_string();
    insta::assert_snapshot!("torn_tail", text);
    let damaged = Handmade::new().flushes([6, 7]);
    let offset = damaged.at(1);
    let text = corruption(damaged.damage(offset + 30).read()).to_string();
    insta::assert_snapshot!("corruption", text);
}

proptest! {
    #![proptest_config(Config {
        cases: 300,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x09_03),
        ..Config::default()
    })]

    #[test]
    fn any_bytes_behind_the_snapshot_are_a_torn_tail_or_corruption(
        edits in 0..3_u64,
        bytes in prop::collection::vec(any::<u8>(), 1..120),
    ) {
        let made = Handmade::new().flushes(6..6 + edits);
        let end = made.end();
        let expected: Vec<u64> = (5..6 + edits).rev().collect();
        let recovery = found(made.bytes(&bytes).read());
        prop_assert_eq!(numbers(&recovery.version), [expected]);
        prop_assert_eq!(recovery.torn_tail.map(|tail| tail.offset), Some(end));
    }

    #[test]
    fn a_forged_record_is_an_edit_or_corruption(
        payload in prop::collection::vec(any::<u8>(), 0..40),
        snapshot in any::<bool>(),
    ) {
        let made = if snapshot {
            Handmade::header().record(Kind::Snapshot, 0, &payload)
        } else {
            let made = Handmade::new();
            let end = made.end();
            made.record(Kind::Edit, end, &payload)
        };
        if let Err(error) = made.read() {
            prop_assert!(matches!(error, Error::Corruption(_)), "{}", error);
        }
    }
}
