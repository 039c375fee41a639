//! The first experiment: an article that is no longer sold.

use tutorial_merge::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::gone(directory.path())?);
    Ok(())
}
