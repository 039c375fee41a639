//! The simplest table that could work, and how it breaks.
//!
//! A shop has a million prices. Every night they are exported, sorted, into one file, and every
//! service of the shop looks prices up in it.
//!
//! ```text
//!   article-0000017 1299⏎ article-0000018 450⏎ article-0000019 89999⏎ …
//! ```
//!
//! [`step_1`] remembers in memory where each article's line lies. [`step_2`] remembers one
//! article in a hundred or so, and keeps even that in the file. [`step_3`] never shows a file
//! that is not whole. [`experiment`] holds the experiments. The real table is
//! `ferrisdb-sstable`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

pub mod experiment;
pub mod step_1;
pub mod step_2;
pub mod step_3;

/// What is exported: article to price.
pub type Prices = BTreeMap<String, String>;

/// A file that counts what is read from it.
#[derive(Debug)]
pub struct Reader {
    file: File,
    /// The length of the file.
    pub size: u64,
    /// How often something was read.
    pub reads: Cell<u64>,
    /// How many bytes were read.
    pub bytes: Cell<u64>,
}

impl Reader {
    /// Opens a file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let (reads, bytes) = (Cell::new(0), Cell::new(0));
        Ok(Self {
            file,
            size,
            reads,
            bytes,
        })
    }

    /// Reads `size` bytes from `offset`, as text.
    pub fn read(&self, offset: u64, size: u64) -> io::Result<String> {
        if offset.checked_add(size).is_none_or(|end| end > self.size) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.reads.set(self.reads.get() + 1);
        self.bytes.set(self.bytes.get() + size);
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))?;
        let mut text = String::new();
        file.take(size).read_to_string(&mut text)?;
        Ok(text)
    }
}
