//! FerrisDB and other stores, measured side by side in one run.
//!
//! ```text
//!   compare ──▶ for each round, workload and store: a process of its own ──▶ report
//!                                                                              │
//!                                        ratios, JSON, one SVG ◀── median ◀────┘
//! ```
//!
//! Every store gets the same keys and values in the same order, the same sizes of cache and
//! memtable, LZ4 where it compresses, and the same durability: without `--sync` a write survives the end of
//! the process, with it a power cut. (redb cannot do the former: without `--sync` its writes may be gone
//! when the process ends before the next synced one.)
//!
//! For writes FerrisDB and RocksDB may hold three memtables in memory, fjall five, which cannot be
//! changed, and redb holds them in its cache, which is larger by one memtable. FerrisDB, RocksDB and
//! fjall have two threads for background work, redb has none.
//!
//! `close` is how long a store takes to close: after a workload, and for `open` before the opening. What
//! one does then, another leaves for the next opening, so only both together can be compared: FerrisDB
//! writes out a memtable of more than 256 KiB, fjall and RocksDB leave it in their logs.
//!
//! A process of its own for each measurement
//! means that memory is that of one store, and that one workload leaves nothing behind in memory for
//! the next. Rounds go through the stores in turn, forth and back, so that what else the machine does
//! hits all of them alike.
//!
//! The other stores are compiled only where they are asked for:
//! `cargo run --release -p ferrisdb-peers --features fjall,redb,rocksdb -- --num 1000000`. Building
//! `rocksdb` takes a C++ compiler, libclang and up to half an hour.

#![forbid(unsafe_code)]

mod cli;
mod compare;
mod engine;
#[cfg(feature = "fjall")]
mod fjall;
mod measure;
#[cfg(feature = "redb")]
mod redb;
#[cfg(feature = "rocksdb")]
mod rocksdb;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(&cli::command().get_matches()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("error: {sentence}");
            ExitCode::from(2)
        }
    }
}
