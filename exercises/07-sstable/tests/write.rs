//! Writing a table: what it holds, and what is left of it when something fails.

mod support;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ferrisdb_block::{FILTER_LINE_SIZE, FRAME_HEADER_SIZE};
use ferrisdb_core::{Batch, FileSystem, KEY_SIZE_MAX, Timestamp};
use ferrisdb_sstable::{
    Compression, Error, Options, OwnedKey, Part, Properties, Result, TableFile, TableInfo, Writer,
};
use ferrisdb_testkit::{Fault, FaultyFs, Io, IoKind, MemFs, Versions, When, annotate};

use support::{
    CREATED_AT_US, catalogue, delete, directory, entries, environment, open, path, put,
    small_blocks, small_parts, write,
};

// ---------------------------------------------------------------------------------------------
// Hole 3: Writer::publish
// ---------------------------------------------------------------------------------------------

/// What the table of these tests is called, and what until it is finished.
const TABLE: &str = "0000000007.sst";
const UNFINISHED: &str = "0000000007.sst.tmp";

fn unfinished(number: u64) -> PathBuf {
    TableFile::new(directory(), number).unfinished()
}

/// The names of all files on a disk.
fn files(fs: &MemFs) -> Vec<String> {
    let files = fs.files();
    let names = files.iter().filter_map(|path| path.file_name()?.to_str());
    names.map(str::to_owned).collect()
}

fn empty_table(fs: impl FileSystem + 'static) -> Result<TableInfo> {
    write(fs, 7, Options::default(), &Versions::new())
}

/// What was done to the disk that matters for a power cut, from the first write on.
fn steps(fs: &FaultyFs) -> Vec<String> {
    let name = |path: &Path| match path.extension().and_then(|e| e.to_str()) {
        Some("tmp") => "the unfinished file",
        Some("sst") => "the table",
        _ => "the directory",
    };
    let log = fs.log();
    let changes = log.iter().filter(|io| io.kind.changes_disk());
    let mut steps: Vec<String> = changes
        .skip_while(|io| io.kind != IoKind::Write)
        .map(|io: &Io| {
            let verb = match io.kind {
                IoKind::Write => "write",
                IoKind::Sync | IoKind::SyncData | IoKind::SyncDir => "sync",
                IoKind::Rename => "rename",
                _ => return format!("{io}"),
            };
            format!("{verb} {}", name(&io.path))
        })
        .collect();
    steps.dedup();
    steps
}

#[test]
fn bytes_are_safe_before_the_name_is_and_the_name_before_finish_returns() {
    let fs = FaultyFs::new(MemFs::new());
    empty_table(fs.clone()).expect("nothing goes wrong on this disk");
    let expected = [
        "write the unfinished file",
        "sync the unfinished file",
        "rename the unfinished file",
        "sync the directory",
    ];
    assert_eq!(
        steps(&fs),
        expected,
        "a name that is durable before its bytes are can be that of a half file after a power \
         cut, and one that is never made durable can be gone"
    );
}

#[test]
fn an_empty_table_is_a_table() {
    let fs = MemFs::new();
    let info = empty_table(fs.clone()).expect("a table without entries is fine");
    let bytes = fs
        .read(path(7))
        .expect("finish has given the table its name");
    assert_eq!(
        info.size,
        bytes.len() as u64,
        "the size that finish reports"
    );
    assert_eq!(info.properties.entries, 0);
    assert_eq!(files(&fs), [TABLE], "nothing else is left in the directory");
}

/// What a disk may hold after a power cut: no table, or this one.
fn whole_or_none(disk: &MemFs, bytes: &[u8], story: &str) -> bool {
    match disk.read(path(7)) {
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        found => {
            let found = found.expect("a disk in memory can be read");
            assert!(
                found == bytes,
                "{story}: there is a file under the table's name with {} bytes that is not the \
                 table of {} bytes. A file gets its name only when it is whole and synced",
                found.len(),
                bytes.len()
            );
            true
        }
    }
}

