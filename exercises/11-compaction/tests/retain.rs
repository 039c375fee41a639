//! What is kept of the versions of a key.

mod support;

use std::ops::RangeInclusive;

use ferrisdb_compaction::{Retain, Retained};
use ferrisdb_core::{InternalKey, Operation, OwnedKey, Source, Timestamp};

use support::disk::brief;
use support::{delete, put};

/// Some versions in order, as a source.
struct List {
    versions: Vec<OwnedKey>,
    at: Option<usize>,
    /// The move that fails, counted from 1; 0 for none.
    fails_at: u32,
    moves: u32,
}

impl List {
    fn new(versions: Vec<OwnedKey>) -> Self {
        Self {
            versions,
            at: None,
            fails_at: 0,
            moves: 0,
        }
    }

    fn go_to(&mut self, at: Option<usize>) -> Result<(), &'static str> {
        self.moves += 1;
        self.at = at.filter(|&at| at < self.versions.len());
        if self.moves == self.fails_at {
            self.at = None;
            return Err("the disk is gone");
        }
        Ok(())
    }
}

impl Source for List {
    type Error = &'static str;

    fn seek_to_first(&mut self) -> Result<(), Self::Error> {
        self.go_to(Some(0))
    }

    fn seek_to_last(&mut self) -> Result<(), Self::Error> {
        Err("a compaction has no reason to go to the last version")
    }

    fn seek(&mut self, _: InternalKey<'_>) -> Result<(), Self::Error> {
        Err("a compaction has no reason to seek")
    }

    fn seek_for_prev(&mut self, _: InternalKey<'_>) -> Result<(), Self::Error> {
        Err("a compaction has no reason to seek")
    }

    fn next(&mut self) -> Result<(), Self::Error> {
        self.go_to(self.at.map(|at| at + 1))
    }

    fn prev(&mut self) -> Result<(), Self::Error> {
        Err("a compaction has no reason to go back")
    }

    fn is_valid(&self) -> bool {
        self.at.is_some()
    }

    fn key(&self) -> InternalKey<'_> {
        self.versions[self.at.expect("the source is at a version")].as_key()
    }

    fn value(&self) -> &[u8] {
        b"value"
    }
}

/// What is kept of some versions, and the counts.
fn kept(
    versions: &[OwnedKey],
    watermark: u64,
    underneath: impl FnMut(&[u8]) -> bool,
) -> (Vec<OwnedKey>, Retained) {
    let list = List::new(versions.to_vec());
    let mut retain = Retain::new(list, Timestamp(watermark), underneath);
    let mut kept = Vec::new();
    retain.seek_to_first().expect("this source never fails");
    while retain.is_valid() {
        assert_eq!(retain.value(), b"value", "the value belongs to the version");
        kept.push(retain.key().into());
        retain.next().expect("this source never fails");
    }
    (kept, retain.counts())
}

