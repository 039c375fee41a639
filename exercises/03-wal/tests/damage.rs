//! Telling a torn tail from corruption: what a crash can leave is cut off, what it cannot leave
//! is an error.

use ferrisdb_testkit::MemFs;
use ferrisdb_wal::{Error, Invalid, Kind, Place, Position, Proof, TornTail};

use support::{
    Handmade, boundaries, disk_with, first, framed, payload, read, segment_path, short_batch,
};

mod support;

/// Replay must give the first `batches` batches and report a torn tail.
fn torn(disk: &MemFs, batches: usize, what: &str) -> TornTail {
    let (found, recovery) = match read(disk) {
        Ok(result) => result,
        Err(error) => panic!("{what}: this is a torn tail, and no corruption: {error}"),
    };
    assert_eq!(found, first(batches, short_batch), "{what}");
    recovery
        .torn_tail
        .unwrap_or_else(|| panic!("{what}: the report does not mention the torn tail"))
}

/// Replay must refuse the log. Returns where the damage is and the proof.
fn corrupt(disk: &MemFs, what: &str) -> (u64, Proof) {
    match read(disk) {
        Err(Error::Corruption(damage)) => (damage.position.0, damage.proof),
        Err(error) => panic!("{what}: expected Corruption, got: {error}"),
        Ok((found, recovery)) => panic!(
            "{what}: this had been on the disk for certain, and was taken for a torn tail after \
             {} batches: {recovery}",
            found.len()
        ),
    }
}

#[test]
fn a_log_that_is_cut_anywhere_gives_a_prefix() {
    let log = Handmade::new().batches(2).synced().batches(2);
    let whole = &log.segments[0].1;
    let boundaries = boundaries(whole);
    for cut in 0..whole.len() {
        let disk = disk_with(&[(1, whole[..cut].to_vec())]);
        let what = format!("cut after {cut} of {} bytes", whole.len());
        let batches = boundaries.iter().filter(|&&end| end <= cut).count();
        if boundaries.contains(&cut) {
            let (found, recovery) = read(&disk).expect("it ends with a whole record");
            assert_eq!(found, first(batches - 1, short_batch), "{what}");
            assert_eq!(recovery.torn_tail, None, "{what}: nothing is left over");
        } else {
            let tail = torn(&disk, batches.saturating_sub(1), &what);
            let end = batches.checked_sub(1).map_or(0, |index| boundaries[index]);
            assert_eq!(tail.path, segment_path(1), "{what}");
            assert_eq!(tail.offset, end as u64, "{what}: where the log ends");
        }
    }
}

#[test]
fn every_flipped_bit_gives_a_prefix_or_an_error() {
    // Batches 1 and 2 lie below the mark that 3 and 4 carry.
    let log = Handmade::new().batches(2).synced().batches(2);
    let whole = &log.segments[0].1;
    let boundaries = boundaries(whole);
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let what = format!("bit {} of byte {} flipped", bit % 8, bit / 8);
        let disk = disk_with(&[(1, bytes)]);
        // The record in which the byte lies; `None` for the header.
        let record = boundaries.iter().filter(|&&end| end <= bit / 8).count();
        match record.checked_sub(1) {
            None if bit / 8 < 8 => {
                let error = read(&disk).expect_err("the magic is not that of a log");
                assert!(
                    matches!(error, Error::NotASegment { .. }),
                    "{what}: {error}"
                );
            }
            None => assert_eq!(corrupt(&disk, &what).0, 0, "{what}: where the damage is"),
            Some(index @ 0..2) => {
                let position = corrupt(&disk, &what).0;
                assert_eq!(position, boundaries[index] as u64, "{what}");
            }
            Some(index) => {
                torn(&disk, index, &what);
            }
        }
    }
}

#[test]
fn damage_below_a_mark_is_corruption_and_the_message_says_why() {
    let log = Handmade::new().batches(2).synced().batches(1);
    let disk = log.disk();
    disk.flip_bit(segment_path(1), 80, 0)
        .expect("byte 80 lies in batch 1");
    let error = read(&disk).expect_err("batch 1 had been synced");
    insta::assert_snapshot!(error.to_string().replace('\\', "/"));
}

