//! Tables that were damaged: each time an error that says where, and never a wrong answer.

mod support;

use std::io::ErrorKind;
use std::sync::Arc;

use ferrisdb_block::{Builder, FRAME_HEADER_SIZE, seal};
use ferrisdb_core::{FileSystem, Found, Operation, Timestamp};
use ferrisdb_format::{HEADER_SIZE, Header, Magic, VERSION, Version, checksum};
use ferrisdb_sstable::{
    Cache, Compression, Cursor, Error, Footer, Handle, Kind, Location, Options, OwnedKey, Part,
    ReadOptions, Result, Table,
};
use ferrisdb_testkit::{Fault, FaultyFs, IoKind, MemFs, Versions, When};

use support::{
    CREATED_AT_US, Entry, article, backward, catalogue, entries, expected, forward, open,
    open_with, path, put, small_parts, write,
};

/// The table that is damaged in these tests, and what is in it.
fn small_table() -> (Vec<u8>, Versions) {
    let (fs, versions) = (MemFs::new(), catalogue(16));
    write(fs.clone(), 7, small_parts(), &versions).expect("this disk is fine");
    (fs.read(path(7)).expect("the table is there"), versions)
}

fn disk_with(bytes: Vec<u8>) -> MemFs {
    let fs = MemFs::new();
    fs.write(path(7), bytes).expect("a disk in memory takes it");
    fs
}

/// Everything that can be asked of a table, in one go.
fn read_all(table: &Table, versions: &Versions) -> Result<()> {
    // What is read without an error has to be right, also where something else is an error.
    let walks = [
        goes_over(forward(table), &entries(versions)),
        goes_over(backward(table), &reversed(versions)),
    ];
    let mut first_error = walks.into_iter().find_map(Result::err);
    if let Err(error) = look_everything_up(table, versions) {
        first_error = first_error.or(Some(error));
    }
    if let Err(error) = table.verify() {
        first_error = first_error.or(Some(error));
    }
    first_error.map_or(Ok(()), Err)
}

/// The error of a damaged table must name the file, and if it is damage, offset and block.
fn check_error(error: &Error, part: Option<(Part, u64)>, story: &str) {
    let text = error.to_string();
    assert!(
        text.contains("/db/0000000007.sst"),
        "{story}: no file is named in: {text}"
    );
    match error {
        Error::Corruption(corruption) => {
            let at = format!("offset {}, in the {}", corruption.offset, corruption.part);
            assert!(text.contains(&at), "{story}: {at} is not in: {text}");
            if let Some(expected) = part {
                let yours = (corruption.part, corruption.offset);
                assert_eq!(
                    yours, expected,
                    "{story}: left is what your error blames: {text}"
                );
            }
        }
        Error::NotATable { .. } | Error::NewerVersion { .. } => {}
        other => panic!("{story}: expected Corruption, yours is {other:?}"),
    }
}

#[test]
fn every_flipped_bit_is_noticed_and_the_error_names_file_offset_and_block() {
    let (bytes, versions) = small_table();
    let table = open(disk_with(bytes.clone()), 7).expect("nothing is damaged yet");
    let pieces = table.pieces().expect("nothing is damaged yet");
    read_all(&table, &versions).expect("nothing is damaged yet");
    for (at, _) in bytes.iter().enumerate() {
        let piece = pieces
            .iter()
            .rfind(|piece| piece.handle.offset <= at as u64)
            .expect("the pieces are the file");
        // One bit of each byte, a different one each time; every bit would take eight times
        // as long, and a CRC sees any single bit.
        let bit = at % 8;
        let story = format!("bit {bit} of byte {at} was flipped, in the {}", piece.part);
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << bit;
        let result = open(disk_with(damaged), 7).and_then(|table| read_all(&table, &versions));
        let Err(error) = result else {
            panic!("{story}, and nothing was noticed");
        };
        check_error(&error, Some((piece.part, piece.handle.offset)), &story);
        assert!(
            !matches!(error, Error::NotATable { .. }),
            "{story}: all else says that this is a table"
        );
    }
}

#[test]
fn a_table_that_was_cut_at_any_length_is_not_opened() {
    let (bytes, _) = small_table();
    for size in 0..bytes.len() {
        let story = format!("the file was cut to {size} of {} bytes", bytes.len());
        let Err(error) = open(disk_with(bytes[..size].to_vec()), 7) else {
            panic!("{story}, and the table was opened");
        };
        check_error(&error, None, &story);
    }
}

