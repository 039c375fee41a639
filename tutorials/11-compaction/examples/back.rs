//! The third experiment: a deleted article comes back.

use tutorial_compaction::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::back(directory.path())?);
    Ok(())
}