#[test]
fn damage_above_every_mark_is_a_torn_tail() {
    let log = Handmade::new().batches(2).synced().batches(2);
    let third = boundaries(&log.segments[0].1)[2] as u64;
    let disk = log.disk();
    disk.flip_bit(segment_path(1), third + 20, 0)
        .expect("the byte lies in batch 3");
    let tail = torn(
        &disk,
        2,
        "batch 3 is damaged; batch 4 behind it is whole, and its mark ends before batch 3",
    );
    assert_eq!(tail.offset, third);
}

#[test]
fn a_mark_that_ends_where_the_damage_begins_proves_nothing() {
    // Batch 2 says: everything below batch 2 was safe. That does not include batch 2.
    let log = Handmade::new().batches(1).synced().batches(2);
    let second = boundaries(&log.segments[0].1)[1] as u64;
    let disk = log.disk();
    disk.flip_bit(segment_path(1), second, 0)
        .expect("the byte lies in batch 2");
    torn(
        &disk,
        1,
        "batch 3 carries a mark that is exactly the position of the damage",
    );
}

#[test]
fn a_mark_is_found_although_the_damaged_size_leads_nowhere() {
    let log = Handmade::new().batches(2).synced().batches(1);
    let disk = log.disk();
    // The size of batch 1 is now far beyond the end of the file.
    disk.flip_bit(segment_path(1), 64 + 6, 4)
        .expect("byte 6 of batch 1 belongs to its size");
    let (position, _) = corrupt(
        &disk,
        "the size field of batch 1 is damaged, so nothing tells where the next record starts; \
         batch 3 is still there and carries a mark",
    );
    assert_eq!(position, 64);
}

#[test]
fn the_proof_names_the_record_that_carries_the_mark() {
    let log = Handmade::new().batches(2).synced();
    let mark = log.end();
    let log = log.batches(2);
    let disk = log.disk();
    disk.flip_bit(segment_path(1), 80, 0)
        .expect("byte 80 lies in batch 1");
    let (_, proof) = corrupt(&disk, "batch 1 had been synced");
    let expected = Proof::Mark {
        path: segment_path(1),
        offset: mark,
        mark: Position(mark),
    };
    assert_eq!(proof, expected, "the first such record behind the damage");
}

#[test]
fn a_mark_may_lie_in_the_header_of_a_later_segment() {
    let log = Handmade::new().batches(2).synced().next_segment();
    let disk = log.disk();
    disk.flip_bit(segment_path(1), 80, 0)
        .expect("byte 80 lies in batch 1");
    let (_, proof) = corrupt(
        &disk,
        "the header of segment 2 says that segment 1 was safe",
    );
    let from_header =
        matches!(&proof, Proof::Mark { path, offset: 0, .. } if *path == segment_path(2));
    assert!(from_header, "{proof}");
}

#[test]
fn a_mark_may_lie_in_a_record_of_a_later_segment() {
    let log = Handmade::new()
        .batches(2)
        .next_segment()
        .synced()
        .batches(1);
    let disk = log.disk();
    disk.flip_bit(segment_path(1), 80, 0)
        .expect("byte 80 lies in batch 1");
    let (position, _) = corrupt(&disk, "batch 3 in segment 2 says that segment 1 was safe");
    assert_eq!(position, 64);
}

#[test]
fn a_mark_counts_even_if_the_header_before_it_is_lost() {
    let log = Handmade::new()
        .batches(2)
        .next_segment()
        .synced()
        .batches(1);
    let mut segments = log.segments.clone();
    segments[0].1[80] ^= 1;
    segments[1].1[30] ^= 1;
    let (position, _) = corrupt(
        &disk_with(&segments),
        "batch 1 and the header of segment 2 are damaged, and batch 3 is whole",
    );
    assert_eq!(position, 64);
}

#[test]
fn bytes_that_only_look_like_a_mark_prove_nothing() {
    let log = Handmade::new().batches(1);
    let second = log.end();
    let log = log.batches(1).synced();
    let high = Position(log.end());
    let place = Place {
        file_number: 1,
        offset: log.end(),
    };
    let mut half = framed(b"a payload", Kind::Batch, high, place);
    half.truncate(half.len() - 1);
    let disk = log.bytes(&half).disk();
    disk.flip_bit(segment_path(1), second + 20, 0)
        .expect("the byte lies in batch 2");
    torn(
        &disk,
        1,
        "a record whose end is missing was never finished, so its mark is not to be believed",
    );
}

