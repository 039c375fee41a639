//! Step 3: a file gets its name when it is whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::Prices;
use crate::step_2::encode;

/// Writes a table under another name, syncs it, and only then gives it its own.
pub fn write(path: &Path, prices: &Prices) -> io::Result<()> {
    let unfinished = path.with_extension("tmp");
    let mut file = File::create(&unfinished)?;
    file.write_all(encode(prices).as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_directory(path)
}

/// Makes the new name durable. A name is stored in the directory, not in the file.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Windows cannot sync a directory: its file system keeps a log of names.
#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}
