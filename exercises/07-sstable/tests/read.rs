//! Reading a table: blocks, lookups, cursors.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use ferrisdb_core::{Batch, Found, InternalKey, Operation, Source, Timestamp};
use ferrisdb_sstable::{
    Cache, Compression, Cursor, Handle, Kind, Options, Origin, Part, ReadOptions, Table, Touch,
};
use ferrisdb_testkit::{FaultyFs, IoKind, MemFs, Text, Versions, generate, show};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use support::{
    Entry, article, backward, catalogue, current, entries, expected, forward, open, open_with, put,
    small_blocks, small_parts, table, touched, write,
};

/// A name for each kind of table that the tests use, and how to write it.
fn all_options() -> [(&'static str, Options); 6] {
    [
        ("default options", Options::default()),
        ("small blocks", small_blocks()),
        ("an index in parts", small_parts()),
        (
            "an entry a block",
            Options::default().block_size(1).index_part_size(1),
        ),
        ("no filter", small_parts().filter_bits_per_key(0)),
        ("zstd", small_parts().compression(Compression::Zstd)),
    ]
}

// ---------------------------------------------------------------------------------------------
// Hole 5: Table::block
// ---------------------------------------------------------------------------------------------

/// Where the data blocks of a table lie.
fn data_blocks(table: &Table) -> Vec<Handle> {
    let pieces = table.pieces().expect("the table is whole");
    let data = pieces.iter().filter(|piece| piece.part == Part::Data);
    data.map(|piece| piece.handle).collect()
}

/// Asks for a block, and says where it came from.
fn origin(table: &Table, handle: Handle) -> Origin {
    let mut seen = Vec::new();
    let block = table.block(Kind::Data, handle, &mut |touch| seen.push(touch));
    block.expect("the table is whole");
    let [
        Touch {
            part,
            handle: at,
            from,
        },
    ] = seen[..]
    else {
        panic!("one block was asked for, and yours told of {seen:?}");
    };
    assert_eq!(
        (part, at),
        (Part::Data, handle),
        "this is the block that was asked for"
    );
    from
}

#[test]
fn a_block_is_read_once_and_then_comes_from_the_cache() {
    let table = table(small_blocks(), &catalogue(30));
    for handle in data_blocks(&table) {
        assert_eq!(
            origin(&table, handle),
            Origin::File,
            "the first time it must be read"
        );
        assert_eq!(
            origin(&table, handle),
            Origin::Cache,
            "the second time it need not be"
        );
        assert_eq!(origin(&table, handle), Origin::Cache, "nor the third time");
    }
}

#[test]
fn hits_and_misses_are_counted() {
    let (fs, cache) = (MemFs::new(), Arc::new(Cache::new(1 << 20)));
    write(fs.clone(), 7, small_blocks(), &catalogue(30)).expect("this disk is fine");
    let table = open_with(fs, 7, &cache, &ReadOptions::default()).expect("the table is whole");
    let blocks = data_blocks(&table);
    let (hits, misses) = (cache.hits(), cache.misses());
    for handle in blocks.iter().chain(&blocks).chain(&blocks) {
        origin(&table, *handle);
    }
    let count = blocks.len() as u64;
    assert_eq!(
        cache.misses() - misses,
        count,
        "each of {count} blocks was missing once"
    );
    assert_eq!(cache.hits() - hits, 2 * count, "and found twice");
    let raw = (count - 1) * 100;
    assert!(
        cache.used() >= raw && cache.used() <= cache.capacity(),
        "{count} blocks, all but the last of at least 100 bytes, lie in {cache:?}"
    );
    let shown = format!("{cache:?}");
    let used = format!("used: {}", cache.used());
    assert!(shown.contains(&used), "{shown} says what is in use");
}

#[test]
fn a_block_that_was_evicted_is_read_again() {
    let (fs, cache) = (MemFs::new(), Arc::new(Cache::new(1 << 20)));
    write(fs.clone(), 7, small_blocks(), &catalogue(30)).expect("this disk is fine");
    let table = open_with(fs, 7, &cache, &ReadOptions::default()).expect("the table is whole");
    let handle = data_blocks(&table)[1];
    origin(&table, handle);
    cache.clear();
    assert_eq!(
        origin(&table, handle),
        Origin::File,
        "the cache was emptied"
    );
    assert_eq!(
        origin(&table, handle),
        Origin::Cache,
        "and the block is back in it"
    );
}

#[test]
fn a_cache_of_no_bytes_keeps_nothing_and_everything_still_works() {
    let (fs, cache) = (MemFs::new(), Arc::new(Cache::new(0)));
    write(fs.clone(), 7, small_parts(), &catalogue(30)).expect("this disk is fine");
    let table = open_with(fs, 7, &cache, &ReadOptions::default()).expect("the table is whole");
    let handle = data_blocks(&table)[0];
    assert_eq!(origin(&table, handle), Origin::File);
    assert_eq!(
        origin(&table, handle),
        Origin::File,
        "there is no room for it"
    );
    assert_eq!(cache.used(), 0);
}

#[test]
fn two_tables_with_one_cache_do_not_see_each_others_blocks() {
    let cache = Arc::new(Cache::new(1 << 20));
    // The same number in two databases.
    let (here, there) = (MemFs::new(), MemFs::new());
    write(here.clone(), 7, small_blocks(), &catalogue(20)).expect("this disk is fine");
    let mut other = Versions::new();
    for (key, _) in catalogue(20).iter() {
        let mut batch = Batch::new();
        batch.put(key.user_key, "other");
        other.write(Timestamp(10), &batch);
    }
    write(there.clone(), 7, small_blocks(), &other).expect("this disk is fine");
    let open = |fs| open_with(fs, 7, &cache, &ReadOptions::default()).expect("it is whole");
    let (here, there) = (open(here), open(there));
    let first = |table: &Table| {
        let block = table.block(Kind::Data, data_blocks(table)[0], &mut |_| ());
        let mut cursor = block.expect("the table is whole").cursor();
        cursor.seek_to_last().expect("the block is whole");
        cursor.value().to_vec()
    };
    first(&here);
    assert_eq!(
        show(&first(&there)),
        "\"other\"",
        "this is a block of the other table"
    );
}

#[test]
fn a_damaged_block_is_an_error_each_time_and_never_gets_into_the_cache() {
    let fs = MemFs::new();
    write(fs.clone(), 7, small_blocks(), &catalogue(30)).expect("this disk is fine");
    let handle = data_blocks(&open(fs.clone(), 7).expect("the table is whole"))[2];
    fs.flip_bit(support::path(7), handle.offset + 20, 3)
        .expect("the table is there");
    let table = open(fs, 7).expect("only a data block is damaged");
    for _ in 0..3 {
        let mut seen = Vec::new();
        let error = table
            .block(Kind::Data, handle, &mut |touch| seen.push(touch.from))
            .expect_err("a bit of this block was flipped")
            .to_string();
        assert_eq!(
            seen,
            [Origin::File],
            "its bytes were read, once each time, although they are not whole"
        );
        let place = format!("offset {}, in the data block", handle.offset);
        assert!(
            error.contains("0000000007.sst") && error.contains(&place),
            "the error should name file, offset and block: {error}"
        );
    }
}

#[test]
fn a_place_outside_of_the_file_is_refused_before_it_costs_memory() {
    let table = table(small_blocks(), &catalogue(30));
    let size = u32::try_from(table.size()).expect("a small table");
    for (offset, size) in [
        (0, size + 1),
        (table.size(), 1),
        (u64::MAX, u32::MAX),
        (64, u32::MAX),
    ] {
        let handle = Handle { offset, size };
        let mut seen = Vec::new();
        let error = table.block(Kind::Data, handle, &mut |touch| seen.push(touch));
        let error = error
            .expect_err("the file does not reach that far")
            .to_string();
        assert_eq!(seen, [], "nothing was read");
        assert!(error.contains("must lie in 0.."), "{handle:?}: {error}");
    }
}

#[test]
fn a_block_of_another_kind_is_refused() {
    let table = table(small_blocks(), &catalogue(30));
    let index = table.footer().index;
    let error = table.block(Kind::Data, index, &mut |_| ());
    error.expect_err("an index is no data, although its bytes are in order");
    let index_block = table.block(Kind::Index, index, &mut |_| ());
    index_block.expect("that is what it is, and now it is in the cache");
    let error = table.block(Kind::Data, index, &mut |_| ());
    error.expect_err("an index in the cache is no data either");
}

// ---------------------------------------------------------------------------------------------
// Hole 6: Table::lookup
// ---------------------------------------------------------------------------------------------

fn get(table: &Table, user_key: &[u8], as_of: u64) -> Option<Found<Vec<u8>>> {
    let found = table.get(user_key, Timestamp(as_of));
    found.unwrap_or_else(|error| panic!("looking up {} failed: {error}", show(user_key)))
}

#[test]
fn every_version_is_found_at_its_time() {
    let versions = catalogue(60);
    for (what, options) in all_options() {
        let table = table(options, &versions);
        for n in 0..60 {
            for as_of in [0, 9, 10, 11, 19, 20, 29, 30, u64::MAX] {
                let key = article(n);
                assert_eq!(
                    get(&table, key.as_bytes(), as_of),
                    expected(&versions, key.as_bytes(), as_of),
                    "{what}: {key} as of {as_of}; left is yours"
                );
            }
        }
    }
}

#[test]
fn a_key_that_is_not_there_is_not_found() {
    let versions = catalogue(60);
    for (what, options) in all_options() {
        let table = table(options.clone(), &versions);
        for n in 0..60 {
            for key in [
                format!("{}x", article(n)),
                article(n)[..12].to_owned() + "~",
            ] {
                let yours = get(&table, key.as_bytes(), u64::MAX);
                assert_eq!(yours, None, "{what}: {key} was never added");
            }
        }
        for key in ["", "a", "zebra", "article-", "article-00060"] {
            let yours = get(&table, key.as_bytes(), u64::MAX);
            assert_eq!(
                yours,
                None,
                "{what}: {} was never added",
                show(key.as_bytes())
            );
        }
        let empty = self::table(options, &Versions::new());
        assert_eq!(
            get(&empty, b"a", u64::MAX),
            None,
            "{what}: an empty table has no key"
        );
    }
}

#[test]
fn a_deleted_key_an_empty_value_and_an_unknown_key_are_three_answers() {
    let mut versions = Versions::new();
    let mut batch = Batch::new();
    batch.put("empty", "");
    batch.delete("gone");
    versions.write(Timestamp(5), &batch);
    let table = table(Options::default(), &versions);
    let answers = ["empty", "gone", "new"].map(|key| get(&table, key.as_bytes(), 9));
    assert_eq!(
        answers,
        [Some(Found::Value(Vec::new())), Some(Found::Deleted), None],
        "a table that does not tell a tombstone from \"I do not know\" brings deleted keys back"
    );
}

#[test]
fn a_deleted_key_is_one_that_the_table_knows() {
    for (what, options) in all_options() {
        let mut versions = catalogue(30);
        let mut batch = Batch::new();
        batch.delete("brick");
        versions.write(Timestamp(5), &batch);
        let table = table(options, &versions);
        assert!(
            get(&table, b"brick", 9).is_some(),
            "{what}: \"I do not know\" would be asked of an older table, and that may have a value"
        );
        assert_eq!(
            get(&table, b"brick", 4),
            None,
            "{what}: of the time before nothing is known"
        );
    }
}

#[test]
fn a_lookup_touches_at_most_one_data_block() {
    let mut versions = catalogue(200);
    // Many versions of some keys, so that they fill blocks of their own.
    for timestamp in 100..160 {
        let mut batch = Batch::new();
        batch.put(article(77), timestamp.to_string());
        batch.put(article(78), timestamp.to_string());
        versions.write(Timestamp(timestamp), &batch);
    }
    for (what, options) in all_options() {
        let table = table(options, &versions);
        let levels = table.footer().index_levels as usize;
        for n in 0..200 {
            for key in [
                article(n),
                format!("{}x", article(n)),
                format!("{}~", &article(n)[..12]),
            ] {
                for as_of in [9, 10, 25, 99, 100, 131, 159, u64::MAX] {
                    let touched = touched(&table, key.as_bytes(), as_of);
                    let count = |part| touched.iter().filter(|touch| touch.part == part).count();
                    assert!(
                        count(Part::Data) <= 1,
                        "{what}: looking up {key} as of {as_of} touched {} data blocks: \
                         {touched:?}",
                        count(Part::Data)
                    );
                    assert!(count(Part::Index) <= levels, "{what}: {touched:?}");
                    assert_eq!(
                        get(&table, key.as_bytes(), as_of),
                        expected(&versions, key.as_bytes(), as_of),
                        "{what}: {key} as of {as_of}; left is yours"
                    );
                }
            }
        }
    }
}

#[test]
fn a_key_that_the_filter_does_not_know_costs_no_block() {
    let table = table(small_blocks(), &catalogue(500));
    let mut blocks = 0;
    for n in 0..10_000 {
        let touched = touched(&table, format!("absent-{n}").as_bytes(), u64::MAX);
        assert_eq!(
            touched.first().map(|touch| touch.part),
            Some(Part::Filter),
            "the filter should be asked first: {touched:?}"
        );
        blocks += usize::from(touched.len() > 1);
    }
    assert!(
        blocks < 200,
        "with 10 bits a key about one absent key in a hundred passes the filter; of 10,000 \
         yours looked into the table for {blocks}"
    );
}

#[test]
fn without_a_filter_nothing_asks_for_one() {
    let table = table(small_blocks().filter_bits_per_key(0), &catalogue(50));
    let touched = touched(&table, article(7).as_bytes(), 10);
    let parts: Vec<Part> = touched.iter().map(|touch| touch.part).collect();
    assert_eq!(parts, [Part::Index, Part::Data]);
}

#[test]
fn a_pinned_value_is_the_memory_of_its_block() {
    let table = table(
        small_blocks().compression(Compression::None),
        &catalogue(50),
    );
    let pinned = |key: &str| match table.get_pinned(key, Timestamp(10)) {
        Ok(Some(Found::Value(value))) => value,
        other => panic!("{key} has a value, and yours says {other:?}"),
    };
    let (first, again) = (pinned(&article(12)), pinned(&article(12)));
    assert_eq!(
        first.as_ptr(),
        again.as_ptr(),
        "both answers should be the same bytes of the same block: nothing is to be copied"
    );
    assert_eq!(
        get(&table, article(12).as_bytes(), 10),
        Some(Found::Value(first.to_vec()))
    );
}

#[test]
fn a_table_is_opened_with_three_reads() {
    for (what, options) in all_options() {
        let disk = MemFs::new();
        write(disk.clone(), 7, options, &catalogue(200)).expect("this disk is fine");
        let fs = FaultyFs::new(disk);
        let table = open(fs.clone(), 7).expect("the table is whole");
        assert_eq!(table.number(), 7, "{what}: the number it was asked for");
        let reads = || fs.log().iter().filter(|io| io.kind == IoKind::Read).count();
        assert_eq!(
            reads(),
            3,
            "{what}: header, footer, and everything behind the data"
        );
        get(&table, article(9).as_bytes(), 10);
        assert_eq!(reads(), 4, "{what}: a first lookup reads one data block");
        get(&table, article(9).as_bytes(), 10);
        assert_eq!(reads(), 4, "{what}: the same again reads nothing");
    }
}

#[test]
fn filter_and_index_are_pinned_or_in_the_cache_by_choice() {
    let disk = MemFs::new();
    write(disk.clone(), 7, small_parts(), &catalogue(100)).expect("this disk is fine");
    for (pin, expected) in [(true, Origin::Memory), (false, Origin::Cache)] {
        let cache = Arc::new(Cache::new(1 << 20));
        let options = ReadOptions::default().pin(pin);
        let table = open_with(disk.clone(), 7, &cache, &options).expect("the table is whole");
        assert_eq!(
            cache.used() > 0,
            !pin,
            "what is pinned takes no room in the cache"
        );
        let origins = |table: &Table| -> Vec<Origin> {
            let touched = touched(table, article(50).as_bytes(), 10);
            touched.iter().map(|touch| touch.from).collect()
        };
        let first = origins(&table);
        assert_eq!(
            first,
            [expected, expected, expected, Origin::File],
            "pin is {pin}"
        );
        cache.clear();
        let after = if pin { Origin::Memory } else { Origin::File };
        let touched: Vec<(Part, Origin)> = touched(&table, article(50).as_bytes(), 10)
            .iter()
            .map(|touch| (touch.part, touch.from))
            .collect();
        assert_eq!(
            touched,
            [
                (Part::Filter, after),
                (Part::Index, after),
                (Part::Index, after),
                (Part::Data, Origin::File)
            ],
            "after the cache was emptied, pin is {pin}"
        );
        assert_eq!(
            origins(&table),
            [expected, expected, expected, Origin::Cache],
            "and everything is back, pin is {pin}"
        );
    }
}

/// A database in which keys have several versions.
fn versions() -> impl Strategy<Value = Versions> {
    proptest::collection::vec(generate::writes(), 0..25).prop_map(|batches| {
        let mut versions = Versions::new();
        for (writes, timestamp) in batches.iter().zip(1..) {
            let mut batch = Batch::new();
            for write in writes {
                write.add_to(&mut batch);
            }
            versions.write(Timestamp(timestamp), &batch);
        }
        versions
    })
}

fn some_options() -> impl Strategy<Value = Options> {
    let compression = prop_oneof![
        Just(Compression::None),
        Just(Compression::Lz4),
        Just(Compression::Zstd)
    ];
    let sizes = (1..300_usize, 1..20_usize, 1..200_usize, 0..12_usize);
    (sizes, compression).prop_map(|((block, restart, part, bits), compression)| {
        Options::default()
            .block_size(block)
            .restart_interval(restart)
            .index_part_size(part)
            .filter_bits_per_key(bits)
            .compression(compression)
    })
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn lookups_answer_as_a_model_does(
        versions in versions(),
        options in some_options(),
        asked in proptest::collection::vec((generate::key(), 0..27_u64), 30),
    ) {
        let table = table(options, &versions);
        for (key, as_of) in &asked {
            let yours = get(&table, key, *as_of);
            prop_assert_eq!(
                &yours,
                &expected(&versions, key, *as_of),
                "{:?} as of {}; left is yours", key, as_of
            );
            let touched = touched(&table, key, *as_of);
            let data = touched.iter().filter(|touch| touch.part == Part::Data);
            prop_assert!(data.count() <= 1, "{:?} as of {}: {:?}", key, as_of, touched);
        }
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 7: Cursor::descend
// ---------------------------------------------------------------------------------------------

/// The entry that a cursor is at after a move, as text.
fn at<'a>(
    table: &'a Table,
    go: impl Fn(&mut Cursor<&'a Table>) -> ferrisdb_sstable::Result<()>,
) -> String {
    let mut cursor = table.cursor();
    assert!(
        !cursor.is_valid(),
        "a cursor that was never moved is at no entry"
    );
    go(&mut cursor).expect("the table is whole");
    current(&cursor).map_or("nothing".into(), |entry| format!("{entry:?}"))
}

#[test]
fn a_cursor_begins_at_either_end() {
    for (what, options) in all_options() {
        for count in [1, 2, 60] {
            let versions = catalogue(count);
            let table = table(options.clone(), &versions);
            let all = entries(&versions);
            let yours = at(&table, Cursor::seek_to_first);
            let expected = format!("{:?}", all[0]);
            assert_eq!(yours, expected, "{what}, {count} articles: the first entry");
            let yours = at(&table, Cursor::seek_to_last);
            let expected = format!("{:?}", all[all.len() - 1]);
            assert_eq!(yours, expected, "{what}, {count} articles: the last entry");
        }
    }
}

#[test]
fn seeking_an_entry_finds_it() {
    let versions = catalogue(60);
    for (what, options) in all_options() {
        let table = table(options, &versions);
        let mut cursor = table.cursor();
        for (key, value) in versions.iter() {
            cursor.seek(key).expect("the table is whole");
            let expected = Some(Entry::new(key, value));
            assert_eq!(
                current(&cursor),
                expected,
                "{what}: left is where your seek went"
            );
        }
    }
}

#[test]
fn behind_the_last_key_and_in_an_empty_table_there_is_nothing() {
    let (full, empty) = (catalogue(60), Versions::new());
    for (what, options) in all_options() {
        let (full, empty) = (table(options.clone(), &full), table(options, &empty));
        let yours = at(&full, |cursor| cursor.seek(put(b"zebra", 1)));
        assert_eq!(yours, "nothing", "{what}: no key is that large");
        let moves = [
            at(&empty, Cursor::seek_to_first),
            at(&empty, Cursor::seek_to_last),
            at(&empty, |cursor| cursor.seek(put(b"a", 1))),
            at(&empty, |cursor| cursor.seek_for_prev(put(b"a", 1))),
            at(&empty, Cursor::next),
            at(&empty, Cursor::prev),
        ];
        assert_eq!(
            moves, ["nothing"; 6],
            "{what}: an empty table has no entries"
        );
    }
}

#[test]
fn a_cursor_can_be_placed_again_and_again() {
    let versions = catalogue(60);
    let table = table(small_parts(), &versions);
    let all = entries(&versions);
    let mut cursor = table.cursor();
    for _ in 0..3 {
        cursor.seek_to_last().expect("the table is whole");
        assert_eq!(current(&cursor).as_ref(), all.last());
        cursor.seek(put(b"zebra", 1)).expect("the table is whole");
        assert_eq!(
            current(&cursor),
            None,
            "a seek that finds nothing leaves the old entry"
        );
        cursor.seek_to_first().expect("the table is whole");
        assert_eq!(current(&cursor).as_ref(), all.first());
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 8: Cursor::turn
// ---------------------------------------------------------------------------------------------

#[test]
fn a_cursor_meets_every_entry_once_in_both_directions() {
    for (what, options) in all_options() {
        for count in [0, 1, 2, 7, 150] {
            let versions = catalogue(count);
            let table = table(options.clone(), &versions);
            let mut expected = entries(&versions);
            let yours = forward(&table).expect("the table is whole");
            assert_eq!(
                yours, expected,
                "{what}, {count} articles, forward; left is yours"
            );
            let yours = backward(&table).expect("the table is whole");
            expected.reverse();
            assert_eq!(
                yours, expected,
                "{what}, {count} articles, backward; left is yours"
            );
        }
    }
}

/// Every version of every article, and what would lie between, before and behind them.
fn targets() -> Vec<(String, u64)> {
    let mut targets = Vec::new();
    for n in 0..61 {
        for key in [
            article(n),
            format!("{}!", article(n)),
            format!("{}~", &article(n)[..12]),
        ] {
            for timestamp in [0, 10, 15, 20, 30, u64::MAX] {
                targets.push((key.clone(), timestamp));
            }
        }
    }
    for key in ["", "a", "article-", "zebra"] {
        targets.push((key.to_owned(), 10));
    }
    targets
}

#[test]
fn seek_finds_the_first_entry_at_or_behind_any_key() {
    let versions = catalogue(60);
    let all = entries(&versions);
    for (what, options) in all_options() {
        let table = table(options, &versions);
        for (key, timestamp) in targets() {
            let target = put(key.as_bytes(), timestamp);
            let expected = all.iter().find(|entry| entry.key() >= target);
            let yours = at(&table, |cursor| cursor.seek(target));
            let expected = expected.map_or("nothing".into(), |entry| format!("{entry:?}"));
            assert_eq!(
                yours, expected,
                "{what}: seek {key} @{timestamp}; left is yours"
            );
        }
    }
}

#[test]
fn seek_for_prev_finds_the_last_entry_at_or_before_any_key() {
    let versions = catalogue(60);
    let all = entries(&versions);
    for (what, options) in all_options() {
        let table = table(options, &versions);
        for (key, timestamp) in targets() {
            let target = put(key.as_bytes(), timestamp);
            let expected = all.iter().rfind(|entry| entry.key() <= target);
            let yours = at(&table, |cursor| cursor.seek_for_prev(target));
            let expected = expected.map_or("nothing".into(), |entry| format!("{entry:?}"));
            assert_eq!(yours, expected, "{what}: seek_for_prev {key} @{timestamp}");
        }
    }
}

#[test]
fn past_either_end_a_cursor_stays_at_nothing() {
    let table = table(small_parts(), &catalogue(20));
    let mut cursor = table.cursor();
    cursor.seek_to_last().expect("the table is whole");
    for _ in 0..3 {
        cursor.next().expect("there is just no entry");
        assert_eq!(current(&cursor), None, "the last entry was left behind");
    }
    cursor.seek_to_first().expect("the table is whole");
    for _ in 0..3 {
        cursor.prev().expect("there is just no entry");
        assert_eq!(
            current(&cursor),
            None,
            "nothing comes before the first entry"
        );
    }
    cursor.seek_to_first().expect("the table is whole");
    assert!(cursor.is_valid(), "it can be placed anew");
}

/// A move of a cursor.
#[derive(Debug, Clone)]
enum Move {
    First,
    Last,
    Seek(Text, u64),
    SeekForPrev(Text, u64),
    Next,
    Prev,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let target = || (generate::key(), 0..27_u64);
    let step = prop_oneof![
        1 => Just(Move::First),
        1 => Just(Move::Last),
        3 => target().prop_map(|(key, at)| Move::Seek(key, at)),
        3 => target().prop_map(|(key, at)| Move::SeekForPrev(key, at)),
        8 => Just(Move::Next),
        8 => Just(Move::Prev),
    ];
    proptest::collection::vec(step, 1..40)
}

/// Where a cursor over a sorted list would be after a move.
fn after(all: &[Entry], at: Option<usize>, step: &Move) -> Option<usize> {
    match step {
        Move::First => (!all.is_empty()).then_some(0),
        Move::Last => all.len().checked_sub(1),
        Move::Seek(key, time) => {
            let target = put(key, *time);
            all.iter().position(|entry| entry.key() >= target)
        }
        Move::SeekForPrev(key, time) => {
            let target = put(key, *time);
            all.iter().rposition(|entry| entry.key() <= target)
        }
        Move::Next => at.map(|at| at + 1).filter(|&at| at < all.len()),
        Move::Prev => at.and_then(|at| at.checked_sub(1)),
    }
}

proptest! {
    #![proptest_config(config(80))]

    #[test]
    fn any_walk_of_a_cursor_goes_as_over_a_sorted_list(
        versions in versions(),
        options in some_options(),
        pin in any::<bool>(),
        cache in prop_oneof![Just(0), Just(400), Just(1 << 20)],
        moves in moves(),
    ) {
        let fs = MemFs::new();
        write(fs.clone(), 7, options, &versions).expect("this disk is fine");
        let cache = Arc::new(Cache::new(cache));
        let table = open_with(fs, 7, &cache, &ReadOptions::default().pin(pin));
        let table = table.expect("the table is whole");
        let all = entries(&versions);
        let (mut cursor, mut place) = (table.cursor(), None);
        for (n, step) in moves.iter().enumerate() {
            match step {
                Move::First => cursor.seek_to_first(),
                Move::Last => cursor.seek_to_last(),
                Move::Seek(key, time) => cursor.seek(put(key, *time)),
                Move::SeekForPrev(key, time) => cursor.seek_for_prev(put(key, *time)),
                Move::Next => cursor.next(),
                Move::Prev => cursor.prev(),
            }
            .expect("the table is whole");
            place = after(&all, place, step);
            prop_assert_eq!(
                current(&cursor),
                place.map(|place| all[place].clone()),
                "after {:?}; left is yours", &moves[..=n]
            );
        }
        prop_assert!(table.verify().is_ok());
    }
}

#[test]
fn a_scan_reads_each_block_once_and_many_at_a_time() {
    let disk = MemFs::new();
    let options = Options::default()
        .block_size(1_000)
        .compression(Compression::None);
    write(disk.clone(), 7, options, &catalogue(20_000)).expect("this disk is fine");
    let fs = FaultyFs::new(disk);
    let reads = |table: &Table, cursor: Cursor<&Table>| {
        let before = fs.operations();
        let mut cursor = cursor;
        cursor.seek_to_first().expect("the table is whole");
        let mut count = 0;
        while cursor.is_valid() {
            count += 1;
            cursor.next().expect("the table is whole");
        }
        assert_eq!(count, table.properties().entries, "every entry was met");
        let log = fs.log();
        let log = log
            .iter()
            .filter(|io| io.number >= before && io.kind == IoKind::Read);
        let sizes: Vec<u64> = log.map(|io| io.size).collect();
        let largest = sizes.iter().max().copied().unwrap_or(0);
        (sizes.len() as u64, sizes.iter().sum::<u64>(), largest)
    };
    let table = open(fs.clone(), 7).expect("the table is whole");
    let (blocks, data) = (table.properties().data_blocks, table.footer().tail - 64);
    let scan = table.cursor().fill_cache(false).readahead(0);
    let (count, bytes, _) = reads(&table, scan);
    assert_eq!(
        (count, bytes),
        (blocks, data),
        "reads and bytes, without reading ahead"
    );
    let (count, bytes, largest) = reads(&table, table.cursor().fill_cache(false));
    assert!(
        count * 10 < blocks,
        "{blocks} blocks were read with {count} reads"
    );
    assert!(
        bytes < data + data / 10,
        "the data has {data} bytes, and {bytes} were read: hardly anything twice"
    );
    assert!(
        largest >= 64 << 10,
        "a long scan reads more and more at a time, {largest} bytes at most"
    );
}

#[test]
fn a_scan_leaves_the_cache_alone_if_it_is_told_to() {
    let (fs, cache) = (MemFs::new(), Arc::new(Cache::new(1 << 20)));
    write(fs.clone(), 7, small_blocks(), &catalogue(100)).expect("this disk is fine");
    let table = open_with(fs, 7, &cache, &ReadOptions::default()).expect("the table is whole");
    let scan = |fill| {
        let mut cursor = table.cursor().fill_cache(fill);
        cursor.seek_to_first().expect("the table is whole");
        while cursor.is_valid() {
            cursor.next().expect("the table is whole");
        }
        cache.used()
    };
    assert_eq!(scan(false), 0, "nothing should be in the cache");
    assert!(scan(true) > 0, "every block should be in the cache");
    let hits = cache.hits();
    scan(false);
    let blocks = table.properties().data_blocks;
    assert_eq!(
        cache.hits() - hits,
        blocks,
        "what is in the cache is used all the same"
    );
}

#[test]
fn blocks_that_are_asked_for_again_survive_a_long_scan() {
    let (fs, cache) = (MemFs::new(), Arc::new(Cache::new(64 << 10)));
    let options = Options::default()
        .block_size(1_000)
        .compression(Compression::None);
    write(fs.clone(), 7, options, &catalogue(20_000)).expect("this disk is fine");
    let table = open_with(fs, 7, &cache, &ReadOptions::default()).expect("the table is whole");
    let hot: BTreeSet<u64> = (0..10).map(|n| n * 1_900).collect();
    for _ in 0..4 {
        for n in &hot {
            get(&table, article(*n).as_bytes(), 10);
        }
    }
    let mut cursor = table.cursor();
    cursor.seek_to_first().expect("the table is whole");
    while cursor.is_valid() {
        cursor.next().expect("the table is whole");
    }
    let stayed = hot.iter().filter(|n| {
        let touched = touched(&table, article(**n).as_bytes(), 10);
        touched
            .last()
            .is_some_and(|touch| touch.from == Origin::Cache)
    });
    let stayed = stayed.count();
    assert!(
        stayed >= 7,
        "10 blocks were in use, then a scan went through a table six times the size of the \
         cache; {stayed} of them are still there"
    );
}

#[test]
fn a_cursor_can_own_its_table_and_outlive_everything_else() {
    let table = Arc::new(table(small_parts(), &catalogue(30)));
    let mut cursor = Cursor::new(Arc::clone(&table));
    drop(table);
    cursor.seek_to_first().expect("the table is whole");
    let mut count = 0;
    while cursor.is_valid() {
        count += 1;
        cursor.next().expect("the table is whole");
    }
    assert_eq!(count, entries(&catalogue(30)).len());
}

type SourceMove<S> = fn(&mut S, InternalKey<'_>) -> Result<(), <S as Source>::Error>;

/// What a source is at after each of its moves, by way of the trait that a merge uses.
fn as_source<S: Source>(source: &mut S, target: InternalKey<'_>) -> Vec<Option<Entry>>
where
    S::Error: std::fmt::Debug,
{
    let moves: [SourceMove<S>; 6] = [
        |source, _| source.seek_to_last(),
        |source, _| source.prev(),
        |source, target| source.seek(target),
        |source, target| source.seek_for_prev(target),
        |source, _| source.seek_to_first(),
        |source, _| source.next(),
    ];
    let step = |step: SourceMove<S>| {
        step(source, target).expect("the table is whole");
        let valid = source.is_valid();
        valid.then(|| Entry::new(source.key(), source.value()))
    };
    moves.map(step).to_vec()
}

#[test]
fn for_a_merge_the_operation_of_a_target_plays_no_part() {
    let table = table(small_parts(), &catalogue(30));
    for entry in entries(&catalogue(30)) {
        for operation in [Operation::Put, Operation::Delete] {
            let target = InternalKey {
                operation,
                ..entry.key()
            };
            let found = as_source(&mut table.cursor(), target);
            let expected = [Some(entry.clone()), Some(entry.clone())];
            assert_eq!(found[2..4], expected, "{operation:?}: seek, seek_for_prev");
        }
    }
}

#[test]
fn a_search_backwards_reads_no_block_behind_the_one_that_it_ends_in() {
    let (fs, cache) = (MemFs::new(), Arc::new(Cache::new(1 << 20)));
    let mut versions = Versions::new();
    for n in 0..60 {
        let mut batch = Batch::new();
        // So far from the next that there are separators behind all versions of it.
        batch.put(support::article(100 * n), "a price");
        versions.write(Timestamp(10), &batch);
    }
    write(fs.clone(), 7, small_blocks(), &versions).expect("this disk is fine");
    for entry in entries(&versions) {
        let table = open_with(fs.clone(), 7, &cache, &ReadOptions::default());
        let table = table.expect("the table is whole");
        let before = cache.misses();
        let mut cursor = table.cursor();
        let target = put(entry.key().user_key, 0);
        cursor.seek_for_prev(target).expect("the table is whole");
        assert_eq!(current(&cursor).as_ref(), Some(&entry));
        assert_eq!(cache.misses() - before, 1, "for {entry:?}");
    }
}

#[test]
fn a_merge_sees_what_a_cursor_sees() {
    let table = table(small_parts(), &catalogue(30));
    let all = entries(&catalogue(30));
    let mut target = all[9].key();
    target.timestamp = Timestamp(target.timestamp.0 + 1);
    assert!(!Source::is_valid(&table.cursor()), "at no entry yet");
    let last = all.len() - 1;
    let expected = [last, last - 1, 9, 8, 0, 1].map(|at| Some(all[at].clone()));
    assert_eq!(
        as_source(&mut table.cursor(), target),
        expected,
        "yours and expected: the same moves through `Source`"
    );
}

#[test]
fn many_threads_read_one_table() {
    let versions = catalogue(200);
    let table = table(small_parts(), &versions);
    let all = entries(&versions);
    std::thread::scope(|scope| {
        for start in 0..4_u64 {
            let (table, versions, all) = (&table, &versions, &all);
            scope.spawn(move || {
                for n in (start..200).step_by(3) {
                    let key = article(n);
                    let yours = get(table, key.as_bytes(), 15);
                    assert_eq!(yours, expected(versions, key.as_bytes(), 15), "{key}");
                }
                assert_eq!(&forward(table).expect("the table is whole"), all);
            });
        }
    });
}

#[test]
fn the_smallest_and_largest_key_say_which_ranges_a_table_can_have_a_part_in() {
    let table = table(small_blocks(), &catalogue(30));
    let cases = [
        ("a", "b", true),
        ("article-00029", "z", true),
        ("a", "article-00000", true),
        ("article-00029x", "z", false),
        ("a", "article-0000", false),
    ];
    for (first, last, expected) in cases {
        let yours = table.overlaps(first.as_bytes(), last.as_bytes());
        assert_eq!(yours, expected, "from {first} to {last}");
    }
    let empty = support::table(small_blocks(), &Versions::new());
    assert!(
        !empty.overlaps(b"", b"z"),
        "an empty table has a part in none"
    );
    let found = forward(&table).expect("the table is whole");
    let key = |entry: &Entry| -> Vec<u8> { entry.user_key.clone() };
    let properties = table.properties();
    assert_eq!(
        found.first().map(key).as_ref(),
        Some(&properties.smallest_key)
    );
    assert_eq!(
        found.last().map(key).as_ref(),
        Some(&properties.largest_key)
    );
}

/// Targets are internal keys, so that a scan can begin at any version.
#[test]
fn a_seek_to_a_key_as_of_a_time_finds_its_newest_visible_version() {
    let versions = catalogue(60);
    let table = table(small_parts(), &versions);
    let mut cursor = table.cursor();
    for n in 0..60 {
        for as_of in [10, 15, 20, 25, 30] {
            let key = article(n);
            let target: InternalKey<'_> = put(key.as_bytes(), as_of);
            cursor.seek(target).expect("the table is whole");
            let found = versions.find(&key, Timestamp(as_of));
            let expected = found.map(|(key, value)| Entry::new(key, value));
            assert_eq!(
                current(&cursor),
                expected,
                "{key} as of {as_of}; left is yours"
            );
        }
    }
}