#[test]
fn bytes_behind_the_end_are_noticed() {
    let (bytes, _) = small_table();
    for more in [
        vec![0],
        vec![0; 4096],
        bytes.clone(),
        bytes[bytes.len() - 64..].to_vec(),
    ] {
        let mut longer = bytes.clone();
        longer.extend(&more);
        let story = format!("{} bytes were appended", more.len());
        let Err(error) = open(disk_with(longer), 7) else {
            panic!("{story}, and the table was opened");
        };
        check_error(
            &error,
            Some((Part::Footer, (bytes.len() + more.len() - 64) as u64)),
            &story,
        );
    }
}

#[test]
fn two_blocks_that_changed_places_are_noticed() {
    // Entries of one size make blocks of one size, and only the place tells them apart.
    let (fs, mut versions) = (MemFs::new(), Versions::new());
    for n in 0..8 {
        let mut batch = ferrisdb_core::Batch::new();
        batch.put(article(n), "same size");
        versions.write(Timestamp(1), &batch);
    }
    let options = Options::default()
        .block_size(1)
        .compression(Compression::None);
    write(fs.clone(), 7, options, &versions).expect("this disk is fine");
    let table = open(fs.clone(), 7).expect("the table is whole");
    let pieces = table.pieces().expect("the table is whole");
    let data: Vec<_> = pieces
        .iter()
        .filter(|piece| piece.part == Part::Data)
        .collect();
    let range = |n: usize| {
        let Handle { offset, size } = data[n].handle;
        let start = usize::try_from(offset).expect("a small number");
        start..start + size as usize
    };
    let mut bytes = fs.read(path(7)).expect("the table is there");
    let (second, fifth) = (bytes[range(1)].to_vec(), bytes[range(4)].to_vec());
    assert_eq!(second.len(), fifth.len(), "both blocks have one size");
    bytes[range(1)].copy_from_slice(&fifth);
    bytes[range(4)].copy_from_slice(&second);
    let table = open(disk_with(bytes), 7).expect("only data blocks were touched");
    for n in [1, 4] {
        let error = table.get(article(n), Timestamp(5));
        let error = error.expect_err("this block is another one's, byte by byte right");
        let place = (
            Part::Data,
            data[usize::try_from(n).expect("a small number")]
                .handle
                .offset,
        );
        check_error(&error, Some(place), "two blocks were swapped");
    }
    let yours = table
        .get(article(0), Timestamp(5))
        .expect("this block was not touched");
    assert_eq!(yours, Some(Found::Value(b"same size".to_vec())));
}

#[test]
fn a_block_of_another_file_is_noticed() {
    let fs = MemFs::new();
    let options = || small_parts().compression(Compression::None);
    write(fs.clone(), 7, options(), &catalogue(16)).expect("this disk is fine");
    write(fs.clone(), 8, options(), &catalogue(16)).expect("this disk is fine");
    let table = open(fs.clone(), 7).expect("the table is whole");
    let (mine, other) = (fs.read(path(7)), fs.read(path(8)));
    let (mine, other) = (mine.expect("it is there"), other.expect("it is there"));
    assert_eq!(
        mine.len(),
        other.len(),
        "both tables are alike, but for their number"
    );
    for piece in table.pieces().expect("the table is whole") {
        let start = usize::try_from(piece.handle.offset).expect("a small number");
        let range = start..start + piece.handle.size as usize;
        let mut mixed = mine.clone();
        mixed[range.clone()].copy_from_slice(&other[range]);
        let result = open(disk_with(mixed), 7).and_then(|t| read_all(&t, &catalogue(16)));
        let story = format!("the {} came from file 8", piece.part);
        let error = result.expect_err(&story);
        check_error(&error, Some((piece.part, piece.handle.offset)), &story);
    }
}

#[test]
fn a_table_under_another_number_is_refused() {
    let (bytes, _) = small_table();
    let fs = MemFs::new();
    fs.write(path(9), bytes).expect("a disk in memory takes it");
    let error = open(fs, 9).expect_err("this is table 7 under the name of table 9");
    let text = error.to_string();
    assert!(
        text.contains("file number 7") && text.contains("0000000009.sst"),
        "the message should say which file it is: {text}"
    );
}

