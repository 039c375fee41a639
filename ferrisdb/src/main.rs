//! The command-line program of FerrisDB: reads, writes, checks and measures a database.
//!
//! ```text
//!   cli.rs        what can be typed            data.rs     get, put, del, scan
//!   directory.rs  is there a database?         bulk.rs     load, dump
//!   failure.rs    sentences, exit codes        upkeep.rs   stats, verify, checkpoint, compact
//!   output.rs     output that `head` may cut   inspect.rs  inspect
//!   text.rs       bytes as text                bench.rs    bench
//!   progress.rs   bars
//!   temporary.rs  a directory that goes
//! ```
//!
//! Exit codes: 0 it was done; 1 the answer is no (there is no such key, something is damaged); 2 it
//! could not be done.

#![forbid(unsafe_code)]

mod bench;
mod bulk;
mod cli;
mod data;
mod directory;
mod failure;
mod inspect;
mod output;
mod progress;
mod temporary;
mod text;
mod upkeep;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(&cli::command().get_matches()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
