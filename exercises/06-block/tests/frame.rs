//! Sealing a block and opening it again, and everything that can be wrong in between.

#[path = "../../02-file-format/tests/support/allocations.rs"]
mod allocations;
mod support;

use allocations::allocated_by;
use bytes::Bytes;
use ferrisdb_block::{
    BLOCK_SIZE_MAX, Block, Compression, Damage, Error, FRAME_HEADER_SIZE, Handle, Kind, Location,
    Result, open, seal,
};
use ferrisdb_format::Checksum;
use ferrisdb_testkit::annotate;
use proptest::prelude::*;
use support::{any_entries, build, cases, forward, orders, same};

const ALL: [Compression; 3] = [Compression::None, Compression::Lz4, Compression::Zstd];

const HERE: Location = Location {
    file_number: 7,
    offset: 64,
};

fn sealed(kind: Kind, payload: &[u8], compression: Compression) -> Bytes {
    let mut out = Vec::new();
    let size =
        seal(kind, payload, compression, HERE, &mut out).expect("no payload here is too large");
    assert_eq!(size, out.len(), "seal returns the size of the frame");
    Bytes::from(out)
}

/// Opens a data block where it belongs.
fn opened(frame: impl Into<Bytes>) -> Result<Bytes> {
    open(frame.into(), Kind::Data, HERE)
}

/// The checksum field that belongs to these bytes of a frame at [`HERE`].
fn checksum(frame: &[u8]) -> u32 {
    Checksum::new()
        .update(&HERE.file_number.to_le_bytes())
        .update(&HERE.offset.to_le_bytes())
        .update(&frame[4..])
        .finish()
}

/// A frame that may claim anything, with the right checksum.
fn forged(kind: u8, compression: u8, stored_size: usize, raw_size: usize, payload: &[u8]) -> Bytes {
    let size = |size: usize| u32::try_from(size).expect("a u32").to_le_bytes();
    let fields = [kind, compression];
    let mut frame = [
        &[0; 4],
        &fields[..],
        &size(stored_size),
        &size(raw_size),
        payload,
    ]
    .concat();
    let checksum = checksum(&frame);
    frame[..4].copy_from_slice(&checksum.to_le_bytes());
    Bytes::from(frame)
}

#[track_caller]
fn refused(frame: Bytes, offset: usize, damage: Damage, why: &str) {
    same(opened(frame), Err(Error::Damaged { offset, damage }), why);
}

/// Entries that compress well.
fn block() -> Bytes {
    build(&orders(12), 4)
}

#[test]
fn a_frame_is_laid_out_as_in_the_diagram() {
    let frame = sealed(Kind::Filter, b"payload", Compression::None);
    let u32_at = |at: usize| u32::from_le_bytes(frame[at..at + 4].try_into().expect("4 bytes"));
    let fields = [
        (4, "checksum", format!("{:08x}", u32_at(0))),
        (1, "kind", String::from("filter")),
        (1, "compression", String::from("none")),
        (4, "stored size", u32_at(6).to_string()),
        (4, "raw size", u32_at(10).to_string()),
        (7, "payload", String::from("\"payload\"")),
    ];
    insta::assert_snapshot!(annotate(&frame, &fields));
    assert_eq!(
        u32_at(0),
        checksum(&frame),
        "file number, offset, then all behind the checksum"
    );
    same(
        open(frame, Kind::Filter, HERE),
        Ok(Bytes::from("payload")),
        "what was sealed",
    );
}

#[test]
fn what_was_sealed_can_be_opened() {
    let payloads = [vec![], vec![b'x'], block().to_vec(), vec![0; 100_000]];
    let kinds = [Kind::Data, Kind::Index, Kind::Filter, Kind::Properties];
    for (kind, number) in kinds.into_iter().zip(1..) {
        for compression in ALL {
            for payload in &payloads {
                let frame = sealed(kind, payload, compression);
                assert_eq!(frame[4], number, "the number of {kind:?}");
                let yours = open(frame, kind, HERE).expect("nothing is wrong with it");
                assert!(
                    yours == payload,
                    "{kind:?} with {compression:?}: {} bytes were sealed, and {} came back",
                    payload.len(),
                    yours.len()
                );
            }
        }
    }
}

