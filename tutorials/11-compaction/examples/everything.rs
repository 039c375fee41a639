//! The first experiment: everything is merged, every evening.

use tutorial_compaction::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::everything(directory.path())?);
    Ok(())
}
