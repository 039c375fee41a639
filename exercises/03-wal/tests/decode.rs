//! Reading one record: a record that is not whole, not in its place, or not a record at all is
//! an error, and never a panic.

use ferrisdb_core::BATCH_SIZE_MAX;
use ferrisdb_wal::{Invalid, Kind, Place, Position, RECORD_HEADER_SIZE, Record};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use support::framed;

mod support;

const PLACE: Place = Place {
    file_number: 7,
    offset: 197,
};

fn sample() -> Vec<u8> {
    framed(b"payload", Kind::Batch, Position(64), PLACE)
}

#[test]
fn a_record_says_what_was_framed() {
    let bytes = sample();
    let record = Record::decode(&bytes, PLACE).expect("it is as it was framed");
    assert_eq!(record.kind, Kind::Batch);
    assert_eq!(record.mark, Position(64));
    assert_eq!(record.payload, b"payload");
    assert_eq!(record.size(), bytes.len());
}

#[test]
fn what_follows_a_record_is_not_part_of_it() {
    let mut bytes = sample();
    let size = bytes.len();
    bytes.extend_from_slice(b"the next record");
    let record = Record::decode(&bytes, PLACE).expect("the bytes behind it do not matter");
    assert_eq!(record.payload, b"payload");
    assert_eq!(record.size(), size);
}

#[test]
fn a_record_that_is_cut_anywhere_is_cut_short() {
    let bytes = sample();
    for found in 0..bytes.len() {
        let needed = if found < RECORD_HEADER_SIZE {
            RECORD_HEADER_SIZE
        } else {
            bytes.len()
        };
        assert_eq!(
            Record::decode(&bytes[..found], PLACE),
            Err(Invalid::CutShort { needed, found }),
            "of {} bytes only {found} are there: the record is cut short, and `needed` says how \
             many bytes it would take. That is the frame, {RECORD_HEADER_SIZE} bytes, as long as \
             not even that is whole and nobody knows the size",
            bytes.len()
        );
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    for bit in 0..sample().len() * 8 {
        let mut bytes = sample();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let found = Record::decode(&bytes, PLACE);
        assert!(
            found.is_err(),
            "bit {} of byte {} was flipped, and the record was taken for whole: {found:?}",
            bit % 8,
            bit / 8
        );
    }
}

#[test]
fn a_record_in_another_place_is_not_valid() {
    let bytes = sample();
    for offset in [0, 196, 198] {
        let place = Place { offset, ..PLACE };
        let found = Record::decode(&bytes, place);
        assert!(
            matches!(found, Err(Invalid::Checksum { .. })),
            "a record that was written for offset 197 was read at offset {offset}: {found:?}"
        );
    }
    for file_number in [0, 6, 8] {
        let place = Place {
            file_number,
            ..PLACE
        };
        let found = Record::decode(&bytes, place);
        assert!(
            matches!(found, Err(Invalid::Checksum { .. })),
            "a record that was written for file 7 was read in file {file_number}: {found:?}"
        );
    }
}

#[test]
fn a_size_that_no_record_has_is_refused() {
    // The largest batch, its timestamp and its count.
    let size_max = BATCH_SIZE_MAX + 32;
    let claiming = |size: usize| {
        let size = u32::try_from(size).expect("it fits the field");
        let mut bytes = sample();
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        bytes
    };
    for size in [size_max + 1, u32::MAX as usize] {
        assert_eq!(
            Record::decode(&claiming(size), PLACE),
            Err(Invalid::TooLong { size, size_max }),
            "a payload of {size} bytes is longer than any batch"
        );
    }
    assert_eq!(
        Record::decode(&claiming(size_max), PLACE),
        Err(Invalid::CutShort {
            needed: RECORD_HEADER_SIZE + size_max,
            found: sample().len(),
        }),
        "a payload as long as the largest batch is legal, but these bytes end before it does"
    );
}

#[test]
fn a_size_beyond_the_last_byte_is_no_reason_to_read_there() {
    let mut bytes = sample();
    bytes[4..8].copy_from_slice(&1000_u32.to_le_bytes());
    assert_eq!(
        Record::decode(&bytes, PLACE),
        Err(Invalid::CutShort {
            needed: RECORD_HEADER_SIZE + 1000,
            found: bytes.len(),
        }),
        "the size field may be damaged: compare it with what is there before you use it"
    );
}

#[test]
fn zeros_are_no_record() {
    assert_eq!(
        Record::decode(&[0; 100], PLACE),
        Err(Invalid::Kind { number: 0 }),
        "space that was never written reads as zeros"
    );
}

#[test]
fn a_kind_that_does_not_exist_is_refused() {
    let mut bytes = sample();
    bytes[16] = 3;
    assert_eq!(
        Record::decode(&bytes, PLACE),
        Err(Invalid::Kind { number: 3 })
    );
}

proptest! {
    #![proptest_config(Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3),
        ..Config::default()
    })]

    #[test]
    fn any_record_reads_back_in_its_place(
        payload in prop::collection::vec(any::<u8>(), 0..80),
        is_mark: bool,
        mark: u64,
        file_number: u64,
        offset: u64,
    ) {
        // A mark has no payload.
        let (kind, payload) = if is_mark {
            (Kind::Mark, &[][..])
        } else {
            (Kind::Batch, &payload[..])
        };
        let place = Place { file_number, offset };
        let bytes = framed(payload, kind, Position(mark), place);
        let expected = Record { kind, mark: Position(mark), payload };
        prop_assert_eq!(
            Record::decode(&bytes, place),
            Ok(expected),
            "these bytes were framed for this place, whatever the numbers in them are"
        );
    }

    #[test]
    fn no_bytes_make_it_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 0..60),
        kind in 0..4_u8,
        size in prop_oneof![0..60_u32, Just(u32::MAX), any::<u32>()],
    ) {
        if let Some(at) = bytes.get_mut(16) {
            *at = kind;
        }
        if let Some(at) = bytes.get_mut(4..8) {
            at.copy_from_slice(&size.to_le_bytes());
        }
        let found = Record::decode(&bytes, PLACE);
        prop_assert!(found.is_err(), "random bytes were taken for a record: {:?}", found);
    }
}
