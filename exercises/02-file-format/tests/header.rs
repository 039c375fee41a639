//! The file header: its bytes, and what happens when they are not what they should be.

use ferrisdb_format::{
    Error, HEADER_SIZE, Header, Magic, VERSION, Version, checksum, put_u16, put_u32, put_u64,
};
use insta::assert_snapshot;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use hex::annotate;

#[path = "support/hex.rs"]
mod hex;

fn config() -> Config {
    Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2),
        ..Config::default()
    }
}

/// A header in which every byte of every field differs from its neighbours.
fn example() -> Header {
    let mut extra = [0; 24];
    (0xa0..)
        .zip(&mut extra)
        .for_each(|(value, byte)| *byte = value);
    Header {
        flags: 0x0403_0201,
        extra,
        ..Header::new(Magic::WAL, 0x1817_1615_1413_1211, 1_795_255_200_000_000)
    }
}

fn any_header() -> impl Strategy<Value = Header> {
    (
        any::<[u8; 8]>(),
        any::<(u16, u32, u64, u64)>(),
        any::<[u8; 24]>(),
    )
        .prop_map(
            |(magic, (minor, flags, created_at_us, file_number), extra)| Header {
                magic: Magic(magic),
                version: Version { minor, ..VERSION },
                flags,
                created_at_us,
                file_number,
                extra,
            },
        )
}

/// The checksum that the chapter asks for: of all bytes but 20 to 23.
fn checksum_of(header: &[u8; HEADER_SIZE]) -> u32 {
    checksum(&[&header[..20], &header[24..]].concat())
}

