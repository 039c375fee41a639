//! The problem: a list of files that is written half-way.

use tutorial_manifest::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::half(directory.path())?);
    Ok(())
}
