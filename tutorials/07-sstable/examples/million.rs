//! The first experiment: what one price costs in a table of a million.

use tutorial_sstable::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!(
        "{}",
        experiment::growth(directory.path(), &[1_000, 1_000_000])?
    );
    Ok(())
}
