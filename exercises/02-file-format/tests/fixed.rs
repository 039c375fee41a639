//! Integers of fixed size: which byte comes first, and where reading goes on.

use ferrisdb_format::{Error, Result, get_u16, get_u32, get_u64, put_u16, put_u32, put_u64};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

fn config() -> Config {
    Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2),
        ..Config::default()
    }
}

#[test]
fn the_lowest_byte_comes_first() {
    let mut input: &[u8] = &[0x2a, 0, 0, 0];
    let number = get_u32(&mut input);
    assert_eq!(number, Ok(42), "2a 00 00 00 is 42, on every machine");

    let mut out = Vec::new();
    put_u32(&mut out, 42);
    assert_eq!(out, [0x2a, 0, 0, 0]);
}

#[test]
fn reading_goes_on_where_it_stopped() {
    let mut out = Vec::new();
    put_u16(&mut out, 0x0201);
    put_u32(&mut out, 0x0605_0403);
    put_u64(&mut out, 0x0e0d_0c0b_0a09_0807);
    let counted_up: Vec<u8> = (1..=14).collect();
    assert_eq!(out, counted_up);

    let mut input = out.as_slice();
    assert_eq!(get_u16(&mut input), Ok(0x0201));
    assert_eq!(input.len(), 12, "bytes left after a u16 was taken off 14");
    assert_eq!(get_u32(&mut input), Ok(0x0605_0403));
    assert_eq!(input.len(), 8, "bytes left after a u32 was taken off 12");
    assert_eq!(get_u64(&mut input), Ok(0x0e0d_0c0b_0a09_0807));
    assert_eq!(input, [0; 0], "nothing is left");
}

#[test]
fn an_integer_that_is_cut_short_is_an_error_and_takes_nothing() {
    fn check<T: std::fmt::Debug + PartialEq>(
        what: &'static str,
        needed: usize,
        get: impl Fn(&mut &[u8]) -> Result<T>,
    ) {
        let bytes = [0xaa; 8];
        for found in 0..needed {
            let before = &bytes[..found];
            let mut input = before;
            let expected = Error::Truncated {
                what,
                needed,
                found,
            };
            assert_eq!(
                get(&mut input),
                Err(expected),
                "a {what} from {found} bytes"
            );
            assert_eq!(input, before, "after an error the input is as it was");
        }
    }
    check("u16", 2, get_u16);
    check("u32", 4, get_u32);
    check("u64", 8, get_u64);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_was_put_is_what_is_got(small: u16, middle: u32, large: u64, behind: Vec<u8>) {
        let mut out = Vec::new();
        put_u16(&mut out, small);
        put_u32(&mut out, middle);
        put_u64(&mut out, large);
        out.extend(&behind);

        let mut input = out.as_slice();
        prop_assert_eq!(get_u16(&mut input), Ok(small));
        prop_assert_eq!(get_u32(&mut input), Ok(middle));
        prop_assert_eq!(get_u64(&mut input), Ok(large));
        prop_assert_eq!(input, behind.as_slice(), "what follows is left alone");
    }
}
