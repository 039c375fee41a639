//! Step 1: a log of text lines, and a sorted map of what they amount to.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;

use crate::{Changes, line, read, replay};

/// The newest changes: in memory, and in the log as well.
#[derive(Debug)]
pub struct Newest {
    log: File,
    /// What the lines of the log amount to.
    pub map: Changes,
}

impl Newest {
    /// Reads the log from the top. A line without an end was cut off by a crash and does not count.
    pub fn open(path: &Path) -> io::Result<Self> {
        let text = read(path)?;
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        let mut log = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(path)?;
        log.set_len(whole as u64)?;
        log.seek(SeekFrom::End(0))?;
        let map = replay(&text[..whole]);
        Ok(Self { log, map })
    }

    /// First the log, and on the disk; then the map.
    pub fn write(&mut self, key: &str, value: Option<&str>) -> io::Result<()> {
        let ends_a_line = |text: &str| text.contains(['\n', '\r']);
        if key.is_empty() || key.contains(' ') || ends_a_line(key) || value.is_some_and(ends_a_line)
        {
            return Err(ErrorKind::InvalidInput.into());
        }
        self.log.write_all(line(key, value).as_bytes())?;
        self.log.sync_data()?;
        self.map.insert(key.to_owned(), value.map(str::to_owned));
        Ok(())
    }

    /// Forgets everything, in the log and in the map.
    pub fn clear(&mut self) -> io::Result<()> {
        self.log.set_len(0)?;
        self.log.rewind()?;
        self.log.sync_all()?;
        self.map.clear();
        Ok(())
    }
}
