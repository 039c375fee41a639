//! What the fuzz targets share.
//!
//! A checksum stops nearly everything that a fuzzer makes up. So most targets take their input as
//! what lies *behind* the checksums, and put it into frames that are right.

use std::path::Path;

use ferrisdb_testkit::{FaultyFs, MemFs};

/// Where the files are.
pub const DIRECTORY: &str = "/db";

/// A disk with these files in [`DIRECTORY`].
#[must_use]
pub fn disk_with<const N: usize>(files: [(&str, Vec<u8>); N]) -> FaultyFs {
    let disk = MemFs::new();
    for (name, bytes) in files {
        let path = Path::new(DIRECTORY).join(name);
        disk.write(path, bytes).expect("it is in memory");
    }
    FaultyFs::new(disk)
}

/// Takes so many bytes off the front of the input, or zeros where it has ended.
pub fn take<const N: usize>(input: &mut &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    let size = N.min(input.len());
    bytes[..size].copy_from_slice(&input[..size]);
    *input = &input[size..];
    bytes
}

/// Takes a piece off the front of the input; its size comes first, in two bytes. `None` where the
/// input has ended.
pub fn take_piece<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    if input.is_empty() {
        return None;
    }
    let size = usize::from(u16::from_le_bytes(take(input))).min(input.len());
    let (piece, rest) = input.split_at(size);
    *input = rest;
    Some(piece)
}
