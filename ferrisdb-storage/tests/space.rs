//! What removed files leave behind. Alone in its program, since what other threads read keeps memory.
#![cfg(target_os = "linux")]

use std::fs;

use ferrisdb_storage::compaction::{SizeTiered, Strategy};
use ferrisdb_storage::{Db, Options, SyncMode};

/// The files that are open and have no name any more.
fn removed() -> Vec<String> {
    let open = fs::read_dir("/proc/self/fd").expect("Linux lists them");
    let targets = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let names = targets.map(|target| target.to_string_lossy().into_owned());
    names
        .filter(|name| name.contains(".sst") && name.ends_with("(deleted)"))
        .collect()
}

#[test]
fn the_space_of_tables_that_were_removed_is_free_at_once() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let options = Options::default()
        .sync_mode(SyncMode::None)
        .compaction(Strategy::SizeTiered(SizeTiered::default()));
    let db = Db::open_with(directory.path(), options).expect("an empty directory");
    for round in 0..5_u8 {
        for n in 0..100_u8 {
            db.put([n], [round; 100]).expect("writes work");
        }
        db.flush().expect("flushes work");
    }
    assert_eq!(db.version().tables().count(), 5);
    db.compact_all().expect("compactions work");
    assert_eq!(db.version().tables().count(), 1);
    let open = removed();
    assert!(open.is_empty(), "{open:?}");
}
