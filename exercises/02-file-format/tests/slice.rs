//! Slices: the length in front is a claim, and is treated as one.

use ferrisdb_format::{Error, get_slice, put_slice, put_varint};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use allocations::allocated_by;

#[path = "support/allocations.rs"]
mod allocations;

fn config() -> Config {
    Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2),
        ..Config::default()
    }
}

/// The length `claimed`, then `bytes`.
fn claim(claimed: u64, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, claimed);
    out.extend_from_slice(bytes);
    out
}

/// The error for `bytes`, after checking that nothing was taken off the input.
fn refused(bytes: &[u8], size_max: usize) -> Error {
    let mut input = bytes;
    let error = get_slice(&mut input, size_max).expect_err("this slice must be refused");
    assert_eq!(input, bytes, "after an error the input is as it was");
    error
}

#[test]
fn the_length_comes_first() {
    let mut out = Vec::new();
    put_slice(&mut out, b"ferris");
    put_slice(&mut out, b"");
    put_slice(&mut out, &[7; 200]);
    assert_eq!(out[..10], *b"\x06ferris\x00\xc8\x01");

    let mut input = out.as_slice();
    assert_eq!(get_slice(&mut input, 200), Ok(&b"ferris"[..]));
    assert_eq!(get_slice(&mut input, 200), Ok(&b""[..]));
    assert_eq!(get_slice(&mut input, 200), Ok(&[7; 200][..]));
    assert_eq!(input, [0; 0], "nothing is left");
}

#[test]
fn a_slice_is_a_part_of_the_input_and_not_a_copy() {
    let bytes = claim(1000, &[7; 1000]);
    let mut input = bytes.as_slice();
    let (slice, allocated) = allocated_by(|| get_slice(&mut input, 1000));
    assert_eq!(slice.map(<[u8]>::as_ptr), Ok(bytes[2..].as_ptr()));
    assert_eq!(allocated, 0, "bytes allocated to read a slice");
}

#[test]
fn the_limit_is_inclusive() {
    let bytes = claim(6, b"ferris");
    assert_eq!(get_slice(&mut &*bytes, 6), Ok(&b"ferris"[..]));
    let too_long = Error::TooLong {
        what: "slice",
        size: 6,
        size_max: 5,
    };
    assert_eq!(refused(&bytes, 5), too_long);
}

#[test]
fn a_length_above_the_limit_is_refused_whether_the_bytes_are_there_or_not() {
    for size in [11, 300, 1 << 20, u64::MAX] {
        let (error, allocated) = allocated_by(|| refused(&claim(size, b"ferris"), 10));
        let expected = Error::TooLong {
            what: "slice",
            size,
            size_max: 10,
        };
        assert_eq!(
            error, expected,
            "the limit is checked before the bytes are counted"
        );
        assert!(
            allocated < 100,
            "{allocated} bytes allocated for a slice of {size} that was refused"
        );
    }
}

#[test]
fn a_length_of_more_than_32_bits_is_not_cut_down_to_a_small_one() {
    for size in [(1 << 16) + 6, (1 << 32) + 6] {
        let expected = Error::TooLong {
            what: "slice",
            size,
            size_max: 10,
        };
        assert_eq!(
            refused(&claim(size, b"ferris"), 10),
            expected,
            "the lower bits say 6"
        );
    }
}

#[test]
fn a_slice_that_is_cut_short_is_an_error() {
    let bytes = claim(200, &[7; 200]);
    for cut in 2..bytes.len() {
        let expected = Error::Truncated {
            what: "slice",
            needed: 200,
            found: cut - 2,
        };
        assert_eq!(refused(&bytes[..cut], 200), expected);
    }
    for cut in 0..2 {
        let expected = Error::Truncated {
            what: "varint",
            needed: cut + 1,
            found: cut,
        };
        assert_eq!(refused(&bytes[..cut], 200), expected, "the length is cut");
    }
}

#[test]
fn without_a_limit_a_huge_length_is_still_only_an_error() {
    let bytes = claim(u64::MAX, b"ferris");
    let (error, allocated) = allocated_by(|| refused(&bytes, usize::MAX));
    assert!(
        matches!(
            error,
            Error::Truncated { found: 6, .. } | Error::TooLong { .. }
        ),
        "there are 6 bytes: {error}"
    );
    assert_eq!(
        allocated, 0,
        "bytes allocated for a slice that is not there"
    );
}

#[test]
fn a_damaged_length_is_the_error_of_the_varint() {
    assert_eq!(refused(&[0x80, 0x00], 10), Error::VarintOverlong);
    assert_eq!(refused(&[0xff; 20], 10), Error::VarintOverflow);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_was_put_is_what_is_got(slices: Vec<Vec<u8>>) {
        let mut out = Vec::new();
        for slice in &slices {
            put_slice(&mut out, slice);
        }
        let mut input = out.as_slice();
        for slice in &slices {
            prop_assert_eq!(get_slice(&mut input, slice.len()), Ok(slice.as_slice()));
        }
        prop_assert!(input.is_empty(), "nothing is left");
    }

    #[test]
    fn any_bytes_are_a_slice_within_the_limit_or_an_error(bytes: Vec<u8>, size_max in 0..200_usize) {
        let mut input = bytes.as_slice();
        if let Ok(slice) = get_slice(&mut input, size_max) {
            prop_assert!(slice.len() <= size_max);
            let mut again = Vec::new();
            put_slice(&mut again, slice);
            prop_assert_eq!(again, &bytes[..bytes.len() - input.len()]);
        } else {
            prop_assert_eq!(input, &bytes, "after an error the input is as it was");
        }
    }
}