#[test]
fn what_was_stored_as_it_is_is_not_copied() {
    let frame = sealed(Kind::Data, &block(), Compression::None);
    let payload = opened(frame.clone()).expect("nothing is wrong with it");
    assert!(
        frame.as_ptr_range().contains(&payload.as_ptr()),
        "the payload should be a part of the frame's own memory"
    );
}

#[test]
fn a_payload_that_does_not_shrink_is_stored_as_it_is() {
    let noise: Vec<u8> = (0..1000_u32)
        .map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes()[3])
        .scan(1_u8, |state, byte| {
            *state = state.wrapping_mul(31).wrapping_add(byte);
            Some(*state)
        })
        .collect();
    // Seven eighths noise and one eighth that shrinks to next to nothing.
    let little = [&noise[..], &[0; 120]].concat();
    for payload in [&noise, &little] {
        for compression in [Compression::Lz4, Compression::Zstd] {
            let frame = sealed(Kind::Data, payload, compression);
            let (size, raw) = (frame.len(), payload.len() + FRAME_HEADER_SIZE);
            assert_eq!(
                (frame[5], size),
                (0, raw),
                "{compression:?} saves less than an eighth here"
            );
            same(
                opened(frame),
                Ok(Bytes::copy_from_slice(payload)),
                "stored as it is",
            );
        }
    }
}

#[test]
fn a_frame_can_follow_others_in_one_buffer() {
    let mut file = vec![0xee; 64];
    let mut handles = Vec::new();
    for (index, compression) in ALL.into_iter().enumerate() {
        let offset = file.len() as u64;
        let location = Location { offset, ..HERE };
        let payload = build(&orders(index as u64), 4);
        let size = seal(Kind::Data, &payload, compression, location, &mut file).expect("small");
        Handle {
            offset,
            size: u32::try_from(size).expect("small"),
        }
        .encode(&mut handles);
    }
    let mut handles = &handles[..];
    for index in 0..3 {
        let Handle { offset, size } = Handle::decode(&mut handles).expect("three were written");
        let start = usize::try_from(offset).expect("a short file");
        let frame = Bytes::copy_from_slice(&file[start..start + size as usize]);
        let payload = open(frame, Kind::Data, Location { offset, ..HERE });
        same(
            payload,
            Ok(build(&orders(index), 4)),
            "a handle leads to its frame",
        );
    }
    assert!(
        handles.is_empty() && Handle::decode(&mut handles).is_err(),
        "no fourth one"
    );
}

#[test]
fn the_error_of_a_checksum_says_which_is_which() {
    for place in [0, 5, 10, FRAME_HEADER_SIZE] {
        let mut frame = sealed(Kind::Data, &block(), Compression::Lz4).to_vec();
        frame[place] ^= 1;
        let stored = u32::from_le_bytes(frame[..4].try_into().expect("4 bytes"));
        let damage = Damage::Checksum {
            stored,
            computed: checksum(&frame),
        };
        let why = "stored is what the frame says, computed is what its bytes give here";
        refused(Bytes::from(frame), 0, damage, why);
    }
}

#[test]
fn the_first_field_that_is_wrong_is_the_one_that_is_named() {
    let damage = Damage::Kind {
        expected: Kind::Data,
        found: 2,
    };
    let why = "the kind comes before the compression and the raw size, which are wrong too";
    refused(forged(2, 9, 1, 1 << 30, b"x"), 4, damage, why);
    let damage = Damage::Compression { number: 9 };
    let why = "the compression comes before the raw size, which is wrong too";
    refused(forged(1, 9, 1, 1 << 30, b"x"), 5, damage, why);
}

#[test]
fn every_flipped_bit_is_noticed() {
    for compression in ALL {
        let frame = sealed(Kind::Data, &block(), compression);
        for bit in 0..8 * frame.len() {
            let mut damaged = frame.to_vec();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let error = opened(damaged).expect_err("a bit was flipped, and yours opened it");
            let size_field = 8 * 6..8 * 10;
            assert!(
                size_field.contains(&bit)
                    || matches!(
                        error,
                        Error::Damaged {
                            damage: Damage::Checksum { .. },
                            ..
                        }
                    ),
                "bit {bit} of a frame with {compression:?} was flipped: it should be the checksum that \
                 notices, before any field but the stored size is believed; yours says {error}"
            );
        }
    }
}

