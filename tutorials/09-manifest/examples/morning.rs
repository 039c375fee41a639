//! The third experiment: the day after a crash.

use tutorial_manifest::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::morning(directory.path())?);
    Ok(())
}
