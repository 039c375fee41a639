//! A small database of several files, of which bytes here and there are replaced by others: it
//! is read, or an error says what is wrong. Nothing panics.
#![no_main]

use std::sync::{Arc, OnceLock};

use ferrisdb_fuzz::{DIRECTORY, take};
use ferrisdb_storage::{Db, Options};
use ferrisdb_testkit::{AtOnce, FaultyFs, MemFs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let disk = small().fork();
    let files = disk.files();
    let mut input = input;
    while !input.is_empty() {
        let [file, at, at_high, byte] = take(&mut input);
        let path = &files[usize::from(file) % files.len()];
        let mut bytes = disk.read(path).expect("it is in memory");
        let at = usize::from(u16::from_le_bytes([at, at_high]));
        if at < bytes.len() {
            bytes[at] = byte;
        } else {
            bytes.truncate(at % (bytes.len() + 1));
        }
        disk.write(path, bytes).expect("it is in memory");
    }
    let Ok(db) = Db::open_with(DIRECTORY, options(&FaultyFs::new(disk))) else {
        return;
    };
    for entry in db.scan_all() {
        let Ok((key, _)) = entry else {
            break;
        };
        let _ = db.get(key);
    }
    let _ = db.verify(|_| ());
});

fn options(fs: &FaultyFs) -> Options {
    Options::default()
        .environment(fs.environment())
        .background(Arc::new(AtOnce))
        .memtable_size(1 << 12)
        .segment_size_max(1 << 12)
        .recycle_log(false)
}

/// A database with two tables and something in its log.
fn small() -> &'static MemFs {
    static SMALL: OnceLock<MemFs> = OnceLock::new();
    SMALL.get_or_init(|| {
        let fs = FaultyFs::new(MemFs::new());
        let db = Db::open_with(DIRECTORY, options(&fs)).expect("an empty disk");
        for round in 0..3_u8 {
            for n in 0..20_u8 {
                db.put([b'k', n], [round; 20]).expect("the disk works");
            }
            if round < 2 {
                db.flush().expect("the disk works");
            }
        }
        db.delete([b'k', 3]).expect("the disk works");
        drop(db);
        fs.disk().fork()
    })
}