#[test]
fn a_frame_that_is_cut_anywhere_is_refused() {
    for compression in ALL {
        let frame = sealed(Kind::Data, &block(), compression);
        for size in 0..frame.len() {
            let (offset, damage) = if size < FRAME_HEADER_SIZE {
                let (what, needed) = ("frame", FRAME_HEADER_SIZE);
                (
                    0,
                    Damage::CutShort {
                        what,
                        needed,
                        found: size,
                    },
                )
            } else {
                let (what, needed) = ("payload", frame.len() - FRAME_HEADER_SIZE);
                (
                    6,
                    Damage::CutShort {
                        what,
                        needed,
                        found: size - FRAME_HEADER_SIZE,
                    },
                )
            };
            refused(frame.slice(..size), offset, damage, "the frame was cut");
        }
    }
}

#[test]
fn bytes_behind_the_frame_are_refused() {
    let frame = sealed(Kind::Data, b"payload", Compression::None);
    for more in [1, 100] {
        let longer = [&frame[..], &vec![0; more]].concat();
        let damage = Damage::Leftover {
            what: "payload",
            expected: 7,
            found: 7 + more,
        };
        refused(
            Bytes::from(longer),
            6,
            damage,
            "the frame says where it ends",
        );
    }
}

#[test]
fn a_frame_in_another_place_or_file_is_refused() {
    let frame = sealed(Kind::Data, &block(), Compression::Lz4);
    let places = [
        (7, 65),
        (7, 0),
        (7, 64 + (1 << 32)),
        (8, 64),
        (7 + (1 << 32), 64),
        (64, 7),
    ];
    for (file_number, offset) in places {
        let there = Location {
            file_number,
            offset,
        };
        let error = open(frame.clone(), Kind::Data, there)
            .expect_err("the frame belongs elsewhere, and yours opened it");
        assert!(
            matches!(
                error,
                Error::Damaged {
                    offset: 0,
                    damage: Damage::Checksum { .. }
                }
            ),
            "the frame was sealed for {HERE:?} and must not open at {there:?}: {error}"
        );
    }
}

#[test]
fn a_block_of_another_kind_is_refused() {
    let frame = sealed(Kind::Index, &block(), Compression::Lz4);
    let damage = Damage::Kind {
        expected: Kind::Data,
        found: 2,
    };
    refused(
        frame,
        4,
        damage,
        "an index is no data, although nothing is damaged",
    );
    let kinds = [Kind::Data, Kind::Index, Kind::Filter, Kind::Properties];
    for compression in ALL {
        for sealed_as in kinds {
            let frame = sealed(sealed_as, &block(), compression);
            for expected in kinds.into_iter().filter(|&kind| kind != sealed_as) {
                let found = sealed_as as u8;
                let damage = Damage::Kind { expected, found };
                same(
                    open(frame.clone(), expected, HERE),
                    Err(Error::Damaged { offset: 4, damage }),
                    "no kind of block may be taken for another",
                );
            }
        }
    }
    for found in [0, 5, 255] {
        let damage = Damage::Kind {
            expected: Kind::Data,
            found,
        };
        refused(
            forged(found, 0, 1, 1, b"x"),
            4,
            damage,
            "there is no such kind",
        );
    }
}

#[test]
fn a_compression_that_does_not_exist_is_refused() {
    for number in 3..=u8::MAX {
        let damage = Damage::Compression { number };
        refused(
            forged(1, number, 1, 1, b"x"),
            5,
            damage,
            "0 none, 1 LZ4, 2 Zstandard",
        );
    }
}