fn owned(versions: &[InternalKey<'_>]) -> Vec<OwnedKey> {
    versions.iter().map(|&key| key.into()).collect()
}

fn text(versions: &[OwnedKey]) -> String {
    let texts = versions.iter().map(|key| brief(key.as_key()));
    texts.collect::<Vec<_>>().join(" ")
}

/// Fails unless exactly these versions are kept.
fn check(versions: &[InternalKey<'_>], watermark: u64, is_underneath: bool, expected: &str) {
    let versions = owned(versions);
    let (kept, _) = kept(&versions, watermark, |_| is_underneath);
    assert_eq!(
        text(&kept),
        expected,
        "of [{}] with the watermark at {watermark}, where {} lie underneath, yours (left) are \
         kept, expected (right)",
        text(&versions),
        if is_underneath {
            "older versions may"
        } else {
            "no older versions can"
        }
    );
}

#[test]
fn versions_above_the_watermark_are_all_kept() {
    let versions = [put(b"a", 9), delete(b"a", 8), put(b"a", 7), delete(b"b", 8)];
    check(&versions, 6, false, "a@9 a@8x a@7 b@8x");
    check(&versions, 6, true, "a@9 a@8x a@7 b@8x");
}

#[test]
fn of_the_versions_up_to_the_watermark_the_newest_is_kept() {
    let versions = [put(b"a", 9), put(b"a", 5), put(b"a", 4), put(b"a", 1)];
    check(&versions, 6, false, "a@9 a@5");
}

#[test]
fn a_version_exactly_at_the_watermark_hides_the_older_ones() {
    let versions = [put(b"a", 6), put(b"a", 5)];
    check(&versions, 6, false, "a@6");
    check(&versions, 5, false, "a@6 a@5");
}

#[test]
fn a_tombstone_goes_where_nothing_lies_underneath() {
    check(&[delete(b"a", 5)], 5, false, "");
    check(&[delete(b"a", 5)], 4, false, "a@5x");
}

#[test]
fn a_tombstone_stays_where_an_older_version_may_lie_underneath() {
    check(&[delete(b"a", 5), put(b"a", 3)], 6, true, "a@5x");
}

#[test]
fn what_a_dropped_tombstone_deleted_is_dropped_with_it() {
    let versions = [delete(b"a", 5), put(b"a", 3), put(b"a", 2), put(b"b", 1)];
    check(&versions, 6, false, "b@1");
}

#[test]
fn a_tombstone_above_the_watermark_does_not_hide_what_a_snapshot_sees() {
    let versions = [delete(b"a", 8), put(b"a", 3), put(b"a", 2)];
    check(&versions, 6, false, "a@8x a@3");
}

#[test]
fn a_tombstone_under_a_newer_value_goes_like_any_older_version() {
    let versions = [put(b"a", 6), delete(b"a", 5), put(b"a", 3)];
    check(&versions, 7, true, "a@6");
}

#[test]
fn the_next_key_begins_anew() {
    let versions = [
        put(b"a", 5),
        put(b"a", 4),
        put(b"ab", 3),
        put(b"b", 2),
        put(b"b", 1),
    ];
    check(&versions, 6, false, "a@5 ab@3 b@2");
}

#[test]
fn the_empty_key_is_a_key_like_any_other() {
    let versions = [put(b"", 5), put(b"", 4), delete(b"a", 3)];
    check(&versions, 6, false, "@5");
    check(&[delete(b"", 5), put(b"", 4)], 6, false, "");
}

#[test]
fn what_lies_underneath_is_asked_only_where_it_matters_and_in_order() {
    let versions = owned(&[
        delete(b"a", 9),
        delete(b"a", 5),
        put(b"a", 4),
        put(b"b", 5),
        delete(b"b", 4),
        delete(b"c", 3),
        delete(b"c", 2),
        delete(b"d", 7),
    ]);
    let mut asked = Vec::new();
    kept(&versions, 6, |key| {
        asked.push(String::from_utf8_lossy(key).into_owned());
        true
    });
    assert_eq!(
        asked,
        ["a", "c"],
        "it costs a search through the levels, and only a tombstone that would be dropped \
         otherwise needs the answer (yours left, expected right)"
    );
}

#[test]
fn it_is_counted_what_became_of_each_version() {
    let versions = owned(&[
        put(b"a", 9),
        put(b"a", 5),
        delete(b"a", 4),
        delete(b"b", 3),
        put(b"b", 2),
        put(b"b", 1),
        delete(b"c", 8),
    ]);
    let (_, counts) = kept(&versions, 6, |_| false);
    let expected = (3, 3, 1);
    assert_eq!(
        (counts.kept, counts.shadowed, counts.tombstones),
        expected,
        "kept, shadowed, tombstones (yours left, expected right)"
    );
    let before = Retain::new(List::new(versions), Timestamp(6), |_: &[u8]| false);
    let shown = format!("{before:?}");
    assert!(
        shown.contains("watermark: Timestamp(6)") && shown.contains("kept: 0"),
        "a log line should say what it is at: {shown}"
    );
}

#[test]
fn an_error_of_the_source_is_passed_on() {
    let versions = owned(&[put(b"a", 5), put(b"a", 4), put(b"a", 3), put(b"b", 2)]);
    for fails_at in 1..=5 {
        let mut list = List::new(versions.clone());
        list.fails_at = fails_at;
        let mut retain = Retain::new(list, Timestamp(9), |_: &[u8]| false);
        let mut result = retain.seek_to_first();
        while result.is_ok() && retain.is_valid() {
            result = retain.next();
        }
        assert_eq!(
            result,
            Err("the disk is gone"),
            "move {fails_at} of the source failed, so the versions behind it are unknown; a \
             compaction that takes this for the end throws them away"
        );
    }
}

/// What a reader as of some time sees of one key, if these are its versions, newest first.
fn seen(versions: &[OwnedKey], as_of: u64) -> Option<u64> {
    let visible = versions.iter().find(|key| key.timestamp.0 <= as_of);
    visible
        .filter(|key| key.operation == Operation::Put)
        .map(|key| key.timestamp.0)
}

/// All histories of a key with timestamps in a range: at each time a put, a delete, or nothing.
fn histories(times: RangeInclusive<u64>) -> Vec<Vec<OwnedKey>> {
    times.fold(vec![Vec::new()], |histories, time| {
        let longer = histories.into_iter().flat_map(|history: Vec<OwnedKey>| {
            [None, Some(put(b"k", time)), Some(delete(b"k", time))].map(|version| {
                let version = version.map(OwnedKey::from);
                version.into_iter().chain(history.clone()).collect()
            })
        });
        longer.collect()
    })
}

#[test]
fn no_reader_from_the_watermark_on_sees_a_difference_in_any_small_universe() {
    for history in histories(1..=5) {
        // The oldest of its versions lie underneath, in a table that is not read.
        for cut in 0..=history.len() {
            let (read, beneath) = history.split_at(cut);
            for watermark in 0..=6 {
                let (kept, _) = kept(read, watermark, |_| !beneath.is_empty());
                let after: Vec<_> = kept.iter().chain(beneath).cloned().collect();
                for as_of in watermark..=6 {
                    assert_eq!(
                        seen(&after, as_of),
                        seen(&history, as_of),
                        "of [{}] above [{}], with the watermark at {watermark}, [{}] was kept: a \
                         reader as of @{as_of} sees (left) what it did not see before (right)",
                        text(read),
                        text(beneath),
                        text(&kept)
                    );
                }
            }
        }
    }
}

#[test]
fn nothing_is_kept_that_no_reader_can_tell_from_its_absence() {
    for history in histories(1..=5) {
        for watermark in 0..=6 {
            for is_underneath in [false, true] {
                let (kept, _) = kept(&history, watermark, |_| is_underneath);
                let beneath = is_underneath.then(|| put(b"k", 0).into());
                for without in 0..kept.len() {
                    let mut fewer = kept.clone();
                    let version = fewer.remove(without);
                    let before = kept.iter().chain(&beneath).cloned().collect::<Vec<_>>();
                    let after = fewer.iter().chain(&beneath).cloned().collect::<Vec<_>>();
                    let is_needed = version.timestamp.0 > watermark
                        || (watermark..=6).any(|as_of| seen(&before, as_of) != seen(&after, as_of));
                    assert!(
                        is_needed,
                        "of [{}] with the watermark at {watermark}, yours kept [{}]; nobody needs {}",
                        text(&history),
                        text(&kept),
                        brief(version.as_key())
                    );
                }
            }
        }
    }
}
