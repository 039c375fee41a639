//! `CURRENT`: which manifest counts.
//!
//! The file is a header and nothing else. Its file number is that of the manifest. It is never
//! written to: a new one is written beside it and takes its name, which happens as a whole.

use std::path::Path;

use ferrisdb_core::{Environment, FileSystem, IoContext};
use ferrisdb_format::{HEADER_SIZE, Header, Magic};

use crate::file::{create_anew, read, read_header};
use crate::{Error, FileName, Invalid, Proof, Result};

/// What `CURRENT` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current {
    /// The number of the manifest that counts.
    pub manifest: u64,
}

impl Current {
    /// Reads `CURRENT` in a directory; `None` if it is not there.
    pub fn read(fs: &dyn FileSystem, directory: &Path) -> Result<Option<Self>> {
        let path = FileName::Current.path(directory);
        let Some(bytes) = read(fs, &path)? else {
            return Ok(None);
        };
        let header = read_header(&path, &bytes, Magic::CURRENT)?;
        if bytes.len() > HEADER_SIZE {
            let size = bytes.len() - HEADER_SIZE;
            let reason = Invalid::Leftover { size };
            return Err(Error::corruption(
                &path,
                HEADER_SIZE as u64,
                reason,
                Proof::Whole,
            ));
        }
        let manifest = header.file_number;
        Ok(Some(Self { manifest }))
    }

    /// Makes the manifest of this number the one that counts.
    ///
    /// Its bytes have to be on the disk. Its name need not be: this syncs the directory before
    /// anything refers to it. When this fails, either manifest may be the one that counts.
    pub(crate) fn replace(self, environment: &Environment, directory: &Path) -> Result<()> {
        todo!(
            "write the new CURRENT beside the old one, make it and all names durable, rename, make that durable"
        )
    }
}