#[test]
fn a_mark_above_its_own_position_is_not_believed() {
    let log = Handmade::new().batches(1);
    let second = log.end();
    let log = log.marked(second + 1_000).batches(2);
    let tail = torn(
        &log.disk(),
        1,
        "batch 2 claims that bytes behind it are safe, which nobody can have known",
    );
    assert!(
        matches!(tail.reason, Invalid::MarkAhead { .. }),
        "{}",
        tail.reason
    );
    assert_eq!(tail.offset, second);
}

/// A payload for a record of that kind which could be the next one behind batch `n - 1`.
fn payload_of(kind: Kind, n: u64) -> Vec<u8> {
    match kind {
        Kind::Batch => payload(n, &short_batch(n)),
        Kind::Mark => Vec::new(),
    }
}

/// Replay must stop at a record whose mark is a single byte above the record's own position.
fn stops_at_a_mark_one_byte_ahead(kind: Kind) {
    let log = || Handmade::new().batches(1);
    for log in [log(), log().next_segment()] {
        let (number, ref bytes) = log.segments[log.segments.len() - 1];
        let (position, offset) = (log.end(), bytes.len() as u64);
        let log = log.marked(position + 1).record(kind, &payload_of(kind, 2));
        let what = format!(
            "the record at position {position}, of kind {kind:?}, in segment {number}, carries \
             the mark {}: it claims that its own first byte was on the disk before it was written",
            position + 1
        );
        let tail = torn(&log.disk(), 1, &what);
        let ahead = Invalid::MarkAhead {
            mark: Position(position + 1),
            position: Position(position),
        };
        assert_eq!(tail.reason, ahead, "{what}");
        assert_eq!((tail.path, tail.offset), (segment_path(number), offset));
    }
}

#[test]
fn a_batch_whose_mark_is_one_byte_ahead_is_not_replayed() {
    stops_at_a_mark_one_byte_ahead(Kind::Batch);
}

#[test]
fn a_mark_that_is_one_byte_ahead_is_damage_too() {
    stops_at_a_mark_one_byte_ahead(Kind::Mark);
}

#[test]
fn a_mark_one_byte_above_its_own_position_proves_nothing() {
    let logs: [fn() -> Handmade; 2] = [
        || Handmade::new().batches(2),
        || Handmade::new().batches(2).next_segment(),
    ];
    for (kind, log) in [Kind::Batch, Kind::Mark]
        .into_iter()
        .flat_map(|kind| logs.map(|log| (kind, log)))
    {
        let position = log().end();
        let what = |says: &str| {
            format!(
                "batch 2 is damaged; behind it, at position {position}, lies a record of kind \
                 {kind:?} whose mark is {says}"
            )
        };
        let disk = |mark| {
            let log = log().marked(mark).record(kind, &payload_of(kind, 3));
            let second = boundaries(&log.segments[0].1)[1] as u64;
            let disk = log.disk();
            disk.flip_bit(segment_path(1), second + 20, 0)
                .expect("the byte lies in batch 2");
            disk
        };
        let own = "its own position: everything before it was safe";
        corrupt(&disk(position), &what(own));
        let above = "one byte above its own position, which nobody can have known";
        torn(&disk(position + 1), 1, &what(above));
    }
}

/// Replay must give the first `batches` batches and find nothing wrong.
fn in_order(disk: &MemFs, batches: usize, end: u64, what: &str) {
    let (found, recovery) = match read(disk) {
        Ok(result) => result,
        Err(error) => panic!("{what}: {error}"),
    };
    assert_eq!(found, first(batches, short_batch), "{what}");
    assert_eq!(recovery.torn_tail, None, "{what}");
    assert_eq!(recovery.end, Position(end), "{what}");
}

#[test]
fn zeros_at_the_end_are_room_for_more() {
    let log = Handmade::new().batches(2);
    let end = log.end();
    let whole = log.segments[0].1.clone();
    for zeros in [1, 4, 16, 17, 18, 700] {
        let mut bytes = whole.clone();
        bytes.resize(whole.len() + zeros, 0);
        let what = format!("the file was laid out in advance, and {zeros} bytes of it are left");
        in_order(&disk_with(&[(1, bytes)]), 2, end, &what);
    }
    let header = whole[..64].to_vec();
    let empty = [header, vec![0; 100]].concat();
    in_order(
        &disk_with(&[(1, empty)]),
        0,
        64,
        "nothing but a header and room",
    );
}

