//! Writing a table.

use std::io;
use std::path::{Path, PathBuf};

use ferrisdb_block::{Builder, FilterBuilder, Handle, Kind, OwnedKey, seal};
use ferrisdb_core::{Access, Environment, File, InternalKey, IoContext};
use ferrisdb_format::{Header, Magic};

use crate::index::IndexBuilder;
use crate::{Error, Options, Properties, Result, TableFile, separator};

mod tail;

use tail::frame_size;

/// So many bytes are collected before they are written.
const WRITE_SIZE: usize = 64 << 10;

/// Writes one table, entry by entry, in order.
///
/// In memory it keeps the data block that is being filled, up to 64 KiB of finished blocks that
/// are not written yet, the index so far, and 8 bytes a key for the filter; at the end also the
/// bytes of both as they are written. Dropping it before
/// [`finish`](Self::finish) has returned removes what was written.
#[derive(Debug)]
pub struct Writer {
    environment: Environment,
    directory: PathBuf,
    options: Options,
    name: TableFile,
    file: Box<dyn File>,
    /// What the file is called now; `None` once it is finished.
    path: Option<PathBuf>,
    /// How many bytes of the file are written.
    written: u64,
    /// The bytes that follow them, not written yet.
    buffer: Vec<u8>,
    /// The data block that is being filled.
    data: Builder,
    /// The last block, which has no index entry yet: that depends on the key that follows.
    waiting: Option<Handle>,
    /// The last key that was added.
    last: Option<OwnedKey>,
    index: IndexBuilder,
    filter: FilterBuilder,
    properties: Properties,
    /// Set for good by the first write that fails.
    failed: bool,
}

/// A table that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableInfo {
    /// The number of the file.
    pub number: u64,
    /// The size of the file, in bytes.
    pub size: u64,
    /// What is known about its entries.
    pub properties: Properties,
}

impl Writer {
    /// Begins the table of that number in `directory`, which is created if need be.
    ///
    /// The file has another name until it is finished. What a writer of the same number may have
    /// left under that name, when it was killed, is removed. A number that is taken is refused.
    pub fn create(
        environment: &Environment,
        directory: &Path,
        number: u64,
        options: Options,
    ) -> Result<Self> {
        let fs = &*environment.fs;
        let name = TableFile::new(directory, number);
        fs.create_dir(directory).context("create", directory)?;
        match fs.open(&name.path, Access::Read) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).context("look for", &name.path)?,
            Ok(_) => {
                let taken = io::Error::from(io::ErrorKind::AlreadyExists);
                return Err(taken).context("create", &name.path)?;
            }
        }
        let path = name.unfinished();
        match fs.remove(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).context("remove", &path)?;
            }
            _ => {}
        }
        let file = fs.create(&path).context("create", &path)?;
        let created_at_us = environment.clock.unix_us();
        Ok(Self {
            environment: environment.clone(),
            directory: directory.to_owned(),
            file,
            path: Some(path),
            written: 0,
            buffer: Header::new(Magic::TABLE, number, created_at_us)
                .encode()
                .to_vec(),
            data: Builder::new(options.restart_interval),
            waiting: None,
            last: None,
            index: IndexBuilder::new(options.index_part_size),
            filter: FilterBuilder::new(options.filter_bits_per_key),
            properties: Properties::new(options.compression, created_at_us),
            failed: false,
            options,
            name,
        })
    }

    /// Adds an entry, whose key must come after all that were added before.
    ///
    /// One that does not is refused with [`Error::OutOfOrder`], which names both keys, and
    /// nothing has changed; likewise a key or value that is too large.
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        todo!(
            "add the entry to the data block, index the block before if it waits, count, and end a full block"
        )
    }

    /// Ends the data block and begins the next: seals it in a frame for its place behind all
    /// that was written, and notes where it lies until the next key is known.
    fn end_block(&mut self) -> Result<()> {
        let location = self.end();
        let compression = self.options.compression;
        let payload = self.data.finish();
        let size = seal(Kind::Data, payload, compression, location, &mut self.buffer);
        self.data.reset();
        self.waiting = Some(Handle {
            offset: location.offset,
            size: frame_size(size.map_err(refused)?),
        });
        self.properties.data_blocks += 1;
        if self.buffer.len() >= WRITE_SIZE {
            self.write_out()?;
        }
        Ok(())
    }

    /// Writes what is left, and makes the file what it is to be: whole, durable, and under its
    /// own name.
    ///
    /// If this fails there is no table. After a power cut there is a whole one or none.
    pub fn finish(mut self) -> Result<TableInfo> {
        self.check()?;
        if !self.data.is_empty() {
            self.end_block()?;
        }
        self.write_tail()?;
        self.publish()?;
        Ok(TableInfo {
            number: self.name.number,
            size: self.written,
            properties: self.properties.clone(),
        })
    }

    /// Makes the bytes durable, gives the file its name, and makes that durable, in this order.
    fn publish(&mut self) -> Result<()> {
        todo!("make the bytes durable, then give the file its name, then make the name durable")
    }
}

/// Makes `key` the last one.
fn remember(last: &mut Option<OwnedKey>, key: InternalKey<'_>) {
    match last {
        Some(last) => {
            last.user_key.clear();
            last.user_key.extend_from_slice(key.user_key);
            last.timestamp = key.timestamp;
            last.operation = key.operation;
        }
        None => *last = Some(key.into()),
    }
}

/// What a block says of an entry that it does not take, as an error of this crate.
fn refused(error: ferrisdb_block::Error) -> Error {
    match error {
        ferrisdb_block::Error::OutOfOrder(keys) => Error::OutOfOrder(keys),
        ferrisdb_block::Error::TooLarge {
            what,
            size,
            size_max,
        } => ferrisdb_core::Error::TooLarge {
            what,
            size,
            size_max,
        }
        .into(),
        other => unreachable!("a builder of blocks refuses nothing else: {other}"),
    }
}
