//! The filter: its bytes, and how often it is wrong.

mod support;

use std::fmt::Write;

use bytes::Bytes;
use ferrisdb_block::{BLOCK_SIZE_MAX, Damage, Error, FILTER_LINE_SIZE, Filter, FilterBuilder};
use proptest::prelude::*;
use support::{cases, same};

fn filter_of<K: AsRef<[u8]>>(bits_per_key: usize, keys: impl IntoIterator<Item = K>) -> Vec<u8> {
    let mut builder = FilterBuilder::new(bits_per_key);
    for key in keys {
        builder.add(key.as_ref());
    }
    builder.finish()
}

fn parsed(bytes: Vec<u8>) -> Filter {
    Filter::parse(Bytes::from(bytes)).expect("a filter that was just built is whole")
}

/// The bits that are set, by line.
fn bits(filter: &[u8]) -> Vec<Vec<usize>> {
    let lines = filter[..filter.len() - 1].chunks(FILTER_LINE_SIZE);
    let set = |line: &[u8]| {
        (0..512)
            .filter(|bit| line[bit / 8] & (1 << (bit % 8)) != 0)
            .collect()
    };
    lines.map(set).collect()
}

fn key(n: u64) -> String {
    format!("customer/{n:08}")
}

#[test]
fn a_filter_is_laid_out_as_in_the_diagram() {
    let mut picture = String::new();
    for key in ["apple", "banana", "cherry", ""] {
        writeln!(
            picture,
            "{key:?} alone: {:?}",
            bits(&filter_of(10, [key]))[0]
        )
        .expect("a String");
    }
    let keys = (0..120).map(key);
    let filter = filter_of(10, keys);
    for (number, line) in filter.chunks_exact(FILTER_LINE_SIZE).enumerate() {
        let set = bits(&filter)[number].len();
        writeln!(picture, "\nline {number} of 120 keys, {set} bits are set:").expect("a String");
        for part in line.chunks(16) {
            let hex: Vec<String> = part.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(picture, "{}", hex.join(" ")).expect("a String");
        }
    }
    let probes = filter[filter.len() - 1];
    writeln!(
        picture,
        "\n{} bytes, the last one is {probes}",
        filter.len()
    )
    .expect("a String");
    insta::assert_snapshot!(picture);
}

#[test]
fn a_key_sets_its_bits_in_one_line_only() {
    // Many lines, and one more key each time: what changes is in one line.
    let mut lines_used = std::collections::BTreeSet::new();
    for n in 0..50 {
        let without = bits(&filter_of(40, (1000..1100).map(key)));
        let with = filter_of(40, (1000..1100).chain([n]).map(key));
        let with_lines = bits(&with);
        if without.len() != with_lines.len() {
            continue;
        }
        let changed: Vec<usize> = (0..without.len())
            .filter(|&line| without[line] != with_lines[line])
            .collect();
        assert!(
            changed.len() == 1,
            "one more key changed the lines {changed:?}"
        );
        let (before, after) = (&without[changed[0]], &with_lines[changed[0]]);
        assert!(
            before.iter().all(|bit| after.contains(bit)),
            "a bit that is set stays set"
        );
        lines_used.insert(changed[0]);
    }
    assert!(
        lines_used.len() > 4,
        "different keys should use different lines, yours: {lines_used:?}"
    );
}

#[test]
fn a_filter_has_as_many_lines_as_its_keys_need() {
    let cases = [
        (10, 0, 1),
        (10, 1, 1),
        (10, 51, 1),
        (10, 52, 2),
        (10, 102, 2),
        (10, 103, 3),
        (8, 64, 1),
        (8, 65, 2),
        (1, 512, 1),
        (1, 513, 2),
        (5, 1000, 10),
        (20, 1000, 40),
        (0, 513, 2),
        (40, 64, 5),
        (41, 64, 5),
        (1000, 64, 5),
    ];
    for (bits_per_key, keys, lines) in cases {
        let filter = filter_of(bits_per_key, (0..keys).map(key));
        assert_eq!(
            filter.len(),
            lines * FILTER_LINE_SIZE + 1,
            "{keys} keys with {bits_per_key} bits each (at least 1, at most 40) need {lines} lines of \
             512 bits, and a byte follows"
        );
    }
    // So many keys are never added in a test.
    let most = FilterBuilder::new(10).size_for(usize::MAX);
    assert!(
        most <= BLOCK_SIZE_MAX && most + FILTER_LINE_SIZE > BLOCK_SIZE_MAX,
        "the largest filter takes as many lines as fit into a block of {BLOCK_SIZE_MAX} bytes, yours \
         {most} bytes"
    );
}