#[test]
fn a_blank_frame_is_enough_to_end_a_log_and_less_is_not() {
    let log = Handmade::new().batches(2);
    let (end, whole) = (log.end(), log.segments[0].1.clone());
    for other in 0..20 {
        let mut bytes = whole.clone();
        bytes.resize(whole.len() + 60, 0);
        bytes[whole.len() + other] = b'x';
        let disk = disk_with(&[(1, bytes)]);
        if other >= 17 {
            let what = "a blank frame, and behind it what the file held in an earlier life";
            in_order(&disk, 2, end, what);
        } else {
            let what = format!("byte {other} behind the last record is no zero");
            assert_eq!(torn(&disk, 2, &what).offset, end, "{what}");
        }
    }
}

#[test]
fn zeros_below_a_mark_are_corruption() {
    let log = Handmade::new().batches(2);
    let end = log.end();
    let log = log.bytes(&[0; 49]).synced().mark_record();
    let (position, _) = corrupt(
        &log.disk(),
        "a sector was lost, and a record behind it says that it had been safe",
    );
    assert_eq!(position, end, "the first of the zeros");
}

#[test]
fn zeros_in_place_of_a_header_are_no_room() {
    let log = Handmade::new().batches(1).next_segment();
    let mut segments = log.segments.clone();
    segments[1].1 = vec![0; 200];
    let tail = torn(&disk_with(&segments), 1, "segment 2 never got its header");
    assert_eq!((tail.path, tail.offset), (segment_path(2), 0));
}

#[test]
fn a_segment_may_end_before_its_file_does() {
    let old = Handmade::new().batches(3).segments[0].1.clone();
    let junk: [(&str, &[u8]); 4] = [
        ("zeros", &[0; 90]),
        ("a single byte", &[7]),
        ("half a record", &old[64..100]),
        ("whole records of an earlier life", &old[64..]),
    ];
    for (what, junk) in junk {
        let mut log = Handmade::new().batches(2).next_segment().batches(1);
        let end = log.end();
        log.segments[0].1.extend_from_slice(junk);
        let what = format!(
            "behind batch 2 lie {what}, but segment 2 starts where batch 2 ends, so nothing can \
             be missing"
        );
        in_order(&log.disk(), 3, end, &what);
    }
}

#[test]
fn room_before_a_segment_that_starts_elsewhere_is_a_torn_tail() {
    // Batch 3 lay where the zeros are, and never reached the disk; batch 4 in segment 2 did.
    let log = Handmade::new().batches(2);
    let end = log.end();
    let log = log.bytes(&[0; 49]).next_segment().batches(1);
    let tail = torn(
        &log.disk(),
        2,
        "segment 2 starts 49 bytes behind batch 2: something was there",
    );
    assert_eq!((tail.path, tail.offset), (segment_path(1), end));
    assert_eq!(tail.later_segments, [segment_path(2)]);

    let log = Handmade::new().batches(2);
    let log = log.bytes(&[0; 49]).synced().next_segment().batches(1);
    corrupt(
        &log.disk(),
        "the header of segment 2 says that what lay in place of the zeros was safe",
    );
}

#[test]
fn room_before_a_segment_that_is_not_the_next_is_a_torn_tail() {
    let mut log = Handmade::new().batches(2).segment_number(3).batches(1);
    log.segments[0].1.extend_from_slice(&[0; 49]);
    let tail = torn(
        &log.disk(),
        2,
        "segment 3 starts where batch 2 ends, but segment 2 should",
    );
    let missing = Invalid::MissingSegment { expected: 2 };
    assert_eq!((tail.path, tail.reason), (segment_path(1), missing));
}

#[test]
fn records_of_an_earlier_life_of_the_file_are_never_replayed() {
    // Segment 2 lies in a file that was segment 1 once: the old records are whole, lie exactly
    // where the next ones would, and carry a high mark.
    let old = Handmade::new().batches(2).synced().batches(3);
    let old = old.segments[0].1.clone();
    let log = Handmade::new().batches(1).next_segment().batches(1);
    let used = log.segments[1].1.len();
    let tail = torn(
        &log.bytes(&old[used..]).disk(),
        2,
        "behind batch 2 lie records that were written when the file had another number",
    );
    assert_eq!((tail.path, tail.offset), (segment_path(2), used as u64));
}

#[test]
fn a_record_that_was_moved_is_never_replayed() {
    let log = Handmade::new().batches(2);
    let boundaries = boundaries(&log.segments[0].1);
    let second = log.segments[0].1[boundaries[1]..].to_vec();
    torn(
        &log.bytes(&second).disk(),
        2,
        "a whole copy of batch 2 lies behind batch 2",
    );
}

