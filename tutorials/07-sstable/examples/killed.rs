//! The second experiment: the nightly export is killed half-way.

use tutorial_sstable::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::killed(directory.path(), 97)?);
    Ok(())
}
