//! The command-line program of FerrisDB: reads, writes, checks and measures a database.
//!
//! ```text
//!   cli.rs       what can be typed          data.rs     get, put, del, scan
//!   failure.rs   sentences, exit codes      bulk.rs     load, dump
//!   text.rs      bytes as text              upkeep.rs   stats, verify, checkpoint, compact
//!   progress.rs  bars                       inspect.rs  inspect, bench.rs bench
//!   output.rs    what may be cut by `head`
//! ```
//!
//! Exit codes: 0 it was done; 1 the answer is no (there is no such key, something is damaged); 2 it
//! could not be done.

#![forbid(unsafe_code)]

mod bench;
mod bulk;
mod cli;
mod data;
mod failure;
mod inspect;
mod output;
mod progress;
mod text;
mod upkeep;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(&cli::command().get_matches()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
