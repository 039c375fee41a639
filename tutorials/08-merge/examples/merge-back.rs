//! The third experiment: one page back.

use tutorial_merge::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::back(directory.path())?);
    Ok(())
}