#[test]
fn other_files_and_newer_versions_are_told_from_damage() {
    for bytes in [vec![0; 500], b"plain text ".repeat(40)] {
        let error = open(disk_with(bytes), 7).expect_err("this is no table");
        assert!(
            matches!(error, Error::NotATable { .. }),
            "yours is {error:?}"
        );
    }
    let (mut bytes, _) = small_table();
    let major = VERSION.major + 1;
    let header = Header {
        version: Version { major, minor: 0 },
        ..Header::new(Magic::TABLE, 7, CREATED_AT_US)
    };
    bytes[..HEADER_SIZE].copy_from_slice(&header.encode());
    let error = open(disk_with(bytes), 7).expect_err("this table is from the future");
    assert!(
        matches!(error, Error::NewerVersion { .. }),
        "yours is {error:?}"
    );
}

// ---------------------------------------------------------------------------------------------
// Tables made by someone who means harm: every checksum is right.
// ---------------------------------------------------------------------------------------------

/// A table with one data block, put together by hand.
struct Forged {
    bytes: Vec<u8>,
    footer: Footer,
}

impl Forged {
    /// `entries` in one data block; `place` says where the index claims that it lies.
    fn new(entries: &[(OwnedKey, &str)], place: impl FnOnce(Handle) -> Handle) -> Self {
        let header = Header::new(Magic::TABLE, 7, CREATED_AT_US);
        let mut bytes = header.encode().to_vec();
        let mut block = Builder::new(16);
        for (key, value) in entries {
            block
                .add(key.as_key(), value.as_bytes())
                .expect("these entries ascend");
        }
        let data = frame(&mut bytes, Kind::Data, block.finish());
        let tail = bytes.len() as u64;
        let mut index = Builder::new(1);
        let mut entry = Vec::new();
        place(data).encode(&mut entry);
        let last = OwnedKey::from(put(b"zzz", 0));
        index.add(last.as_key(), &entry).expect("one entry ascends");
        let index = frame(&mut bytes, Kind::Index, index.finish());
        let properties = open(small(), 7).expect("it is whole").properties().encode();
        let properties = frame(&mut bytes, Kind::Properties, &properties);
        let footer = Footer {
            tail,
            index_levels: 1,
            index,
            filter: None,
            properties,
        };
        Self { bytes, footer }
    }

    /// Ends the table, after whatever was changed in the footer, and opens it.
    fn open(mut self) -> Result<Table> {
        let location = Location {
            file_number: 7,
            offset: self.bytes.len() as u64,
        };
        self.bytes.extend(self.footer.encode(location));
        open(disk_with(self.bytes), 7)
    }
}

fn small() -> MemFs {
    let fs = MemFs::new();
    write(fs.clone(), 7, Options::default(), &Versions::new()).expect("this disk is fine");
    fs
}

/// Appends a frame with a right checksum.
fn frame(bytes: &mut Vec<u8>, kind: Kind, payload: &[u8]) -> Handle {
    let offset = bytes.len() as u64;
    let location = Location {
        file_number: 7,
        offset,
    };
    let size = seal(kind, payload, Compression::None, location, bytes).expect("a small block");
    Handle {
        offset,
        size: u32::try_from(size).expect("a small block"),
    }
}

fn key(user_key: &str) -> OwnedKey {
    OwnedKey {
        user_key: user_key.into(),
        timestamp: Timestamp(1),
        operation: Operation::Put,
    }
}

#[test]
fn a_forged_table_can_be_read_if_all_is_right() {
    let table = Forged::new(&[(key("a"), "1"), (key("b"), "2")], |place| place).open();
    let table = table.expect("this forgery is a table like any other");
    assert_eq!(forward(&table).map(|found| found.len()).ok(), Some(2));
}

#[test]
fn an_index_that_leads_out_of_the_data_is_an_error_and_costs_no_memory() {
    let places: [fn(Handle) -> Handle; 6] = [
        |at| Handle { offset: 0, ..at },
        |at| Handle {
            size: at.size + 1,
            ..at
        },
        |at| Handle {
            size: u32::MAX,
            ..at
        },
        |at| Handle {
            offset: u64::MAX,
            ..at
        },
        |at| Handle {
            offset: at.offset + u64::from(at.size),
            ..at
        },
        |_| Handle {
            offset: u64::MAX,
            size: u32::MAX,
        },
    ];
    for (n, place) in places.into_iter().enumerate() {
        let table = Forged::new(&[(key("a"), "1")], place).open();
        let table = table.expect("what an index says is looked at when it is used");
        let story = format!("forged place number {n}");
        let lookup = table.get("a", Timestamp(9)).map(drop).expect_err(&story);
        let scan = forward(&table).map(drop).expect_err(&story);
        for error in [lookup, scan] {
            check_error(
                &error,
                Some((Part::Index, table.footer().index.offset)),
                &story,
            );
        }
    }
}

