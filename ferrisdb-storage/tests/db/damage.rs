//! Bytes rot, and files are cut short: a prefix of what was written, or an error, and never a
//! wrong answer.

use std::path::PathBuf;

use ferrisdb_storage::{Batch, Db, Error, SyncMode};
use ferrisdb_testkit::{FaultyFs, MemFs, Timeline};

use crate::common::{DIRECTORY, open_disk, options, try_contents};

/// A database of a few small batches in several segments, all of it durable.
fn small(close: bool) -> (MemFs, Timeline) {
    let fs = FaultyFs::new(MemFs::new());
    let mut timeline = Timeline::new();
    // If it is not closed, nothing but the log has the batches.
    let options = options(&fs, SyncMode::Data).memtable_size(1 << 20);
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    for n in 0..5_u8 {
        let mut batch = Batch::new();
        batch.put("n", [n]);
        batch.put([b'k', n], "some value");
        batch.delete([b'k', n.wrapping_sub(1)]);
        timeline.commit(&batch);
        db.write(&batch).expect("writes work");
    }
    if close {
        // So that there is a file of each kind.
        db.flush().expect("flushes work");
        db.close().expect("closing works");
    }
    (fs.disk().fork(), timeline)
}

/// The files with an extension.
fn with_extension(disk: &MemFs, extension: &str) -> Vec<PathBuf> {
    let files = disk.files().into_iter();
    files
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}

/// The log's files.
fn segments(disk: &MemFs) -> Vec<PathBuf> {
    let segments = with_extension(disk, "wal");
    assert!(segments.len() > 1, "several segments: {disk:?}");
    segments
}

/// Every file that the database cannot do without.
fn all_files(disk: &MemFs) -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from(DIRECTORY).join("CURRENT")];
    for extension in ["wal", "sst", "manifest"] {
        let found = with_extension(disk, extension);
        assert!(!found.is_empty(), "there is one of each kind: {disk:?}");
        files.extend(found);
    }
    files
}

/// What a damaged database turned out as.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// It opened and can be read, with so many commits.
    Prefix(usize),
    /// Opening it, or reading what is damaged, is an error.
    Refused,
}

fn outcome(disk: &MemFs, timeline: &Timeline, what: &str) -> Outcome {
    match open_disk(disk).and_then(|db| try_contents(&db)) {
        Ok(contents) => {
            let found = timeline.check(&contents);
            Outcome::Prefix(found.unwrap_or_else(|error| panic!("{what}: {error}")))
        }
        Err(error) => {
            let is_damage = matches!(
                error,
                Error::Corruption(_) | Error::Log(_) | Error::Table(_) | Error::Manifest(_)
            );
            assert!(is_damage, "{what}: an error of another kind: {error:?}");
            Outcome::Refused
        }
    }
}

/// The same where nothing may be missing.
fn is_refused_or_whole(disk: &MemFs, timeline: &Timeline, what: &str) -> Outcome {
    let outcome = outcome(disk, timeline, what);
    if let Outcome::Prefix(commits) = outcome {
        let all = timeline.commits();
        assert_eq!(commits, all, "{what}: batches are missing without a word");
    }
    outcome
}

