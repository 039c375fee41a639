//! The third experiment: ten tables, and an article that is in none.

use tutorial_sstable::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::many_tables(directory.path())?);
    Ok(())
}
