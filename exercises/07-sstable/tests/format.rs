//! The keys of the index, and the footer.

mod support;

use ferrisdb_core::{Operation, Timestamp};
use ferrisdb_format::checksum;
use ferrisdb_sstable::{FOOTER_SIZE, Footer, Handle, Location, OwnedKey, Part, Reason, separator};
use ferrisdb_testkit::annotate;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use support::{delete, put};

// ---------------------------------------------------------------------------------------------
// Hole 1: separator
// ---------------------------------------------------------------------------------------------

/// The user key of a separator, as text.
fn shown(key: &OwnedKey) -> String {
    key.user_key.escape_ascii().to_string()
}

#[test]
fn a_separator_is_short_where_that_is_possible() {
    let cases = [
        ("plum", "quince", "q"),
        ("article-0999", "article-1000", "article-1"),
        ("abcdef", "abxyz", "abx"),
        ("a/long/path/to/z", "b/another/path", "b"),
    ];
    for (last, next, expected) in cases {
        let yours = separator(put(last.as_bytes(), 5), put(next.as_bytes(), 9));
        assert_eq!(
            shown(&yours),
            expected,
            "between {last} and {next} your separator is {yours}; the shortest beginning of \
             {next} that is above {last} is {expected}"
        );
    }
}

#[test]
fn where_nothing_shorter_fits_in_between_the_separator_is_the_last_key() {
    let cases = [
        ("plum", "plums", "the last key is the beginning of the next"),
        (
            "article-17",
            "article-18",
            "every shorter beginning is below the last key",
        ),
        ("a", "b", "nothing is shorter than one byte and above it"),
        ("ax", "b", "the only candidate is the next key itself"),
        (
            "a",
            "bc",
            "the only candidate, \"b\", is no shorter than the last key",
        ),
        ("", "a", "nothing is shorter than nothing"),
    ];
    for (last, next, why) in cases {
        let last = delete(last.as_bytes(), 5);
        let yours = separator(last, put(next.as_bytes(), 9));
        assert_eq!(
            yours.as_key(),
            last,
            "between {last:?} and \"{next}\" your separator is {yours}; it should be the last \
             key with its timestamp and operation, since {why}"
        );
    }
}

#[test]
fn versions_of_one_key_are_separated_by_the_last_of_them() {
    let last = put(b"plum", 7);
    let yours = separator(last, delete(b"plum", 6));
    assert_eq!(
        yours.as_key(),
        last,
        "plum @7 ends a block and plum @6 begins the next: only plum @7 itself separates them, \
         and your separator is {yours}"
    );
}

#[test]
fn a_shortened_separator_is_the_lowest_version_of_its_key() {
    let yours = separator(put(b"plum", 5), put(b"quince", 9));
    assert_eq!(
        (yours.timestamp, yours.operation),
        (Timestamp::ZERO, Operation::Delete),
        "a reader who looks for any version of \"q\" must find this block and no later one, so \
         the separator has to be the last of all versions: timestamp 0, the operation that \
         sorts last"
    );
}

/// User keys that are often neighbours, and often begin alike.
fn user_key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(
        proptest::sample::select(&[0x00, 0x01, b'a', b'b', 0xfe, 0xff][..]),
        0..5,
    )
}

