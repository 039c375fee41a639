//! The first experiment: a flush is killed after each of its tasks.

use tutorial_engine::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::killed(directory.path())?);
    Ok(())
}