/// A block whose only entry shares five bytes with the key before it, and there is none.
const WRONG_INSIDE: [u8; 14] = [5, 1, 0, 1, 1, b'a', 0, 0, 0, 0, 1, 0, 0, 0];

/// A table whose data block has a right checksum and is wrong inside.
fn bad_inside() -> Table {
    let mut forged = Forged::new(&[(key("a"), "1")], |place| place);
    forged.bytes.truncate(HEADER_SIZE);
    let Handle { size, .. } = frame(&mut forged.bytes, Kind::Data, &WRONG_INSIDE);
    forged.footer.tail = forged.bytes.len() as u64;
    let index = index_block(b"zzz", at(64, size));
    forged.footer.index = frame(&mut forged.bytes, Kind::Index, &index);
    let properties = open(small(), 7).expect("it is whole").properties().encode();
    forged.footer.properties = frame(&mut forged.bytes, Kind::Properties, &properties);
    forged
        .open()
        .expect("only the inside of a data block is wrong")
}

#[test]
fn a_lookup_in_a_block_that_is_wrong_inside_is_an_error_that_names_it() {
    let error = bad_inside().get("a", Timestamp(9));
    let error = error.expect_err("its first entry says that it goes on from another");
    check_error(&error, Some((Part::Data, 64)), "the block is wrong inside");
}

/// A move of a cursor to some place.
type Placing = fn(&mut Cursor<&Table>) -> Result<()>;

#[test]
fn a_cursor_that_comes_to_a_block_that_is_wrong_inside_names_it() {
    let table = bad_inside();
    let moves: [(&str, Placing); 4] = [
        ("seek_to_first", |cursor| cursor.seek_to_first()),
        ("seek_to_last", |cursor| cursor.seek_to_last()),
        ("seek", |cursor| cursor.seek(put(b"a", 9))),
        ("seek_for_prev", |cursor| cursor.seek_for_prev(put(b"a", 9))),
    ];
    for (what, go) in moves {
        let mut cursor = table.cursor();
        let Err(error) = go(&mut cursor) else {
            panic!(
                "{what}: the first entry says that it goes on from another; nothing was noticed"
            );
        };
        check_error(&error, Some((Part::Data, 64)), what);
        assert!(!cursor.is_valid(), "{what}: nobody knows where it would be");
    }
}

/// What the upper index says of the two parts.
type Claim = fn([Handle; 2]) -> Vec<Handle>;

/// A block of the index with one entry.
fn index_block(last: &[u8], place: Handle) -> Vec<u8> {
    let (mut index, mut entry) = (Builder::new(1), Vec::new());
    place.encode(&mut entry);
    index.add(put(last, 0), &entry).expect("one entry ascends");
    index.finish().to_vec()
}

/// Opens a table with two parts of an index, for keys up to "m" and up to "z". Both lead to its
/// one data block, unless `instead` has other bytes. The upper index is made of `places`.
fn open_with_parts(instead: [Option<Vec<u8>>; 2], places: Claim) -> Result<Table> {
    let mut forged = Forged::new(&[(key("a"), "1")], |place| place);
    let data = at(
        64,
        u32::try_from(forged.footer.tail - 64).expect("a small block"),
    );
    let [first, second] = instead;
    let first = first.unwrap_or_else(|| index_block(b"m", data));
    let second = second.unwrap_or_else(|| index_block(b"z", data));
    let parts = [first, second].map(|part| frame(&mut forged.bytes, Kind::Index, &part));
    let mut upper = Builder::new(1);
    for (place, last) in places(parts).into_iter().zip([b"m", b"z", b"~"]) {
        let mut entry = Vec::new();
        place.encode(&mut entry);
        upper.add(put(last, 0), &entry).expect("these ascend");
    }
    forged.footer.index = frame(&mut forged.bytes, Kind::Index, upper.finish());
    forged.footer.index_levels = 2;
    forged.open()
}

fn at(offset: u64, size: u32) -> Handle {
    Handle { offset, size }
}

