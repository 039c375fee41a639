//! Opening a manifest, committing edits, and opening it again.

use ferrisdb_core::Timestamp;
use ferrisdb_testkit::MemFs;

use support::{commit_flush, numbers, open, read};

mod support;

#[test]
fn what_was_committed_is_found_again() {
    let fs = MemFs::new();
    let (mut manifest, recovery) = open(fs.clone()).expect("there is nothing yet");
    assert_eq!(recovery.manifest, None, "there was no database");
    let first = commit_flush(&mut manifest, 10).expect("nothing fails");
    let second = commit_flush(&mut manifest, 20).expect("nothing fails");
    drop(manifest);
    let found = read(&fs).expect("nothing is damaged").version;
    assert_eq!(numbers(&found), [[second, first]], "the newest comes first");
    assert_eq!(found.log_start(), 2000);
    assert_eq!(found.last_timestamp(), Timestamp(20));
    let (manifest, recovery) = open(fs).expect("nothing is damaged");
    assert_eq!(recovery.torn_tail, None);
    assert_eq!(numbers(&manifest.current()), [[second, first]]);
}