#[test]
fn a_last_segment_that_is_empty_or_short_is_a_torn_tail() {
    let log = Handmade::new().batches(2).next_segment();
    for size in 0..64 {
        let mut segments = log.segments.clone();
        segments[1].1.truncate(size);
        let what = format!("the header of segment 2 has {size} of its 64 bytes");
        let tail = torn(&disk_with(&segments), 2, &what);
        assert_eq!((tail.path, tail.offset), (segment_path(2), 0), "{what}");
    }
}

#[test]
fn a_last_segment_that_still_has_its_old_number_is_a_torn_tail() {
    let old = Handmade::new().batches(2).synced().batches(2);
    let log = Handmade::new().batches(3);
    let segments = [log.segments[0].clone(), (2, old.segments[0].1.clone())];
    let tail = torn(
        &disk_with(&segments),
        3,
        "segment 2 is a recycled file whose new header never reached the disk",
    );
    assert!(
        matches!(tail.reason, Invalid::OtherSegment { number: 1 }),
        "{}",
        tail.reason
    );
}

#[test]
fn an_empty_segment_in_the_middle_is_corruption_if_a_mark_says_so() {
    let log = Handmade::new().batches(1).next_segment().batches(1);
    let log = log.synced().next_segment().batches(1);
    let mut segments = log.segments.clone();
    segments[1].1.clear();
    let first_end = segments[0].1.len() as u64;
    let (position, _) = corrupt(
        &disk_with(&segments),
        "segment 2 is empty, and segment 3 says that everything before it was safe",
    );
    assert_eq!(position, first_end);
}

#[test]
fn a_gap_is_corruption_or_a_torn_tail_as_the_mark_says() {
    let synced = Handmade::new().batches(1).next_segment().batches(1);
    let synced = synced.synced().next_segment().batches(1);
    let without_second = [synced.segments[0].clone(), synced.segments[2].clone()];
    let (position, _) = corrupt(
        &disk_with(&without_second),
        "segment 2 is gone, and segment 3 says that it was safe",
    );
    assert_eq!(position, without_second[0].1.len() as u64);

    let unsynced = Handmade::new().batches(1).next_segment().batches(1);
    let unsynced = unsynced.next_segment().batches(1);
    let without_second = [unsynced.segments[0].clone(), unsynced.segments[2].clone()];
    let tail = torn(
        &disk_with(&without_second),
        1,
        "segment 2 is gone, and nobody was promised that it would be there",
    );
    let missing = Invalid::MissingSegment { expected: 2 };
    assert_eq!(tail.reason, missing);
    assert_eq!(tail.later_segments, [segment_path(3)]);
}

#[test]
fn a_segment_that_does_not_start_where_the_last_one_ended_is_not_replayed() {
    let log = Handmade::new().batches(2).next_segment().batches(2);
    let mut segments = log.segments.clone();
    let cut = boundaries(&segments[0].1)[1];
    segments[0].1.truncate(cut);
    let tail = torn(
        &disk_with(&segments),
        1,
        "batch 2 at the end of segment 1 is gone, so nothing of segment 2 counts",
    );
    assert_eq!(tail.path, segment_path(2));
    assert!(
        matches!(tail.reason, Invalid::Start { .. }),
        "{}",
        tail.reason
    );
}

#[test]
fn damage_at_the_end_of_a_segment_ends_the_log_there() {
    let log = Handmade::new().batches(2).next_segment().batches(2);
    let mut segments = log.segments.clone();
    let cut = segments[0].1.len() - 1;
    segments[0].1.truncate(cut);
    let tail = torn(
        &disk_with(&segments),
        1,
        "batch 2 is cut short; segment 2 behind it is whole, but is no beginning of anything",
    );
    assert_eq!(tail.path, segment_path(1));
    assert_eq!(tail.later_segments, [segment_path(2)]);
}

#[test]
fn a_huge_size_field_allocates_nothing() {
    let mut bytes = payload(2, &short_batch(2));
    bytes.splice(0..0, [0; 17]);
    bytes[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    bytes[16] = 1;
    let log = Handmade::new().batches(1).bytes(&bytes);
    let tail = torn(&log.disk(), 1, "a record claims a payload of 4 GiB");
    assert!(
        matches!(tail.reason, Invalid::TooLong { .. }),
        "{}",
        tail.reason
    );
}