/// Tables whose second part of the index says what cannot be, and where that part lies.
fn bad_second_parts() -> [(&'static str, Table, u64); 2] {
    let cases = [
        ("it leads out of the data", index_block(b"z", at(0, 64))),
        ("it is wrong inside", WRONG_INSIDE.to_vec()),
    ];
    cases.map(|(what, second)| {
        let size = (FRAME_HEADER_SIZE + second.len()) as u64;
        let table = open_with_parts([None, Some(second)], |parts| parts.to_vec());
        let table = table.expect("what a part says is looked at when it is used");
        let place = table.footer().index.offset - size;
        (what, table, place)
    })
}

#[test]
fn a_part_of_the_index_is_blamed_for_what_a_lookup_finds_in_it() {
    for (what, table, place) in bad_second_parts() {
        let found = table.get("a", Timestamp(9));
        let found = found.expect("the first part is as it should be");
        assert_eq!(found, Some(Found::Value(b"1".to_vec())), "{what}");
        let error = table.get("n", Timestamp(9)).expect_err(what);
        check_error(&error, Some((Part::Index, place)), what);
    }
}

#[test]
fn a_part_of_the_index_is_blamed_for_what_a_cursor_finds_in_it() {
    for (what, table, place) in bad_second_parts() {
        let mut cursor = table.cursor();
        let error = cursor.seek(put(b"n", 9)).expect_err(what);
        check_error(&error, Some((Part::Index, place)), what);
        let error = cursor.seek_to_last().expect_err(what);
        check_error(&error, Some((Part::Index, place)), what);
        assert!(!cursor.is_valid(), "{what}: nobody knows where it would be");
    }
}

/// A table with two data blocks, for "a" and for "b". The entry of its index that leads to one
/// of them, `spoiled`, says that it shares nine bytes with the key before it.
fn bad_index_inside(spoiled: usize) -> Table {
    let mut forged = Forged::new(&[(key("a"), "1")], |place| place);
    forged.bytes.truncate(HEADER_SIZE);
    let places = ["a", "b"].map(|user_key| {
        let mut data = Builder::new(16);
        data.add(key(user_key).as_key(), b"v")
            .expect("one entry ascends");
        frame(&mut forged.bytes, Kind::Data, data.finish())
    });
    forged.footer.tail = forged.bytes.len() as u64;
    let (mut index, mut starts) = (Builder::new(1), Vec::new());
    for (user_key, place) in [b"a", b"b"].into_iter().zip(places) {
        // Behind the entries lie four bytes for each restart point, and four for their count.
        starts.push(index.size() - 4 * (starts.len() + 1));
        let mut entry = Vec::new();
        place.encode(&mut entry);
        index.add(put(user_key, 0), &entry).expect("these ascend");
    }
    let mut index = index.finish().to_vec();
    index[starts[spoiled]] = 9;
    forged.footer.index = frame(&mut forged.bytes, Kind::Index, &index);
    let properties = open(small(), 7).expect("it is whole").properties().encode();
    forged.footer.properties = frame(&mut forged.bytes, Kind::Properties, &properties);
    forged
        .open()
        .expect("only the inside of the index is wrong")
}

#[test]
fn an_index_that_is_wrong_inside_is_not_the_end_of_a_scan() {
    for (spoiled, what) in ["the first entry", "the second entry"].iter().enumerate() {
        let table = bad_index_inside(spoiled);
        let place = Some((Part::Index, table.footer().index.offset));
        for (way, found) in [("forward", forward(&table)), ("backward", backward(&table))] {
            let story = format!("{what} of the index is wrong inside, and the scan went {way}");
            match found {
                Err(error) => check_error(&error, place, &story),
                Ok(found) => panic!("{story}: it met {found:?} without any error"),
            }
        }
    }
    for (what, table, place) in bad_second_parts() {
        for (way, found) in [("forward", forward(&table)), ("backward", backward(&table))] {
            let error = found.expect_err("the second part of the index is wrong");
            check_error(
                &error,
                Some((Part::Index, place)),
                &format!("{what}, {way}"),
            );
        }
    }
}

#[test]
fn parts_of_an_index_that_do_not_follow_one_another_are_refused() {
    open_with_parts([None, None], |parts| parts.to_vec()).expect("these parts are in order");
    let cases: [(&str, Claim); 3] = [
        ("the same part twice", |[a, b]| vec![a, b, b]),
        ("the second part first", |[a, b]| vec![b, a]),
        ("a part that reaches into the next", |[a, b]| {
            vec![at(a.offset, a.size + 1), b]
        }),
    ];
    for (what, places) in cases {
        let Err(error) = open_with_parts([None, None], places) else {
            panic!(
                "{what}: the table was opened. An index that may name one part a million times \
                 needs a million times its memory"
            );
        };
        let text = error.to_string();
        assert!(text.contains("in the index block there"), "{what}: {text}");
    }
}

#[test]
fn a_data_block_without_entries_does_not_end_a_scan_early() {
    let table = Forged::new(&[], |place| place)
        .open()
        .expect("the index is fine");
    let error = forward(&table).expect_err("a scan that took it for the end would lose entries");
    check_error(&error, Some((Part::Data, 64)), "an empty data block");
}

#[test]
fn an_index_block_without_entries_does_not_hide_any() {
    let empty = || Some(Builder::new(1).finish().to_vec());
    for instead in [[empty(), None], [None, empty()]] {
        let Err(error) = open_with_parts(instead, |parts| parts.to_vec()) else {
            panic!("a part of the index is empty, and what it should lead to is lost");
        };
        check_error(&error, None, "an empty part of an index");
        assert!(error.to_string().contains("in the index block"), "{error}");
    }
    let mut forged = Forged::new(&[(key("a"), "1")], |place| place);
    forged.footer.index = frame(&mut forged.bytes, Kind::Index, &empty().unwrap_or_default());
    let place = (Part::Index, forged.footer.index.offset);
    let error = forged
        .open()
        .expect_err("there is data, and nothing leads to it");
    check_error(&error, Some(place), "an empty index");
}

#[test]
fn a_read_never_asks_for_more_than_the_file_has() {
    let (bytes, versions) = small_table();
    // Every four bytes in the tail become as large as they can be, with right checksums in the
    // footer, so that sizes and offsets there are believed as long as nobody checks them.
    let at = bytes.len() - 64;
    for field in (4..52).step_by(4) {
        let mut forged = bytes.clone();
        forged[at + field..at + field + 4].fill(0xff);
        let mut covered = 7_u64.to_le_bytes().to_vec();
        covered.extend((at as u64).to_le_bytes());
        covered.extend(&forged[at + 4..]);
        forged[at..at + 4].copy_from_slice(&checksum(&covered).to_le_bytes());
        let fs = FaultyFs::new(disk_with(forged));
        let result = open(fs.clone(), 7).and_then(|table| read_all(&table, &versions));
        let error = result.expect_err("a number in the footer is wrong");
        check_error(&error, None, &format!("footer bytes from {field} on"));
        for io in fs.log() {
            assert!(
                io.kind != IoKind::Read || io.offset + io.size <= bytes.len() as u64,
                "the file has {} bytes, and yours did this: {io}",
                bytes.len()
            );
        }
    }
}

/// Asks a table for everything, whatever it says, and stops after as many steps as it can have.
fn ask_for_everything(table: &Table) -> Result<()> {
    for n in 0..17 {
        table.get(article(n), Timestamp(15))?;
    }
    table.pieces()?;
    let steps = 4 * usize::try_from(table.size()).expect("a small table");
    let walks: [(Placing, Placing); 2] = [
        (|cursor| cursor.seek_to_first(), |cursor| cursor.next()),
        (|cursor| cursor.seek_to_last(), |cursor| cursor.prev()),
    ];
    for (start, step) in walks {
        let mut cursor = table.cursor();
        start(&mut cursor)?;
        for _ in 0..steps {
            step(&mut cursor)?;
        }
        assert!(!cursor.is_valid(), "a walk through this table never ends");
    }
    table.verify()
}

#[test]
fn a_forged_byte_anywhere_is_an_error_or_an_answer_and_nothing_worse() {
    let (disk, versions) = (MemFs::new(), catalogue(16));
    let options = small_parts().compression(Compression::None);
    write(disk.clone(), 7, options, &versions).expect("this disk is fine");
    let bytes = disk.read(path(7)).expect("the table is there");
    let pieces = open(disk, 7).and_then(|table| table.pieces());
    let (mut errors, mut total) = (0, 0);
    for piece in pieces.expect("the table is whole") {
        let kind = match piece.part {
            Part::Data => Kind::Data,
            Part::Index => Kind::Index,
            Part::Filter => Kind::Filter,
            Part::Properties => Kind::Properties,
            _ => continue,
        };
        let start = usize::try_from(piece.handle.offset).expect("a small number");
        let range = start..start + piece.handle.size as usize;
        for (n, at) in (range.start + FRAME_HEADER_SIZE..range.end).enumerate() {
            let mut forged = bytes.clone();
            forged[at] = [0x00, 0xff, 0x7f, forged[at] ^ 1, forged[at].wrapping_add(1)][n % 5];
            let payload = forged[range.start + FRAME_HEADER_SIZE..range.end].to_vec();
            let mut again = forged[..range.start].to_vec();
            frame(&mut again, kind, &payload);
            again.extend(&forged[range.end..]);
            let fs = FaultyFs::new(disk_with(again));
            let result = open(fs.clone(), 7).and_then(|table| ask_for_everything(&table));
            errors += usize::from(result.is_err());
            total += 1;
            if let Err(error) = result {
                check_error(&error, None, &format!("byte {at} was forged"));
            }
            for io in fs.log() {
                assert!(
                    io.kind != IoKind::Read || io.offset + io.size <= bytes.len() as u64,
                    "byte {at} was forged, and yours did this: {io}"
                );
            }
        }
    }
    assert!(
        errors * 2 > total,
        "each checksum is right, and still most of this can be noticed by looking at what \
         belongs together; of {total} forged bytes yours noticed {errors}"
    );
}

#[test]
fn verify_notices_what_no_checksum_can() {
    // The keys are in order within the block, and above the separator that the index has.
    let table = Forged::new(&[(key("a"), "1"), (key("zzzz"), "2")], |place| place).open();
    let error = table.and_then(|table| table.verify());
    let error = error.expect_err("a lookup of zzzz would look elsewhere");
    check_error(&error, Some((Part::Data, 64)), "a key above its separator");
    // Everything is right but the properties, which speak of another table.
    let table = Forged::new(&[(key("a"), "1"), (key("b"), "2")], |place| place).open();
    let error = table.and_then(|table| table.verify());
    error.expect_err("the properties say that there are no entries");
    // A byte that belongs to nothing.
    let mut forged = Forged::new(&[(key("a"), "1"), (key("b"), "2")], |place| place);
    forged.bytes.push(0);
    let footer = forged.bytes.len() as u64;
    let error = forged.open().and_then(|table| table.verify());
    let error = error.expect_err("there is a gap before the footer");
    check_error(&error, Some((Part::Footer, footer)), "a gap in the tail");
}

#[test]
fn verify_compares_the_upper_index_with_the_parts_that_it_leads_to() {
    let data = at(64, 33);
    let cases = [("k", 0), ("n", 0), ("y", 1), ("zz", 1)];
    for (last, spoiled) in cases {
        let mut parts = [None, None];
        parts[spoiled] = Some(index_block(last.as_bytes(), data));
        let table = open_with_parts(parts, |parts| parts.to_vec());
        let table = table.expect("what the names say is not looked at before it is used");
        let error = table.verify().expect_err("the part has another last key");
        let text = error.to_string();
        assert!(text.contains("last key of a part"), "{last}: {text}");
    }
}

#[test]
fn after_an_error_a_cursor_is_at_nothing_and_can_be_placed_again() {
    let (mut bytes, versions) = small_table();
    let table = open(disk_with(bytes.clone()), 7).expect("nothing is damaged yet");
    let pieces = table.pieces().expect("nothing is damaged yet");
    let third = pieces
        .iter()
        .filter(|piece| piece.part == Part::Data)
        .nth(2);
    let at = usize::try_from(third.expect("there are blocks").handle.offset);
    bytes[at.expect("a small number") + 20] ^= 1;
    let table = open(disk_with(bytes), 7).expect("only a data block is damaged");
    let mut cursor = table.cursor();
    cursor.seek_to_first().expect("the first block is whole");
    let error = loop {
        if let Err(error) = cursor.next() {
            break error;
        }
        assert!(
            cursor.is_valid(),
            "the cursor went past the end as if nothing were wrong"
        );
    };
    check_error(&error, None, "the third data block is damaged");
    assert!(!cursor.is_valid(), "nobody knows where it would be");
    cursor.next().expect("a cursor at nothing stays there");
    assert!(!cursor.is_valid());
    cursor
        .seek_to_first()
        .expect("the first block is still whole");
    assert_eq!(
        support::current(&cursor),
        entries(&versions).into_iter().next(),
        "it can be placed again"
    );
}

/// Opens a table that keeps nothing in memory: each lookup reads filter and index again.
fn open_keeping_nothing(fs: impl FileSystem + 'static) -> Table {
    let cache = Arc::new(Cache::new(0));
    let options = ReadOptions::default().pin(false);
    open_with(fs, 7, &cache, &options).expect("the table is whole")
}

/// Looks all keys up; what is answered must be right. Gives the first error, if there is one.
fn look_everything_up(table: &Table, versions: &Versions) -> Result<()> {
    let mut first_error = None;
    for n in 0..17 {
        let key = article(n);
        match table.get(&key, Timestamp(15)) {
            Ok(yours) => assert_eq!(
                yours,
                expected(versions, key.as_bytes(), 15),
                "{key} was answered without any error, although what the lookup needed could \
                 not be read; left is yours"
            ),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    first_error.map_or(Ok(()), Err)
}

/// Damages each part of one kind while the table is open, and does something that needs it.
fn damage_while_open(part: Part, program: &dyn Fn(&Table, &Versions) -> Result<()>) {
    let (bytes, versions) = small_table();
    let table = open(disk_with(bytes.clone()), 7).expect("nothing is damaged yet");
    let pieces = table.pieces().expect("nothing is damaged yet");
    for piece in pieces.iter().filter(|piece| piece.part == part) {
        let Handle { offset, .. } = piece.handle;
        let story = format!("the {part} at {offset} was damaged while the table was open");
        let fs = disk_with(bytes.clone());
        let table = open_keeping_nothing(fs.clone());
        fs.flip_bit(path(7), offset + 20, 1)
            .expect("the table is there");
        let Err(error) = program(&table, &versions) else {
            panic!("{story}, and nothing was noticed");
        };
        check_error(&error, Some((part, offset)), &story);
    }
}

#[test]
fn a_lookup_does_not_guess_what_a_damaged_filter_would_say() {
    damage_while_open(Part::Filter, &look_everything_up);
}

#[test]
fn a_lookup_passes_on_that_a_part_of_the_index_is_damaged() {
    damage_while_open(Part::Index, &look_everything_up);
}

#[test]
fn a_lookup_passes_on_that_a_data_block_is_damaged() {
    damage_while_open(Part::Data, &look_everything_up);
}

#[test]
fn a_scan_passes_on_what_is_damaged_on_its_way() {
    let forth: Scan = |table, versions| goes_over(forward(table), &entries(versions));
    let back: Scan = |table, versions| goes_over(backward(table), &reversed(versions));
    for part in [Part::Index, Part::Data] {
        damage_while_open(part, &forth);
        damage_while_open(part, &back);
    }
}

/// Something that is asked of a table.
type Scan = fn(&Table, &Versions) -> Result<()>;

/// What a scan meets without an error must be right.
fn goes_over(found: Result<Vec<Entry>>, expected: &[Entry]) -> Result<()> {
    let yours = found?;
    assert!(
        yours == expected,
        "a scan met {yours:?} without any error; expected {expected:?}"
    );
    Ok(())
}

fn reversed(versions: &Versions) -> Vec<Entry> {
    let mut entries = entries(versions);
    entries.reverse();
    entries
}

/// Lets each read of a program fail in turn.
fn each_failing_read_is_an_error(program: Scan) {
    let (bytes, versions) = small_table();
    for pin in [true, false] {
        for skipped in 0.. {
            let fs = FaultyFs::new(disk_with(bytes.clone()));
            let cache = Arc::new(Cache::new(0));
            let options = ReadOptions::default().pin(pin);
            let table = open_with(fs.clone(), 7, &cache, &options).expect("the table is whole");
            let number = fs.operations() + skipped;
            fs.inject(When::Operation(number), Fault::Error(ErrorKind::Other));
            let result = program(&table, &versions);
            if fs.operations() <= number {
                result.expect("no read failed");
                break;
            }
            let story = format!("read number {skipped} after opening failed, pin is {pin}");
            let Err(error) = result else {
                panic!("{story}, and nothing was noticed");
            };
            assert!(
                matches!(
                    &error,
                    Error::Core(ferrisdb_core::Error::Io { path: found, .. }) if *found == path(7)
                ),
                "{story}, and yours says {error:?}"
            );
        }
    }
}

#[test]
fn a_lookup_whose_read_fails_is_an_error() {
    each_failing_read_is_an_error(look_everything_up);
}

#[test]
fn a_scan_whose_read_fails_is_an_error() {
    each_failing_read_is_an_error(|table, versions| {
        goes_over(forward(table), &entries(versions))?;
        goes_over(backward(table), &reversed(versions))
    });
}

#[test]
fn what_is_damaged_after_it_was_opened_is_noticed_when_it_is_read() {
    let (bytes, versions) = small_table();
    for pin in [true, false] {
        let fs = disk_with(bytes.clone());
        let cache = Arc::new(Cache::new(0));
        let options = ReadOptions::default().pin(pin);
        let table = open_with(fs.clone(), 7, &cache, &options).expect("it is whole");
        fs.flip_bit(path(7), 64 + 20, 1)
            .expect("the table is there");
        let error = read_all(&table, &versions).expect_err("its first block is damaged now");
        check_error(&error, Some((Part::Data, 64)), "damaged while it was open");
    }
}
