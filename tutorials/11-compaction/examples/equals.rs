//! The second experiment: only what is about equally large is merged.

use tutorial_compaction::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::equals(directory.path())?);
    Ok(())
}
