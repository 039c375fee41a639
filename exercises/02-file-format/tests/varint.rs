//! Varints: one encoding a value, and no byte sequence that surprises the reader.

use ferrisdb_format::{Error, VARINT_SIZE_MAX, get_varint, put_varint};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

fn config() -> Config {
    Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2),
        ..Config::default()
    }
}

fn encode(value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, value);
    out
}

/// The error for `bytes`, after checking that nothing was taken off the input.
fn refused(bytes: &[u8]) -> Error {
    let mut input = bytes;
    let error = match get_varint(&mut input) {
        Err(error) => error,
        Ok(value) => panic!("{bytes:02x?} was read as {value}, it must be refused"),
    };
    assert_eq!(input, bytes, "after an error the input is as it was");
    error
}

/// Values on both sides of every size, with their encodings.
const TABLE: [(u64, &[u8]); 9] = [
    (0, &[0x00]),
    (1, &[0x01]),
    (127, &[0x7f]),
    (128, &[0x80, 0x01]),
    (300, &[0xac, 0x02]),
    (16_383, &[0xff, 0x7f]),
    (16_384, &[0x80, 0x80, 0x01]),
    (
        1 << 63,
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    ),
    (
        u64::MAX,
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    ),
];

#[test]
fn seven_bits_a_byte_lowest_first() {
    for (value, bytes) in TABLE {
        let mut input = bytes;
        assert_eq!(get_varint(&mut input), Ok(value), "{bytes:02x?}");
        assert_eq!(input, [0; 0], "all of {bytes:02x?} is taken");
        assert_eq!(encode(value), bytes, "the encoding of {value}");
    }
}

#[test]
fn a_varint_that_is_cut_short_is_an_error() {
    for bits in 0..64 {
        let bytes = encode(1 << bits);
        for found in 0..bytes.len() {
            let expected = Error::Truncated {
                what: "varint",
                needed: found + 1,
                found,
            };
            assert_eq!(
                refused(&bytes[..found]),
                expected,
                "{:02x?}",
                &bytes[..found]
            );
        }
    }
}

#[test]
fn more_than_64_bits_are_refused() {
    let nine = [0x80; VARINT_SIZE_MAX - 1];
    for tenth in 2..=0xff {
        let bytes = [&nine[..], &[tenth]].concat();
        assert_eq!(
            refused(&bytes),
            Error::VarintOverflow,
            "of the tenth byte only the lowest bit is left, {tenth:02x} has more"
        );
    }
    assert_eq!(
        refused(&[0xff; 64]),
        Error::VarintOverflow,
        "a varint that never ends"
    );
    assert_eq!(
        refused(&[&nine[..], &[0x80, 0x01]].concat()),
        Error::VarintOverflow,
        "eleven bytes"
    );
}

#[test]
fn a_value_has_one_encoding() {
    for size in 2..=VARINT_SIZE_MAX {
        for filler in [0x80, 0xff] {
            let mut bytes = vec![filler; size];
            bytes[size - 1] = 0;
            assert_eq!(
                refused(&bytes),
                Error::VarintOverlong,
                "{bytes:02x?} ends in a byte that adds nothing, so a shorter encoding says the same"
            );
        }
    }
    let mut zero: &[u8] = &[0];
    assert_eq!(get_varint(&mut zero), Ok(0), "0 itself is one zero byte");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_was_put_is_what_is_got(value: u64, bits in 0..64_u32, behind: Vec<u8>) {
        let value = value >> bits;
        let mut out = encode(value);
        prop_assert!(out.len() <= VARINT_SIZE_MAX);
        out.extend(&behind);

        let mut input = out.as_slice();
        prop_assert_eq!(get_varint(&mut input), Ok(value));
        prop_assert_eq!(input, behind.as_slice(), "what follows is left alone");
    }

    #[test]
    fn any_bytes_are_an_error_or_the_encoding_of_their_value(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..14),
        more in 0..14_usize,
    ) {
        // Random bytes are mostly short varints; this makes long ones as likely.
        bytes.iter_mut().take(more).for_each(|byte| *byte |= 0x80);
        let mut input = bytes.as_slice();
        if let Ok(value) = get_varint(&mut input) {
            let taken = &bytes[..bytes.len() - input.len()];
            prop_assert_eq!(taken, encode(value), "read as {}", value);
        } else {
            prop_assert_eq!(input, &bytes, "after an error the input is as it was");
        }
    }
}