/// Changes a valid header and gives it the checksum that fits.
fn resealed(change: impl FnOnce(&mut [u8; HEADER_SIZE])) -> [u8; HEADER_SIZE] {
    let mut bytes = valid();
    change(&mut bytes);
    let checksum = checksum_of(&bytes);
    bytes[20..24].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The bytes of [`example`], made without the encoder.
fn valid() -> [u8; HEADER_SIZE] {
    bytes_of(&example())
}

/// The bytes of a header, made without the encoder.
fn bytes_of(header: &Header) -> [u8; HEADER_SIZE] {
    let mut out = header.magic.0.to_vec();
    put_u16(&mut out, header.version.major);
    put_u16(&mut out, header.version.minor);
    put_u32(&mut out, header.flags);
    put_u32(&mut out, 64);
    put_u32(&mut out, 0);
    put_u64(&mut out, header.created_at_us);
    put_u64(&mut out, header.file_number);
    out.extend(header.extra);
    let mut bytes: [u8; HEADER_SIZE] = out.try_into().expect("a header has 64 bytes");
    let checksum = checksum_of(&bytes);
    bytes[20..24].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Result<Header, Error> {
    Header::decode(bytes, Magic::WAL)
}

// Encoding.

#[test]
fn encode_matches_the_golden_bytes() {
    assert_snapshot!(annotate(&example().encode()));
}

#[test]
fn no_field_is_forgotten() {
    // Each field is made of one byte, repeated, so the order of its bytes does not matter.
    let header = Header {
        magic: Magic([1; 8]),
        version: Version {
            major: 0x0202,
            minor: 0x0303,
        },
        flags: 0x0404_0404,
        created_at_us: 0x0606_0606_0606_0606,
        file_number: 0x0707_0707_0707_0707,
        extra: [8; 24],
    };
    let mut bytes = header.encode();
    bytes[16..24].fill(0);
    let sizes = [
        (1, 8),
        (2, 2),
        (3, 2),
        (4, 4),
        (0, 8),
        (6, 8),
        (7, 8),
        (8, 24),
    ];
    let expected: Vec<u8> = sizes
        .iter()
        .flat_map(|&(byte, size)| vec![byte; size])
        .collect();
    assert_eq!(
        annotate(&bytes),
        annotate(&expected.try_into().expect("a header has 64 bytes")),
        "header size and checksum are left out here"
    );
}

#[test]
fn the_checksum_covers_the_other_sixty_bytes() {
    let bytes = example().encode();
    let stored = u32::from_le_bytes(bytes[20..24].try_into().unwrap());
    assert_eq!(
        format!("{stored:08x}"),
        format!("{:08x}", checksum_of(&bytes)),
        "bytes 20 to 23, little-endian, are the CRC32 of bytes 0 to 19 and 24 to 63"
    );
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_field_is_where_the_diagram_says(header in any_header()) {
        let (mut found, mut expected) = (header.encode(), bytes_of(&header));
        // The checksum has a test of its own.
        found[20..24].fill(0);
        expected[20..24].fill(0);
        prop_assert_eq!(annotate(&found), annotate(&expected));
    }
}

// Decoding.

#[test]
fn decode_reads_the_golden_bytes() {
    assert_eq!(decode(&valid()), Ok(example()));
}

#[test]
fn bytes_behind_the_header_do_not_matter() {
    let file = [&valid()[..], b"the first record"].concat();
    assert_eq!(decode(&file), Ok(example()));
}

#[test]
fn every_flip_of_one_bit_is_detected() {
    // In the bytes that the chapter prescribes, and in those that `encode` writes.
    for header in [valid(), example().encode()] {
        for bit in 0..8 * HEADER_SIZE {
            let mut bytes = header;
            bytes[bit / 8] ^= 1 << (bit % 8);
            let place = format!("bit {} of byte {}", bit % 8, bit / 8);
            match decode(&bytes) {
                Err(Error::BadMagic { .. }) if bit / 8 < 8 => {}
                Err(Error::BadChecksum { .. }) if bit / 8 >= 8 => {}
                Err(error) => panic!("{place} is flipped, and the answer is: {error}"),
                Ok(_) => panic!("{place} is flipped, and nobody notices"),
            }
        }
    }
}

#[test]
fn every_truncation_is_an_error() {
    for found in 0..HEADER_SIZE {
        let expected = Error::Truncated {
            what: "file header",
            needed: 64,
            found,
        };
        assert_eq!(decode(&valid()[..found]), Err(expected));
    }
}

#[test]
fn another_kind_of_file_is_named_before_its_checksum_is_looked_at() {
    let stray = *b"\x89PNG\r\n\x1a\n and so on, 64 bytes in all, none of them a valid header.";
    let expected = Error::BadMagic {
        expected: Magic::WAL,
        found: Magic(*b"\x89PNG\r\n\x1a\n"),
    };
    assert_eq!(decode(&stray), Err(expected));
}

#[test]
fn a_valid_header_of_another_kind_is_refused() {
    let bytes = resealed(|bytes| bytes[..8].copy_from_slice(b"FDB_SST\0"));
    let expected = Error::BadMagic {
        expected: Magic::WAL,
        found: Magic(*b"FDB_SST\0"),
    };
    assert_eq!(decode(&bytes), Err(expected));
}

#[test]
fn damage_is_reported_before_the_version_is_believed() {
    let mut bytes = valid();
    bytes[8..10].copy_from_slice(&0x4001_u16.to_le_bytes());
    let expected = Error::BadChecksum {
        stored: checksum_of(&valid()),
        computed: checksum_of(&bytes),
    };
    assert_eq!(
        decode(&bytes),
        Err(expected),
        "a flipped bit made version 1 into 16385; no newer program can help with that"
    );
}

#[test]
fn another_major_version_is_refused() {
    for major in [0, 2, 256, u16::MAX] {
        let bytes = resealed(|bytes| bytes[8..10].copy_from_slice(&major.to_le_bytes()));
        let expected = Error::UnsupportedVersion {
            found: Version { major, minor: 0 },
            supported: VERSION,
        };
        assert_eq!(decode(&bytes), Err(expected));
    }
}

#[test]
fn a_newer_minor_version_is_read() {
    for minor in [1, 256, u16::MAX] {
        let bytes = resealed(|bytes| bytes[10..12].copy_from_slice(&minor.to_le_bytes()));
        let version = Version { minor, ..VERSION };
        assert_eq!(
            decode(&bytes),
            Ok(Header {
                version,
                ..example()
            }),
            "a newer minor version is for older programs to read"
        );
    }
}

#[test]
fn another_header_size_is_refused() {
    for found in [0, 63, 65, 64 << 8, u32::MAX] {
        let bytes = resealed(|bytes| bytes[16..20].copy_from_slice(&found.to_le_bytes()));
        let expected = Error::BadHeaderSize {
            found,
            expected: 64,
        };
        assert_eq!(decode(&bytes), Err(expected));
    }
}

#[test]
fn the_version_comes_before_the_header_size() {
    let bytes = resealed(|bytes| {
        bytes[8] = 2;
        bytes[16] = 128;
    });
    assert!(
        matches!(decode(&bytes), Err(Error::UnsupportedVersion { .. })),
        "a version of tomorrow may have a larger header; what is wrong is the version"
    );
}

#[test]
fn the_messages_say_what_is_wrong() {
    let change = |at: usize, to: u8| {
        let mut bytes = valid();
        bytes[at] = to;
        bytes
    };
    let wrong: [&[u8]; 6] = [
        &valid()[..20],
        b"Dear customer, thank you for your order of the 21st of November.",
        &change(5, b'X'),
        &change(33, 0xff),
        &resealed(|bytes| bytes[8] = 2),
        &resealed(|bytes| bytes[17] = 1),
    ];
    let messages = wrong.map(|bytes| decode(bytes).expect_err("this header is wrong").to_string());
    assert_snapshot!(format!("{}\n{:?}", messages.join("\n"), Magic::WAL));
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_was_encoded_is_what_is_decoded(header in any_header()) {
        prop_assert_eq!(Header::decode(&header.encode(), header.magic), Ok(header));
    }

    #[test]
    fn any_bytes_are_a_header_or_an_error(bytes: Vec<u8>, patch: bool) {
        // Half of the cases pass the first two checks, so the ones behind them are reached.
        let bytes = match bytes.get(..56) {
            Some(rest) if patch => resealed(|header| header[8..].copy_from_slice(rest)).to_vec(),
            _ => bytes,
        };
        if let Ok(header) = decode(&bytes) {
            prop_assert_eq!(&header.encode()[..], &bytes[..HEADER_SIZE]);
        }
    }
}
