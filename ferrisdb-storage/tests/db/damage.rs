//! Bytes rot, and files are cut short: a prefix of what was written, or an error, and never a
//! wrong answer.

use std::path::PathBuf;

use ferrisdb_storage::{Batch, Error};
use ferrisdb_testkit::{FaultyFs, MemFs, Timeline};

use crate::common::{contents, open, open_disk};

/// A database of a few small batches in several segments, all of it durable.
fn small(close: bool) -> (MemFs, Timeline) {
    let fs = FaultyFs::new(MemFs::new());
    let mut timeline = Timeline::new();
    let db = open(&fs).expect("an empty disk");
    for n in 0..5_u8 {
        let mut batch = Batch::new();
        batch.put("n", [n]);
        batch.put([b'k', n], "some value");
        batch.delete([b'k', n.wrapping_sub(1)]);
        timeline.commit(&batch);
        db.write(&batch).expect("writes work");
    }
    if close {
        db.close().expect("closing works");
    }
    (fs.disk().fork(), timeline)
}

/// The log's files.
fn segments(disk: &MemFs) -> Vec<PathBuf> {
    let files = disk.files().into_iter();
    let segments: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "wal"))
        .collect();
    assert!(segments.len() > 1, "several segments: {disk:?}");
    segments
}

/// What a damaged database turned out as.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// It opened, with so many commits.
    Prefix(usize),
    Refused,
}

fn outcome(disk: &MemFs, timeline: &Timeline, what: &str) -> Outcome {
    match open_disk(disk) {
        Ok(db) => {
            let found = timeline.check(&contents(&db));
            Outcome::Prefix(found.unwrap_or_else(|error| panic!("{what}: {error}")))
        }
        Err(Error::Corruption(_) | Error::Log(_)) => Outcome::Refused,
        Err(error) => panic!("{what}: an error of another kind: {error}"),
    }
}

#[test]
fn every_flipped_bit_of_a_closed_database_is_noticed() {
    let (disk, timeline) = small(true);
    for path in segments(&disk) {
        let size = disk.read(&path).expect("listed").len();
        for offset in 0..size as u64 {
            for bit in 0..8 {
                let what = format!("bit {bit} of byte {offset} of {}", path.display());
                let rotten = disk.fork();
                rotten.flip_bit(&path, offset, bit).expect("in the file");
                match outcome(&rotten, &timeline, &what) {
                    Outcome::Refused => {}
                    // What follows the last batch is the mark that closing wrote.
                    Outcome::Prefix(commits) => assert_eq!(
                        commits,
                        timeline.commits(),
                        "{what}: batches are missing without a word"
                    ),
                }
            }
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
    for close in [false, true] {
        let (disk, timeline) = small(close);
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
                    assert_eq!(
                        outcome,
                        Outcome::Refused,
                        "{what}: later segments vouch for it"
                    );
                }
            }
        }
    }
}

#[test]
fn a_missing_segment_is_noticed() {
    let (disk, timeline) = small(true);
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
    let (disk, _) = small(true);
    let path = segments(&disk).remove(0);
    disk.flip_bit(&path, 100, 3).expect("in the file");
    let error = open_disk(&disk).expect_err("damaged");
    let message = error.to_string();
    assert!(
        message.contains("0000000001.wal") && message.contains("offset 64"),
        "the first record begins at offset 64: {message}"
    );
}