#[test]
fn the_last_byte_says_how_many_bits_a_key_sets() {
    for (bits_per_key, probes) in [(1, 1), (5, 3), (8, 5), (10, 6), (15, 9), (20, 12), (40, 24)] {
        let filter = filter_of(bits_per_key, ["apple"]);
        assert_eq!(
            filter[filter.len() - 1],
            probes,
            "{bits_per_key} bits a key"
        );
        let set = bits(&filter).concat().len();
        assert!(
            (1..=usize::from(probes)).contains(&set),
            "one key sets at most {probes} bits (fewer if some are equal), yours set {set}"
        );
    }
}

#[test]
fn a_key_sets_all_of_its_bits() {
    for (n, least) in [(15, 6), (40, 16)] {
        let set = bits(&filter_of(n, ["apple"])).concat().len();
        assert!(
            set >= least,
            "with {n} bits a key a key sets at least {least} different bits, yours set {set}"
        );
    }
}

#[test]
fn a_bit_that_keys_share_stays_set() {
    // 51 keys fit into one line, and so do the filters of each alone.
    let all = bits(&filter_of(10, (0..51).map(key))).concat();
    for n in 0..51 {
        for bit in bits(&filter_of(10, [key(n)])).concat() {
            assert!(
                all.contains(&bit),
                "bit {bit} belongs to {}, which was added, and it is not set",
                key(n)
            );
        }
    }
}

#[test]
fn the_versions_of_a_key_count_once() {
    let once = filter_of(10, (0..100).map(key));
    let often = filter_of(10, (0..1000).map(|n| key(n / 10)));
    assert!(
        once == often,
        "ten versions of each key should give the same filter as one"
    );
    let mut builder = FilterBuilder::new(10);
    assert!(builder.is_empty());
    builder.add(b"a");
    assert!(!builder.is_empty(), "a key was added");
    for key in ["a", "a", "b", "b", "b", "c"] {
        builder.add(key.as_bytes());
    }
    assert_eq!(builder.len(), 3, "three keys were added");
}

#[test]
fn the_next_filter_begins_anew() {
    let mut builder = FilterBuilder::new(10);
    builder.add(b"apple");
    builder.finish();
    assert!(
        builder.is_empty(),
        "the keys of the last filter are forgotten"
    );
    builder.add(b"banana");
    same(
        builder.finish(),
        filter_of(10, ["banana"]),
        "a filter of banana alone",
    );
}

#[test]
fn a_filter_without_keys_denies_every_key() {
    for bits_per_key in [1, 10, 40] {
        let none: [&str; 0] = [];
        let filter = parsed(filter_of(bits_per_key, none));
        for n in 0..1000 {
            assert!(
                !filter.may_contain(key(n).as_bytes()),
                "no key was added, and yours says that {} may be there",
                key(n)
            );
        }
    }
}

#[test]
fn a_key_that_was_added_is_never_denied() {
    for bits_per_key in [1, 2, 5, 10, 15, 40] {
        for count in [1, 10, 100, 5000] {
            let filter = parsed(filter_of(bits_per_key, (0..count).map(key)));
            for n in 0..count {
                assert!(
                    filter.may_contain(key(n).as_bytes()),
                    "{} was added ({count} keys, {bits_per_key} bits each) and is denied: a read \
                     would say that it does not exist",
                    key(n)
                );
            }
        }
    }
}

#[test]
fn every_bit_of_a_key_is_asked_for() {
    // Of a single key, each bit in turn is taken away.
    for bits_per_key in [5, 10, 15, 40] {
        let whole = filter_of(bits_per_key, ["apple"]);
        for bit in bits(&whole).concat() {
            let mut less = whole.clone();
            less[bit / 8] ^= 1 << (bit % 8);
            assert!(
                !parsed(less).may_contain(b"apple"),
                "bit {bit} belongs to apple and is not set, so apple was not added, and yours says that it \
                 may be there"
            );
        }
    }
}

