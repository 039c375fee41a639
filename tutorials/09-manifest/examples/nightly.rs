//! The first experiment: the nightly job is killed.

use tutorial_manifest::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::killed(directory.path())?);
    Ok(())
}
