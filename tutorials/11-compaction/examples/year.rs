//! The problem: a file an evening, and nothing is ever merged.

use tutorial_compaction::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::year(directory.path())?);
    Ok(())
}
