//! Step 1: a JSON file that is rewritten in place.

use std::path::Path;
use std::{fs, io};

use crate::Files;

/// Writes the catalogue.
pub fn save(path: &Path, files: &Files) -> io::Result<()> {
    fs::write(path, serde_json::to_string(files)?)
}

/// Reads the catalogue.
pub fn load(path: &Path) -> io::Result<Files> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}