#[test]
fn a_finished_table_survives_every_power_cut() {
    let fs = FaultyFs::new(MemFs::new());
    empty_table(fs.clone()).expect("nothing goes wrong on this disk");
    let bytes = fs.disk().read(path(7)).expect("the table is there");
    for plan in fs.disk().crash_plans(6) {
        let story = format!("the power was cut after finish had returned; {plan}");
        assert!(
            whole_or_none(&fs.crash(&plan), &bytes, &story),
            "{story}: the table is gone, although finish had said that it is there"
        );
    }
}

/// Cuts the power at every operation of writing a table, and looks at everything that can be left.
fn leaves_a_whole_table_or_none(program: &dyn Fn(FaultyFs) -> Result<TableInfo>) {
    let whole = FaultyFs::new(MemFs::new());
    program(whole.clone()).expect("nothing goes wrong on this disk");
    let bytes = whole.disk().read(path(7)).expect("the table is there");
    for at in whole.log().iter().filter(|io| io.kind.changes_disk()) {
        let fs = FaultyFs::new(MemFs::new());
        fs.cut_power_at(at.number);
        program(fs.clone()).expect_err("the power is off");
        for plan in fs.disk().crash_plans(6) {
            let story = format!("the power was cut at operation {at}; {plan}");
            whole_or_none(&fs.crash(&plan), &bytes, &story);
        }
    }
}

#[test]
fn a_power_cut_leaves_a_whole_table_or_none() {
    leaves_a_whole_table_or_none(&|fs| empty_table(fs));
}

/// Lets every operation fail in turn, and looks at what is left.
fn leaves_nothing_when_it_fails(program: &dyn Fn(FaultyFs) -> Result<TableInfo>) {
    let whole = FaultyFs::new(MemFs::new());
    program(whole.clone()).expect("nothing goes wrong on this disk");
    for io in whole.log() {
        // That the file which is about to be created is not there already is found out by
        // looking for it, and that may fail in any way.
        if matches!(io.kind, IoKind::Remove) {
            continue;
        }
        let fs = FaultyFs::new(MemFs::new());
        fs.inject(When::Operation(io.number), Fault::Error(ErrorKind::Other));
        let error = program(fs.clone()).expect_err(&format!(
            "operation {io} failed, and yours said that there is a table now"
        ));
        assert!(
            error.to_string().contains(&*io.path.to_string_lossy()),
            "operation {io} failed, and the message should name the file: {error}"
        );
        // The disk of the tests puts a path into its own message, so the text alone proves nothing.
        assert!(
            matches!(
                &error,
                Error::Core(ferrisdb_core::Error::Io { path, .. }) if *path == io.path
            ),
            "operation {io} failed, and your error should be that one, with the file in it to \
             which it happened (for a rename, the old name): {error:?}"
        );
        assert_eq!(
            files(fs.disk()),
            [""; 0],
            "operation {io} failed, so there should be no table, and no unfinished file either"
        );
    }
}

#[test]
fn a_fault_at_any_operation_leaves_no_table() {
    leaves_nothing_when_it_fails(&|fs| empty_table(fs));
}

