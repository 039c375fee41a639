//! Step 2: a new file each time, that takes the name of the old one when it is whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::Files;

/// Writes the catalogue beside the old one, and then replaces that.
pub fn save(path: &Path, files: &Files) -> io::Result<()> {
    let next = path.with_extension("tmp");
    let mut file = File::create(&next)?;
    file.write_all(serde_json::to_string(files)?.as_bytes())?;
    file.sync_data()?;
    fs::rename(&next, path)
}