#[test]
fn a_payload_that_was_stored_as_it_is_has_its_own_size() {
    for raw_size in [0, 6, 8, 7 * 255] {
        let damage = Damage::Decompress { raw_size };
        let why = "7 bytes that were not compressed are 7 bytes";
        refused(
            forged(1, 0, 7, raw_size, b"payload"),
            FRAME_HEADER_SIZE,
            damage,
            why,
        );
    }
    let damage = Damage::TooLong {
        what: "decompressed payload",
        size: 7 * 255 + 1,
        size_max: 7 * 255,
    };
    let why = "no payload becomes more than 255 times as large";
    refused(forged(1, 0, 7, 7 * 255 + 1, b"payload"), 10, damage, why);
}

#[test]
fn a_payload_has_to_give_exactly_as_many_bytes_as_it_claims() {
    let raw = block();
    for compression in [Compression::Lz4, Compression::Zstd] {
        let frame = sealed(Kind::Data, &raw, compression);
        assert_eq!(
            frame[5], compression as u8,
            "this block is worth compressing"
        );
        let stored = &frame[FRAME_HEADER_SIZE..];
        let as_it_is = forged(1, frame[5], stored.len(), raw.len(), stored);
        same(
            opened(as_it_is),
            Ok(raw.clone()),
            "the test's own frame is right",
        );
        for raw_size in [0, 1, raw.len() - 1, raw.len() + 1, 255 * stored.len()] {
            let frame = forged(1, compression as u8, stored.len(), raw_size, stored);
            let damage = Damage::Decompress { raw_size };
            let why = format!(
                "{compression:?} gives {} bytes, and {raw_size} are claimed",
                raw.len()
            );
            refused(frame, FRAME_HEADER_SIZE, damage, &why);
        }
    }
}

#[test]
fn a_payload_that_was_never_compressed_is_refused() {
    for number in [1, 2] {
        let frame = forged(1, number, 12, 100, b"not a stream");
        let damage = Damage::Decompress { raw_size: 100 };
        refused(frame, FRAME_HEADER_SIZE, damage, "it does not decompress");
    }
}

/// 18 MiB of zeros, which is more than any block has, compressed to a few bytes and a few thousand.
fn bombs() -> [(u8, Vec<u8>); 2] {
    let zeros = vec![0; 18 << 20];
    let zstd = zstd::bulk::compress(&zeros, 3).expect("zeros can be compressed");
    [(1, lz4_flex::block::compress(&zeros)), (2, zstd)]
}

#[test]
fn a_bomb_is_refused_before_it_takes_memory() {
    for (compression, bomb) in bombs() {
        let most = BLOCK_SIZE_MAX.min(255 * bomb.len());
        for raw_size in [most + 1, 18 << 20, u32::MAX as usize] {
            let frame = forged(1, compression, bomb.len(), raw_size, &bomb);
            let (result, allocated) = allocated_by(|| opened(frame));
            let (what, size) = ("decompressed payload", raw_size as u64);
            let damage = Damage::TooLong {
                what,
                size,
                size_max: most,
            };
            same(
                result,
                Err(Error::Damaged { offset: 10, damage }),
                "it claims too much",
            );
            assert!(
                allocated < 1000,
                "{allocated} bytes were allocated for a claim"
            );
        }
        // As much as may be claimed, and the stream has more.
        let frame = forged(1, compression, bomb.len(), most, &bomb);
        let (result, allocated) = allocated_by(|| opened(frame));
        let damage = Damage::Decompress { raw_size: most };
        same(
            result,
            Err(Error::Damaged {
                offset: FRAME_HEADER_SIZE,
                damage,
            }),
            "it has more",
        );
        let allowed = most + (1 << 20);
        assert!(
            allocated <= allowed,
            "{allocated} bytes were allocated, {allowed} are allowed"
        );
    }
}

#[test]
fn a_bomb_of_no_bytes_at_all_is_refused() {
    for compression in [0, 1, 2] {
        for raw_size in [1, BLOCK_SIZE_MAX] {
            let frame = forged(1, compression, 0, raw_size, b"");
            let (result, allocated) = allocated_by(|| opened(frame));
            let damage = Damage::TooLong {
                what: "decompressed payload",
                size: raw_size as u64,
                size_max: 0,
            };
            same(
                result,
                Err(Error::Damaged { offset: 10, damage }),
                "of a payload of 0 bytes nothing can become: 255 times 0 is 0",
            );
            assert!(
                allocated < 1000,
                "{allocated} bytes were allocated for a frame without payload"
            );
        }
    }
}