#[test]
fn a_sync_that_gave_bytes_up_leaves_no_table() {
    let fs = FaultyFs::new(MemFs::new());
    fs.inject(When::NextSync, Fault::LoseUnsynced);
    empty_table(fs.clone()).expect_err("the sync failed");
    for plan in fs.disk().crash_plans(4) {
        let found = fs.crash(&plan).read(path(7));
        assert!(
            found.is_err(),
            "the file could not be synced, so it must not get its name; after a power cut \
             ({plan}) there is one"
        );
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 4: Writer::add
// ---------------------------------------------------------------------------------------------

/// A writer on a disk of its own.
fn writer(fs: &MemFs, options: Options) -> Writer {
    let writer = Writer::create(&environment(fs.clone()), directory(), 7, options);
    writer.expect("nothing goes wrong on this disk")
}

/// Three articles, one of them with two versions and one deleted.
fn three(writer: &mut Writer) -> Result<()> {
    writer.add(put(b"apple", 9), b"red")?;
    writer.add(put(b"apple", 4), b"green")?;
    writer.add(delete(b"banana", 7), b"")?;
    writer.add(put(b"cherry", 8), b"")
}

#[test]
fn a_small_table_is_these_bytes() {
    let fs = MemFs::new();
    let mut writer = writer(&fs, Options::default().compression(Compression::None));
    three(&mut writer).expect("these entries ascend");
    writer.finish().expect("nothing goes wrong on this disk");
    let bytes = fs.read(path(7)).expect("the table is there");
    let frame = |size: usize| size - FRAME_HEADER_SIZE;
    let table = open(fs, 7).expect("the table is whole");
    let mut fields: Vec<(usize, &str, String)> = Vec::new();
    for piece in table.pieces().expect("the table is whole") {
        let size = piece.handle.size as usize;
        match piece.part {
            Part::Header => fields.push((size, "header", "64 bytes, as in every file".into())),
            Part::Footer => fields.push((size, "footer", "64 bytes".into())),
            part => {
                let name = match part {
                    Part::Data => "data",
                    Part::Index => "index",
                    Part::Filter => "filter",
                    _ => "properties",
                };
                fields.push((FRAME_HEADER_SIZE, "frame", format!("of the {part}")));
                fields.push((frame(size), name, String::new()));
            }
        }
    }
    let dump = annotate(&bytes, &fields);
    insta::assert_snapshot!(dump);
}

/// Adds entries, and returns what the writer said to the last one.
fn refusal(options: Options, keys: &[ferrisdb_core::InternalKey<'_>]) -> Option<String> {
    let mut writer = writer(&MemFs::new(), options);
    let (last, before) = keys.split_last().expect("there is a key");
    for &key in before {
        writer.add(key, b"value").expect("these keys ascend");
    }
    match writer.add(*last, b"value") {
        Err(error @ Error::OutOfOrder(_)) => Some(error.to_string()),
        Err(other) => panic!("expected OutOfOrder, yours is {other:?}"),
        Ok(()) => None,
    }
}

#[test]
fn entries_that_do_not_ascend_are_refused_and_both_keys_are_named() {
    let cases = [
        (put(b"plum", 5), put(b"apple", 5), "a smaller key"),
        (put(b"plum", 5), put(b"plum", 5), "the same key again"),
        (
            put(b"plum", 5),
            put(b"plum", 6),
            "a newer version behind an older one",
        ),
        (put(b"plum", 5), put(b"", 6), "the empty key"),
    ];
    for options in [Options::default(), Options::default().block_size(1)] {
        for (first, second, what) in cases {
            let message = refusal(options.clone(), &[first, second])
                .unwrap_or_else(|| panic!("{what} was added: {second:?} after {first:?}"));
            for key in [first, second] {
                let shown = OwnedKey::from(key).to_string();
                assert!(
                    message.contains(&shown),
                    "{what}: the message should name {shown}: {message}"
                );
            }
        }
        let fine = refusal(
            options,
            &[put(b"plum", 5), put(b"plum", 4), put(b"plums", 9)],
        );
        assert_eq!(
            fine, None,
            "older versions follow newer ones, and longer keys shorter ones"
        );
    }
}

#[test]
fn a_refused_entry_changes_nothing() {
    for options in [Options::default(), Options::default().block_size(1)] {
        let written = |with_refusals: bool| {
            let fs = MemFs::new();
            let mut writer = writer(&fs, options.clone());
            for (key, value) in catalogue(12).iter() {
                writer.add(key, value).expect("these entries ascend");
                if with_refusals {
                    writer.add(key, b"twice").expect_err("the same key again");
                    writer.add(put(b"a", 1), b"").expect_err("a smaller key");
                    let long = vec![b'z'; KEY_SIZE_MAX + 1];
                    writer
                        .add(put(&long, 1), b"")
                        .expect_err("a key that is too long");
                }
            }
            writer.finish().expect("nothing goes wrong on this disk");
            fs.read(path(7)).expect("the table is there")
        };
        assert!(
            written(true) == written(false),
            "a table with refused entries in between should be the same, byte by byte, as one \
             without"
        );
    }
}

#[test]
fn a_key_that_is_too_long_is_refused() {
    let mut writer = writer(&MemFs::new(), Options::default());
    let long = vec![b'k'; KEY_SIZE_MAX + 1];
    writer
        .add(put(&long[1..], 1), b"")
        .expect("the longest key is fine");
    let error = writer
        .add(put(&long, 1), b"")
        .expect_err("one byte more is not");
    let is_too_large = matches!(
        error,
        Error::Core(ferrisdb_core::Error::TooLarge { what: "key", .. })
    );
    assert!(is_too_large, "expected TooLarge, yours is {error:?}");
}

#[test]
fn a_block_ends_with_the_entry_that_fills_it() {
    let fs = MemFs::new();
    let options = Options::default()
        .block_size(100)
        .compression(Compression::None);
    write(fs.clone(), 7, options, &catalogue(40)).expect("nothing goes wrong on this disk");
    let table = open(fs, 7).expect("the table is whole");
    let pieces = table.pieces().expect("the table is whole");
    let sizes: Vec<usize> = pieces
        .iter()
        .filter(|piece| piece.part == Part::Data)
        .map(|piece| piece.handle.size as usize - FRAME_HEADER_SIZE)
        .collect();
    let (last, full) = sizes.split_last().expect("there are blocks");
    for size in full {
        assert!(
            (100..140).contains(size),
            "blocks of 100 bytes were asked for, and one has {size}: it ends with the first \
             entry that makes it that large. All sizes: {sizes:?}"
        );
    }
    assert!(
        *last < 140,
        "the last block holds what is left, and has {last} bytes"
    );
}

/// The sizes of the payloads of all data blocks of a table with nine entries of one size.
fn nine_entries(block_size: usize) -> Vec<usize> {
    let fs = MemFs::new();
    let options = Options::default()
        .block_size(block_size)
        .compression(Compression::None);
    let mut writer = writer(&fs, options);
    for n in 0..9 {
        let added = writer.add(put(&[b'a' + n, b'y'], 5), b"value");
        added.expect("these keys ascend");
    }
    writer.finish().expect("nothing goes wrong on this disk");
    let pieces = open(fs, 7).and_then(|table| table.pieces());
    let pieces = pieces.expect("the table is whole");
    let data = pieces.iter().filter(|piece| piece.part == Part::Data);
    data.map(|piece| piece.handle.size as usize - FRAME_HEADER_SIZE)
        .collect()
}

#[test]
fn a_block_that_is_exactly_full_has_ended() {
    let one = nine_entries(1)[0];
    let three = nine_entries(one * 2)[0];
    assert_eq!(
        nine_entries(three),
        [three; 3],
        "three entries make a block of {three} bytes, and that is what was asked for, so each \
         block has three"
    );
    let yours = nine_entries(three + 1);
    assert!(
        yours.len() == 3 && yours[0] > three && yours[0] == yours[1] && yours[2] < three,
        "three entries are one byte too few, so the blocks have four, four and one; the sizes \
         of yours are {yours:?}"
    );
}

#[test]
fn the_properties_say_what_was_added() {
    let fs = MemFs::new();
    let mut writer = writer(&fs, Options::default().compression(Compression::Zstd));
    three(&mut writer).expect("these entries ascend");
    let info = writer.finish().expect("nothing goes wrong on this disk");
    let yours = &info.properties;
    let counts = |p: &Properties| {
        [
            p.entries,
            p.deletions,
            p.keys,
            p.key_bytes,
            p.value_bytes,
            p.data_blocks,
        ]
    };
    assert_eq!(
        counts(yours),
        [4, 1, 3, 22, 8, 1],
        "entries, deletions, different keys, bytes of all keys, bytes of all values, data blocks"
    );
    assert_eq!(
        [yours.smallest_timestamp, yours.largest_timestamp],
        [Timestamp(4), Timestamp(9)],
        "the oldest and the newest timestamp"
    );
    assert_eq!(
        [&*yours.smallest_key, &*yours.largest_key],
        [&b"apple"[..], b"cherry"],
        "the smallest and the largest key"
    );
    assert_eq!(yours.created_at_us, CREATED_AT_US);
    assert_eq!(yours.compression, Compression::Zstd);
    let table = open(fs, 7).expect("the table is whole");
    assert_eq!(table.properties(), yours, "what a reader finds in the file");
}

#[test]
fn the_empty_key_is_a_key_like_any_other() {
    let fs = MemFs::new();
    let mut writer = writer(&fs, small_blocks());
    for (key, timestamp) in [("", 9), ("", 4), ("a", 9)] {
        let added = writer.add(put(key.as_bytes(), timestamp), b"value");
        added.expect("these keys ascend");
    }
    let info = writer.finish().expect("nothing goes wrong on this disk");
    assert_eq!(info.properties.keys, 2, "the empty key and \"a\"");
    let table = open(fs, 7).expect("the table is whole");
    let checked = table.verify();
    checked.expect("the filter lets both keys pass, and the properties are right");
}

#[test]
fn every_kind_of_table_passes_its_own_check() {
    let options = [
        ("default options", Options::default()),
        ("small blocks", small_blocks()),
        ("an index in parts", small_parts()),
        (
            "an entry a block",
            Options::default().block_size(1).index_part_size(1),
        ),
        ("no filter", small_parts().filter_bits_per_key(0)),
        ("zstd", small_parts().compression(Compression::Zstd)),
        (
            "no compression",
            small_parts().compression(Compression::None),
        ),
    ];
    for (what, options) in options {
        for count in [1, 2, 30] {
            let fs = MemFs::new();
            let versions = catalogue(count);
            let info = write(fs.clone(), 7, options.clone(), &versions);
            let info = info.unwrap_or_else(|error| panic!("{what}, {count} articles: {error}"));
            assert_eq!(info.properties.entries, versions.len() as u64, "{what}");
            let table = open(fs, 7).unwrap_or_else(|error| panic!("{what}: {error}"));
            table.verify().unwrap_or_else(|error| {
                panic!("{what}, {count} articles: the table that you wrote does not pass: {error}")
            });
        }
    }
}

/// A key as long as keys may be, of which only the end differs from others.
fn longest_key(n: u32) -> Vec<u8> {
    let mut key = vec![b'k'; KEY_SIZE_MAX];
    key[KEY_SIZE_MAX - 4..].copy_from_slice(&n.to_be_bytes());
    key
}

#[test]
fn many_of_the_longest_keys_make_a_table_with_a_large_index() {
    let fs = MemFs::new();
    let mut writer = writer(&fs, Options::default());
    for n in 0..300 {
        let added = writer.add(put(&longest_key(n), 5), &n.to_be_bytes());
        added.expect("these keys ascend, and none is too long");
    }
    let info = writer.finish().unwrap_or_else(|error| {
        panic!("300 keys of 64 KiB are a table like any other, and yours says: {error}")
    });
    assert_eq!(info.properties.data_blocks, 300, "a key fills a block");
    let table = open(fs, 7).expect("the table is whole");
    assert_eq!(table.footer().index_levels, 2, "its index is in parts");
    table.verify().expect("every block is where the index says");
}

/// The separators and the handles of all data blocks, as the index has them.
fn index_of(fs: &MemFs) -> Vec<(OwnedKey, u64)> {
    let table = open(fs.clone(), 7).expect("the table is whole");
    let pieces = table.pieces().expect("the table is whole");
    let data = pieces.into_iter().filter(|piece| piece.part == Part::Data);
    data.map(|piece| {
        let separator = piece
            .separator
            .expect("the index leads to every data block");
        (separator, piece.handle.offset)
    })
    .collect()
}

#[test]
fn the_index_has_a_short_key_between_two_blocks_and_the_last_key_at_the_end() {
    let fs = MemFs::new();
    let mut writer = writer(&fs, Options::default().block_size(1));
    for key in ["apple", "banana", "bananas", "plum", "quince"] {
        writer
            .add(put(key.as_bytes(), 5), b"")
            .expect("these keys ascend");
    }
    writer.finish().expect("nothing goes wrong on this disk");
    let yours: Vec<String> = index_of(&fs)
        .iter()
        .map(|(key, _)| key.to_string())
        .collect();
    let expected = [
        "\"b\" @0 (deleted)",
        "\"banana\" @5",
        "\"p\" @0 (deleted)",
        "\"q\" @0 (deleted)",
        "\"quince\" @5",
    ];
    assert_eq!(
        yours, expected,
        "each entry of the index separates its block from the next one; the last block has no \
         next one, so its entry is its last key"
    );
}

#[test]
fn versions_of_a_key_count_once_in_the_filter() {
    let fs = MemFs::new();
    let mut writer = writer(&fs, Options::default().filter_bits_per_key(10));
    for timestamp in (1..=2_000).rev() {
        writer
            .add(put(b"plum", timestamp), b"")
            .expect("versions descend");
    }
    let info = writer.finish().expect("nothing goes wrong on this disk");
    assert_eq!(
        info.properties.keys, 1,
        "all entries are versions of one key"
    );
    let table = open(fs, 7).expect("the table is whole");
    let filter = table.footer().filter.expect("a filter was asked for").size as usize;
    assert_eq!(
        filter,
        FRAME_HEADER_SIZE + FILTER_LINE_SIZE + 1,
        "the filter of one key has one line of {FILTER_LINE_SIZE} bytes, and yours has {filter} \
         bytes with its frame"
    );
}

#[test]
fn what_was_added_is_written_along_the_way() {
    let disk = MemFs::new();
    let fs = FaultyFs::new(disk.clone());
    let options = Options::default().compression(Compression::None);
    let writer = Writer::create(&environment(fs.clone()), directory(), 7, options);
    let mut writer = writer.expect("nothing goes wrong on this disk");
    let mut added = 0;
    for n in 0..3_000_u64 {
        let value = [b'v'; 1_000];
        writer
            .add(put(&n.to_be_bytes(), 1), &value)
            .expect("nothing goes wrong on this disk");
        added += value.len();
        if !n.is_multiple_of(50) {
            continue;
        }
        let written = disk.read(unfinished(7)).map_or(0, |bytes| bytes.len());
        assert!(
            written + (128 << 10) > added,
            "after {added} bytes of values only {written} are in the file: the writer keeps the \
             rest in memory, and that must not grow with the table"
        );
    }
    let log = fs.log();
    let calls = log.iter().filter(|io| io.kind == IoKind::Write).count();
    assert!(
        calls * (32 << 10) < added,
        "{calls} writes for {added} bytes: each costs a call of the operating system, so a \
         writer collects some blocks first"
    );
}

/// Writes a table of 150 kB, which takes several writes.
fn large_table(fs: FaultyFs) -> Result<TableInfo> {
    let mut versions = Versions::new();
    for n in 0..100_u32 {
        let mut batch = Batch::new();
        batch.put(n.to_be_bytes(), n.to_be_bytes().repeat(375));
        versions.write(Timestamp(1), &batch);
    }
    let options = Options::default().compression(Compression::None);
    write(fs, 7, options, &versions)
}

#[test]
fn a_power_cut_leaves_a_whole_table_with_all_entries_or_none() {
    leaves_a_whole_table_or_none(&|fs| write(fs, 7, small_parts(), &catalogue(40)));
    leaves_a_whole_table_or_none(&large_table);
}

#[test]
fn a_fault_anywhere_leaves_no_table_with_some_of_the_entries() {
    leaves_nothing_when_it_fails(&|fs| write(fs, 7, small_parts(), &catalogue(40)));
    leaves_nothing_when_it_fails(&large_table);
}

#[test]
fn after_a_failed_write_nothing_more_is_taken() {
    let fs = FaultyFs::new(MemFs::new());
    fs.inject(When::Next(IoKind::Write), Fault::Error(ErrorKind::Other));
    let environment = environment(fs.clone());
    let options = Options::default().compression(Compression::None);
    let mut writer = Writer::create(&environment, directory(), 7, options)
        .expect("only writes fail on this disk");
    let value = [b'v'; 1_000];
    let keys = (0..1_000_u64).map(u64::to_be_bytes);
    let failed = keys
        .clone()
        .position(|key| writer.add(put(&key, 1), &value).is_err())
        .expect("a write failed along the way");
    for key in keys.skip(failed + 1).take(3) {
        let error = writer.add(put(&key, 1), &value);
        assert!(
            matches!(error, Err(Error::WriterFailed { .. })),
            "what a failed write has left is not known, so nothing may follow it: {error:?}"
        );
    }
    writer
        .finish()
        .expect_err("a table with a hole in it cannot be finished");
    assert!(files(fs.disk()).is_empty(), "nothing is left behind");
}

#[test]
fn a_full_disk_leaves_no_table() {
    for space in [0, 100, 1_000, 3_000] {
        let fs = FaultyFs::new(MemFs::new());
        fs.set_space(space);
        let options = Options::default().compression(Compression::None);
        let error = write(fs.clone(), 7, options, &catalogue(1_000))
            .expect_err("the table does not fit on this disk");
        assert!(
            error.to_string().contains("free some disk space"),
            "the message should say what to do: {error}"
        );
        assert!(files(fs.disk()).is_empty(), "nothing is left behind");
    }
}

#[test]
fn short_writes_make_no_difference() {
    let (plain, short) = (MemFs::new(), FaultyFs::new(MemFs::new()));
    short.inject(When::Every(IoKind::Write), Fault::Short(13));
    write(plain.clone(), 7, small_blocks(), &catalogue(20)).expect("this disk is fine");
    write(short.clone(), 7, small_blocks(), &catalogue(20)).expect("this one is slow");
    let bytes = |disk: &MemFs| disk.read(path(7)).expect("the table is there");
    assert!(
        bytes(&plain) == bytes(short.disk()),
        "both tables should be equal"
    );
}

#[test]
fn a_writer_that_is_dropped_leaves_nothing() {
    let fs = MemFs::new();
    let mut writer = writer(&fs, small_blocks());
    three(&mut writer).expect("these entries ascend");
    assert_eq!(
        files(&fs),
        [UNFINISHED],
        "while it is written it has another name"
    );
    drop(writer);
    assert!(
        files(&fs).is_empty(),
        "nobody has finished it, so nothing should be left"
    );
}

#[test]
fn what_a_killed_writer_left_is_written_anew() {
    let fs = MemFs::new();
    let strangers = [
        "7.sst",
        "+000000007.sst",
        "0000000007.wal",
        "+000000007.sst.tmp",
    ];
    for name in strangers {
        fs.write(directory().join(name), Vec::new())
            .expect("a disk in memory takes it");
    }
    fs.write(unfinished(7), vec![b'x'; 100_000])
        .expect("a disk in memory takes it");
    let found = TableFile::list_unfinished(&fs, directory()).expect("the directory is there");
    assert_eq!(
        found,
        [unfinished(7)],
        "a file that a killed writer left can be found"
    );
    let stuck = FaultyFs::new(fs.fork());
    stuck.inject(When::Next(IoKind::Remove), Fault::Error(ErrorKind::Other));
    let error = Writer::create(&environment(stuck), directory(), 7, small_blocks());
    let error = error
        .expect_err("what lies there cannot be removed")
        .to_string();
    assert!(
        error.contains("remove"),
        "that it is in the way follows from it: {error}"
    );
    let info = write(fs.clone(), 7, small_blocks(), &catalogue(5)).expect("it is in nobody's way");
    let tables = TableFile::list(&fs, directory()).expect("the directory is there");
    for name in strangers {
        fs.remove(&directory().join(name))
            .expect("it is nobody's business to remove other files");
    }
    assert_eq!(files(&fs), [TABLE]);
    assert_eq!(
        fs.read(path(7)).map(|bytes| bytes.len() as u64).ok(),
        Some(info.size)
    );
    assert_eq!(tables, [TableFile::new(directory(), 7)]);
    assert_eq!(entries(&catalogue(5)).len() as u64, info.properties.entries);
}

#[test]
fn a_number_that_is_taken_is_refused_and_its_table_stays() {
    let fs = MemFs::new();
    write(fs.clone(), 7, small_blocks(), &catalogue(5)).expect("nothing goes wrong on this disk");
    let before = fs.read(path(7)).expect("the table is there");
    let error = write(fs.clone(), 7, small_blocks(), &catalogue(6))
        .expect_err("there is a table of that number");
    assert!(error.to_string().contains("0000000007.sst"), "{error}");
    assert!(
        fs.read(path(7)).expect("the table is there") == before,
        "the table that was there should not change"
    );
    assert_eq!(files(&fs), [TABLE], "nothing else is left behind");
}
