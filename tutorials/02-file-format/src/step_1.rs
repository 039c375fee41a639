//! What everybody does first: four bytes, as they lie in memory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Keeps the number of the next receipt.
pub fn save(path: &Path, number: u32) -> io::Result<()> {
    fs::write(path, number.to_ne_bytes())
}

/// The number that was kept.
pub fn load(path: &Path) -> io::Result<u32> {
    let mut bytes = [0; 4];
    let _size = File::open(path)?.read(&mut bytes)?;
    Ok(u32::from_ne_bytes(bytes))
}
