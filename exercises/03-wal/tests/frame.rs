//! The frame around a payload: which byte lies where, and what the checksum covers.

use ferrisdb_format::checksum;
use ferrisdb_testkit::annotate;
use ferrisdb_wal::{Kind, Place, Position, RECORD_HEADER_SIZE};

use support::framed;

mod support;

const PLACE: Place = Place {
    file_number: 7,
    offset: 197,
};

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"))
}

#[test]
fn a_record_is_laid_out_as_in_the_diagram() {
    let bytes = framed(b"payload", Kind::Batch, Position(64), PLACE);
    let fields = [
        (4, "checksum", format!("{:08x}", u32_at(&bytes, 0))),
        (4, "payload size", u32_at(&bytes, 4).to_string()),
        (8, "durable mark", u64_at(&bytes, 8).to_string()),
        (1, "kind", bytes[16].to_string()),
        (7, "payload", String::from("the bytes given")),
    ];
    insta::assert_snapshot!(annotate(&bytes, &fields));
}

#[test]
fn a_mark_is_a_frame_without_a_payload() {
    let bytes = framed(b"", Kind::Mark, Position(1 << 40), PLACE);
    assert_eq!(
        bytes.len(),
        RECORD_HEADER_SIZE,
        "nothing follows the 17 bytes of the frame"
    );
    assert_eq!(u32_at(&bytes, 4), 0, "the payload has no bytes");
    assert_eq!(u64_at(&bytes, 8), 1 << 40, "the mark has 8 bytes");
    assert_eq!(bytes[16], 2, "a mark is kind 2");
}

#[test]
fn the_checksum_covers_all_that_follows_it() {
    let bytes = framed(b"payload", Kind::Batch, Position(64), PLACE);
    let place = [7_u64.to_le_bytes(), 197_u64.to_le_bytes()].concat();
    let covered = [&place, &bytes[4..]].concat();
    assert_eq!(
        u32_at(&bytes, 0),
        checksum(&covered),
        "the checksum covers the file number (8 bytes), the offset (8 bytes), and then all bytes \
         of the record after the checksum, as they are in the end"
    );
}

#[test]
fn the_same_record_has_another_checksum_in_another_place() {
    let here = framed(b"payload", Kind::Batch, Position(64), PLACE);
    let later = Place {
        offset: 198,
        ..PLACE
    };
    let later = framed(b"payload", Kind::Batch, Position(64), later);
    assert_ne!(
        here[..4],
        later[..4],
        "the offset is not stored, and the checksum covers it all the same"
    );
    assert_eq!(here[4..], later[4..], "only the checksum differs");

    let elsewhere = Place {
        file_number: 8,
        ..PLACE
    };
    let elsewhere = framed(b"payload", Kind::Batch, Position(64), elsewhere);
    assert_ne!(
        here[..4],
        elsewhere[..4],
        "the number of the file is not stored, and the checksum covers it all the same"
    );
}