#[test]
fn every_flipped_bit_of_a_closed_database_is_noticed_or_harmless() {
    let (disk, timeline) = small(true);
    let mut refused = 0;
    for path in all_files(&disk) {
        let size = disk.read(&path).expect("listed").len();
        for offset in 0..size as u64 {
            for bit in 0..8 {
                let what = format!("bit {bit} of byte {offset} of {}", path.display());
                let rotten = disk.fork();
                rotten.flip_bit(&path, offset, bit).expect("in the file");
                if is_refused_or_whole(&rotten, &timeline, &what) == Outcome::Refused {
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 1000, "most bytes are under a checksum: {refused}");
}

#[test]
fn every_byte_of_a_closed_database_replaced_is_noticed_or_harmless() {
    let (disk, timeline) = small(true);
    for path in all_files(&disk) {
        let bytes = disk.read(&path).expect("listed");
        for offset in 0..bytes.len() {
            for other in [0x00, 0xff] {
                let what = format!("byte {offset} of {} is {other}", path.display());
                let mut bytes = bytes.clone();
                bytes[offset] = other;
                let rotten = disk.fork();
                rotten.write(&path, bytes).expect("it is there");
                is_refused_or_whole(&rotten, &timeline, &what);
            }
        }
    }
}

#[test]
fn every_file_of_a_closed_database_cut_anywhere_is_noticed_or_harmless() {
    let (disk, timeline) = small(true);
    for path in all_files(&disk) {
        let bytes = disk.read(&path).expect("listed");
        for size in 0..bytes.len() {
            let what = format!("{} cut at {size} bytes", path.display());
            let cut = disk.fork();
            cut.write(&path, &bytes[..size]).expect("it is there");
            let outcome = is_refused_or_whole(&cut, &timeline, &what);
            if path.extension().is_none_or(|extension| extension == "sst") {
                assert_eq!(outcome, Outcome::Refused, "{what}");
            }
        }
    }
}

#[test]
fn a_file_that_is_missing_or_another_one_is_noticed() {
    let (disk, timeline) = small(true);
    for path in all_files(&disk) {
        let what = format!("without {}", path.display());
        let without = disk.fork();
        let fs: &dyn ferrisdb_core::FileSystem = &without;
        fs.remove(&path).expect("it is there");
        assert_eq!(
            outcome(&without, &timeline, &what),
            Outcome::Refused,
            "{what}"
        );

        for other in all_files(&disk).iter().filter(|other| **other != path) {
            let what = format!("{} in the place of {}", other.display(), path.display());
            let swapped = disk.fork();
            let bytes = disk.read(other).expect("listed");
            swapped.write(&path, bytes).expect("it is there");
            assert_eq!(
                outcome(&swapped, &timeline, &what),
                Outcome::Refused,
                "{what}"
            );
        }
    }
}

#[test]
fn every_flipped_bit_of_a_killed_database_costs_its_end_at_most() {
    let (disk, timeline) = small(false);
    let mut refused = 0;
    for path in segments(&disk) {
        let size = disk.read(&path).expect("listed").len();
        for offset in 0..size as u64 {
            let bit = u8::try_from(offset % 8).expect("below 8");
            let what = format!("bit {bit} of byte {offset} of {}", path.display());
            let rotten = disk.fork();
            rotten.flip_bit(&path, offset, bit).expect("in the file");
            match outcome(&rotten, &timeline, &what) {
                Outcome::Refused => refused += 1,
                Outcome::Prefix(commits) => assert!(
                    commits + 1 >= timeline.commits(),
                    "{what}: the marks vouch for all batches but the last, yet {commits} of {} \
                     were found",
                    timeline.commits()
                ),
            }
        }
    }
    assert!(refused > 100, "most of the log is below a mark: {refused}");
}

#[test]
fn a_log_cut_at_any_byte_gives_a_prefix_or_an_error() {
    let (disk, timeline) = small(false);
    let segments = segments(&disk);
    for (index, path) in segments.iter().enumerate() {
        let bytes = disk.read(path).expect("listed");
        for size in 0..bytes.len() {
            let what = format!("{} cut at {size} bytes", path.display());
            let cut = disk.fork();
            cut.write(path, &bytes[..size]).expect("it is there");
            let is_last = index + 1 == segments.len();
            let outcome = outcome(&cut, &timeline, &what);
            if !is_last {
                let expected = Outcome::Refused;
                assert_eq!(outcome, expected, "{what}: later segments vouch for it");
            }
        }
    }
}

#[test]
fn a_missing_segment_is_noticed() {
    let (disk, timeline) = small(false);
    let segments = segments(&disk);
    for path in &segments[..segments.len() - 1] {
        let without = disk.fork();
        let fs: &dyn ferrisdb_core::FileSystem = &without;
        fs.remove(path).expect("it is there");
        let what = format!("without {}", path.display());
        assert_eq!(
            outcome(&without, &timeline, &what),
            Outcome::Refused,
            "{what}"
        );
    }
}

#[test]
fn the_error_says_where_the_damage_is() {
    let (disk, _) = small(false);
    let path = segments(&disk).remove(0);
    disk.flip_bit(&path, 100, 3).expect("in the file");
    let error = open_disk(&disk).expect_err("damaged");
    let message = error.to_string();
    assert!(
        message.contains("0000000001.wal") && message.contains("offset 64"),
        "the first record begins at offset 64: {message}"
    );
}