#[test]
fn a_size_above_the_largest_block_is_refused() {
    // Enough is stored for any claim to be below 255 times as much.
    let payload = vec![0; 100_000];
    for compression in [1, 2] {
        for raw_size in [BLOCK_SIZE_MAX + 1, 255 * payload.len()] {
            let frame = forged(1, compression, payload.len(), raw_size, &payload);
            let damage = Damage::TooLong {
                what: "decompressed payload",
                size: raw_size as u64,
                size_max: BLOCK_SIZE_MAX,
            };
            refused(frame, 10, damage, "no block is larger than the largest");
        }
    }
}

#[test]
fn the_limits_themselves_are_allowed() {
    // Zeros of which Zstandard makes exactly the 255th part.
    let zstd = |size: usize| zstd::bulk::compress(&vec![0; size], 3).expect("zeros compress");
    let exact = (10..100).find(|size| zstd(255 * size).len() == *size);
    let stored = zstd(255 * exact.expect("there is such a size"));
    let frame = forged(1, 2, stored.len(), 255 * stored.len(), &stored);
    let yours = opened(frame).map(|raw| raw.len());
    same(
        yours,
        Ok(255 * stored.len()),
        "exactly 255 times as large is allowed",
    );
    let largest = vec![b'x'; BLOCK_SIZE_MAX];
    for compression in ALL {
        let yours = opened(sealed(Kind::Data, &largest, compression));
        assert!(
            yours.as_deref() == Ok(&largest[..]),
            "the largest block can be opened with {compression:?}, yours: {:?}",
            yours.map(|raw| raw.len())
        );
    }
    let mut out = vec![1, 2, 3];
    let too_large = seal(
        Kind::Data,
        &vec![0; BLOCK_SIZE_MAX + 1],
        Compression::Lz4,
        HERE,
        &mut out,
    );
    assert!(
        matches!(too_large, Err(Error::TooLarge { .. })),
        "one byte more is refused"
    );
    same(out, vec![1, 2, 3], "and nothing is appended");
}

#[test]
fn damage_costs_no_memory() {
    // The raw size is changed to one that would be allowed, so only the checksum can notice.
    let mut frame = sealed(Kind::Data, &[0; 16_000], Compression::Lz4).to_vec();
    frame[10..14].copy_from_slice(&8_000_u32.to_le_bytes());
    let frame = Bytes::from(frame);
    let (result, allocated) = allocated_by(|| opened(frame));
    assert!(result.is_err(), "the raw size was changed");
    assert!(
        allocated < 1000,
        "the checksum comes before anything is decompressed, and yours allocated {allocated} bytes"
    );
}

#[test]
fn a_byte_changed_anywhere_never_gives_other_entries() {
    let entries = orders(12);
    for compression in ALL {
        let frame = sealed(Kind::Data, &build(&entries, 4), compression);
        for at in 0..frame.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = frame.to_vec();
                let changed = std::mem::replace(&mut damaged[at], byte) != byte;
                let result = opened(damaged)
                    .and_then(Block::parse)
                    .and_then(|block| forward(&block));
                let fine = if changed {
                    result.is_err()
                } else {
                    result == Ok(entries.clone())
                };
                assert!(fine, "byte {at} set to {byte:#04x} gave {result:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn any_entries_survive_the_whole_way(
        entries in any_entries(),
        compression in prop::sample::select(&ALL[..]),
    ) {
        let frame = sealed(Kind::Data, &build(&entries, 4), compression);
        let yours = opened(frame).and_then(Block::parse).and_then(|block| forward(&block));
        prop_assert_eq!(yours, Ok(entries));
    }

    #[test]
    fn no_bytes_make_open_panic(
        kind in 0_u8..4,
        compression in 0_u8..4,
        raw_size in 0_usize..1000,
        payload in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let frame = forged(kind, compression, payload.len(), raw_size, &payload);
        if let Ok(raw) = opened(frame) {
            prop_assert_eq!(raw.len(), raw_size);
        }
        let _ = opened(payload);
    }
}