fn key() -> impl Strategy<Value = OwnedKey> {
    (user_key(), 0..4_u64, any::<bool>()).prop_map(|(user_key, timestamp, is_put)| OwnedKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation: if is_put {
            Operation::Put
        } else {
            Operation::Delete
        },
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_separator_is_not_below_the_last_key_and_below_the_next(a in key(), b in key()) {
        prop_assume!(a != b);
        let (last, next) = if a.as_key() < b.as_key() { (a, b) } else { (b, a) };
        let yours = separator(last.as_key(), next.as_key());
        prop_assert!(
            yours.as_key() >= last.as_key(),
            "your separator {} is below {}, the last key of its block", yours, last
        );
        prop_assert!(
            yours.as_key() < next.as_key(),
            "your separator {} is not below {}, the first key of the next block", yours, next
        );
        prop_assert!(
            yours.user_key.len() <= last.user_key.len(),
            "your separator {} is longer than {}, which would do", yours, last
        );
    }

    /// Otherwise a lookup of that key would search this block in vain and then the next.
    #[test]
    fn a_shortened_separator_is_no_key_of_the_table(a in key(), b in key()) {
        prop_assume!(a != b);
        let (last, next) = if a.as_key() < b.as_key() { (a, b) } else { (b, a) };
        let yours = separator(last.as_key(), next.as_key());
        if yours != last {
            prop_assert!(
                yours.user_key.len() < last.user_key.len(),
                "your separator {} is no shorter than {}, so the last key itself is the separator",
                yours, last
            );
            prop_assert!(
                yours.user_key != next.user_key,
                "your separator {} has the user key of the next block's first key {}", yours, next
            );
        }
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 2: Footer::decode
// ---------------------------------------------------------------------------------------------

const PLACE: Location = Location {
    file_number: 7,
    offset: 900,
};

const fn at(offset: u64, size: u32) -> Handle {
    Handle { offset, size }
}

/// A footer of a table of 964 bytes, with everything in it.
const FOOTER: Footer = Footer {
    tail: 700,
    index_levels: 1,
    index: at(700, 80),
    filter: Some(at(780, 70)),
    properties: at(850, 50),
};

fn decode(bytes: &[u8; FOOTER_SIZE]) -> Result<Footer, Reason> {
    Footer::decode(bytes, PLACE)
}

#[test]
fn a_footer_is_laid_out_as_in_the_diagram() {
    let bytes = FOOTER.encode(PLACE);
    let yours = decode(&bytes).expect("a footer that was just encoded is whole");
    let filter = yours.filter.unwrap_or(at(0, 0));
    let dump = annotate(
        &bytes,
        &[
            (4, "checksum", "of place and bytes 4..64".into()),
            (4, "index levels", yours.index_levels.to_string()),
            (8, "tail", yours.tail.to_string()),
            (8, "index offset", yours.index.offset.to_string()),
            (8, "filter offset", filter.offset.to_string()),
            (8, "properties offset", yours.properties.offset.to_string()),
            (4, "index size", yours.index.size.to_string()),
            (4, "filter size", filter.size.to_string()),
            (4, "properties size", yours.properties.size.to_string()),
            (4, "zero", String::new()),
            (8, "magic", "FDB_SST".into()),
        ],
    );
    insta::assert_snapshot!(dump);
}

#[test]
fn a_footer_comes_back_as_it_was() {
    let footers = [
        FOOTER,
        Footer {
            index_levels: 2,
            ..FOOTER
        },
        Footer {
            filter: None,
            ..FOOTER
        },
        // A table without entries: the tail begins right behind the header.
        Footer {
            tail: 64,
            index: at(64, 18),
            ..FOOTER
        },
    ];
    for expected in footers {
        let yours = decode(&expected.encode(PLACE));
        assert_eq!(yours, Ok(expected), "what was encoded should be decoded");
    }
}

#[test]
fn every_flipped_bit_of_a_footer_is_noticed() {
    let bytes = FOOTER.encode(PLACE);
    for bit in 0..FOOTER_SIZE * 8 {
        let mut damaged = bytes;
        damaged[bit / 8] ^= 1 << (bit % 8);
        let yours = decode(&damaged).expect_err(&format!(
            "bit {} of byte {} was flipped, and your decode noticed nothing",
            bit % 8,
            bit / 8
        ));
        let in_magic = bit / 8 >= 56;
        let expected = if in_magic { "NoFooter" } else { "Checksum" };
        assert!(
            matches!(
                (&yours, in_magic),
                (Reason::NoFooter, true) | (Reason::Checksum { .. }, false)
            ),
            "byte {} was damaged: expected {expected}, yours is {yours:?}",
            bit / 8
        );
    }
}

#[test]
fn a_footer_from_another_place_or_file_is_refused() {
    let bytes = FOOTER.encode(PLACE);
    let others = [
        Location {
            offset: 901,
            ..PLACE
        },
        Location {
            file_number: 8,
            ..PLACE
        },
        Location {
            file_number: 900,
            offset: 7,
        },
    ];
    for place in others {
        let yours = Footer::decode(&bytes, place);
        assert!(
            matches!(yours, Err(Reason::Checksum { .. })),
            "written for {PLACE:?} and read at {place:?}: the checksum covers the place, so it \
             cannot be right, and yours is {yours:?}"
        );
    }
}

#[test]
fn the_end_of_some_other_file_is_no_footer() {
    for bytes in [[0; FOOTER_SIZE], [0xff; FOOTER_SIZE], [b'x'; FOOTER_SIZE]] {
        assert_eq!(
            decode(&bytes),
            Err(Reason::NoFooter),
            "without the magic at the end this is no footer at all, which says more than that \
             its checksum is wrong"
        );
    }
}

/// What your decode makes of a footer with a right checksum over whatever it says.
fn forged(footer: Footer) -> Result<Footer, Reason> {
    decode(&footer.encode(PLACE))
}

fn with_tail(tail: u64) -> (Part, Footer) {
    (Part::Data, Footer { tail, ..FOOTER })
}

fn with_index(index: Handle) -> (Part, Footer) {
    (Part::Index, Footer { index, ..FOOTER })
}

fn with_filter(filter: Handle) -> (Part, Footer) {
    let filter = Some(filter);
    (Part::Filter, Footer { filter, ..FOOTER })
}

fn with_properties(properties: Handle) -> (Part, Footer) {
    let footer = Footer {
        properties,
        ..FOOTER
    };
    (Part::Properties, footer)
}

/// A footer must be refused because of this part of it, although its checksum is right.
fn is_out_of_place(what: &str, (part, footer): (Part, Footer)) {
    let yours = forged(footer);
    assert!(
        matches!(&yours, Err(Reason::OutOfPlace { what, .. }) if *what == part),
        "{what}: expected OutOfPlace of the {part}, although the checksum is right; yours is \
         {yours:?}"
    );
}

#[test]
fn parts_that_begin_outside_of_the_tail_are_refused() {
    is_out_of_place("the tail begins inside the header", with_tail(63));
    is_out_of_place("the tail begins behind the footer", with_tail(901));
    is_out_of_place("the tail begins where no file reaches", with_tail(u64::MAX));
    is_out_of_place("the index lies in the data", with_index(at(600, 80)));
    is_out_of_place("the index begins in the data", with_index(at(699, 80)));
    is_out_of_place("the filter lies in the data", with_filter(at(64, 70)));
    is_out_of_place("the properties lie there", with_properties(at(64, 50)));
    is_out_of_place("the index is far away", with_index(at(1 << 40, 80)));
}

#[test]
fn parts_that_end_behind_the_tail_are_refused() {
    let end = at(780, 121);
    is_out_of_place("the index ends in the footer", with_index(at(700, 201)));
    is_out_of_place("the filter ends in the footer", with_filter(end));
    is_out_of_place("the properties end in the footer", with_properties(end));
    let huge = at(850, u32::MAX);
    is_out_of_place("the index is huge", with_index(huge));
    is_out_of_place("the filter is huge", with_filter(huge));
    is_out_of_place("the properties are huge", with_properties(huge));
    let endless = at(u64::MAX, u32::MAX);
    is_out_of_place("the index ends beyond 64 bits", with_index(endless));
}

#[test]
fn parts_may_reach_up_to_the_footer_and_no_further() {
    for with in [with_index, with_filter, with_properties] {
        let all = "everything from the tail's beginning to the footer";
        for (place, what) in [(at(899, 1), "the last byte"), (at(700, 200), all)] {
            let (part, footer) = with(place);
            let yours = forged(footer);
            assert!(yours.is_ok(), "the {part} may have {what}: {yours:?}");
        }
        is_out_of_place("it ends one byte into the footer", with(at(899, 2)));
        is_out_of_place("it ends one byte into the footer", with(at(700, 201)));
        is_out_of_place("it begins one byte before the tail", with(at(699, 1)));
    }
}

#[test]
fn an_index_has_one_level_or_two() {
    for found in [0, 3, u32::MAX] {
        let index_levels = found;
        let yours = forged(Footer {
            index_levels,
            ..FOOTER
        });
        assert_eq!(
            yours,
            Err(Reason::Levels { found }),
            "no table has an index with {found} levels"
        );
    }
    let (_, misplaced) = with_index(at(600, 80));
    let yours = forged(Footer {
        index_levels: 3,
        ..misplaced
    });
    assert_eq!(
        yours,
        Err(Reason::Levels { found: 3 }),
        "this footer is wrong in its levels and in the place of its index, and the levels are \
         looked at first"
    );
}

#[test]
fn no_bytes_make_decoding_a_footer_panic() {
    let mut bytes = FOOTER.encode(PLACE);
    for at in 4..56 {
        for value in [0x00, 0x7f, 0x80, 0xff] {
            let before = bytes[at];
            bytes[at] = value;
            let mut covered = Vec::from(PLACE.file_number.to_le_bytes());
            covered.extend(PLACE.offset.to_le_bytes());
            covered.extend(&bytes[4..]);
            bytes[..4].copy_from_slice(&checksum(&covered).to_le_bytes());
            if let Ok(footer) = decode(&bytes) {
                let parts = [Some(footer.index), footer.filter, Some(footer.properties)];
                for part in parts.into_iter().flatten() {
                    let end = part.offset.checked_add(part.size.into());
                    assert!(
                        part.offset >= footer.tail && end.is_some_and(|end| end <= PLACE.offset),
                        "byte {at} was set to {value:#04x}, and decode let {footer:?} pass"
                    );
                }
            }
            bytes[at] = before;
        }
    }
}
