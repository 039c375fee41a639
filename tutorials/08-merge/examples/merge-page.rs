//! The second experiment: the first page of the list.

use tutorial_merge::experiment;

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", experiment::first_page(directory.path())?);
    Ok(())
}