#[test]
fn one_key_lets_next_to_no_stranger_through() {
    let filter = parsed(filter_of(10, ["apple"]));
    let through = (0..2000).filter(|&n| filter.may_contain(key(n).as_bytes()));
    let through = through.count();
    assert!(
        through < 5,
        "6 bits of 512 are set, and {through} of 2,000 strangers get through: each of their bits \
         has to be set, and not just one of them"
    );
}

/// Of the keys that were not added, the part that a filter lets through, in theory.
///
/// The keys that fall into one line are spread like raindrops (Poisson). With `n` keys in a line of
/// 512 bits, each bit is set with probability 1 - (1 - 1/512)^(n * probes), and a stranger
/// gets through if all of its bits are.
fn theory(lines: usize, keys: u32, probes: u32) -> f64 {
    let mean = f64::from(keys) / f64::from(u32::try_from(lines).expect("few"));
    let mut likelihood = (-mean).exp();
    let mut rate = 0.0;
    for n in 0..512 {
        let bit_clear = (1.0 - 1.0 / 512.0_f64).powf(f64::from(n) * f64::from(probes));
        rate += likelihood * (1.0 - bit_clear).powf(f64::from(probes));
        likelihood *= mean / f64::from(n + 1);
    }
    rate
}

/// The rate measured with so many strangers, and what theory says.
fn rates(bits_per_key: usize, strangers: u32) -> (f64, f64) {
    let keys = 20_000;
    let bytes = filter_of(bits_per_key, (0..u64::from(keys)).map(u64::to_be_bytes));
    let filter = parsed(bytes);
    let asked = (1 << 40)..(1 << 40) + u64::from(strangers);
    let through = asked
        .filter(|n| filter.may_contain(&n.to_be_bytes()))
        .count();
    let through = f64::from(u32::try_from(through).expect("few"));
    let probes = u32::from(filter.probes());
    (
        through / f64::from(strangers),
        theory(filter.lines(), keys, probes),
    )
}

#[test]
fn strangers_get_through_as_rarely_as_theory_says() {
    for (bits_per_key, strangers) in [(5, 100_000), (10, 300_000), (15, 1_000_000)] {
        let (yours, expected) = rates(bits_per_key, strangers);
        assert!(
            (0.9..=1.1).contains(&(yours / expected)),
            "with {bits_per_key} bits a key {:.4} % of the strangers should get through, yours lets {:.4} % \
             through",
            100.0 * expected,
            100.0 * yours
        );
    }
}

#[test]
fn bytes_that_are_no_filter_are_refused() {
    let whole = filter_of(10, (0..60).map(key));
    assert_eq!(whole.len(), 129);
    for size in (0..300).filter(|&size| size == 0 || size == 1 || size % 64 != 1) {
        let mut bytes = whole.clone();
        bytes.resize(size, 6);
        let error =
            Filter::parse(Bytes::from(bytes)).expect_err("not a number of lines and a byte");
        let damage = Damage::Leftover {
            what: "filter",
            // The lines that are whole, one at least, and a byte.
            expected: (size / 64).max(1) * 64 + 1,
            found: size,
        };
        let expected = Error::Damaged {
            offset: size,
            damage,
        };
        assert_eq!(error, expected, "{size} bytes are no filter");
    }
    for probes in (25..=u8::MAX).chain([0]) {
        let mut bytes = whole.clone();
        bytes[128] = probes;
        let error = Filter::parse(Bytes::from(bytes)).expect_err("no filter has so many probes");
        same(
            error,
            Error::Damaged {
                offset: 128,
                damage: Damage::Probes { probes },
            },
            "1 to 24",
        );
    }
    assert!(
        parsed(whole).may_contain(key(59).as_bytes()),
        "the whole one is fine"
    );
}

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn no_key_of_any_set_is_denied(
        mut keys in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..80),
        bits_per_key in 0_usize..60,
    ) {
        keys.sort();
        let filter = parsed(filter_of(bits_per_key, &keys));
        for key in &keys {
            prop_assert!(filter.may_contain(key), "{} was added", key.escape_ascii());
        }
    }

    #[test]
    fn any_lines_can_be_asked(lines in prop::collection::vec(any::<u8>(), 64 * 3), probes in 1_u8..=24) {
        let filter = parsed([&lines[..], &[probes]].concat());
        for n in 0..100 {
            // Any answer will do; it must be one.
            let _ = filter.may_contain(key(n).as_bytes());
        }
    }
}
