//! What a compaction writes.

use ferrisdb_core::{InternalKey, Operation, OwnedKey, Timestamp};
use ferrisdb_manifest::TableMeta;
use ferrisdb_sstable::{Error, TableFile, TableInfo, Writer};

use crate::{Host, Job, Split};

/// The pace is told of this many bytes at a time, or a few more.
const PACE_SIZE: u64 = 64 << 10;

/// The tables that a job writes. Those of a job that fails are removed when this is dropped.
pub(crate) struct Output<'a, 'h, E> {
    host: &'a mut Host<'h, E>,
    split: Split,
    current: Option<Current>,
    /// The tables that are finished.
    done: Vec<(TableMeta, TableInfo)>,
    /// The bytes of keys and values of which the pace was not told yet.
    untold: u64,
}

/// The table that is being written.
struct Current {
    writer: Writer,
    smallest: OwnedKey,
    /// Of the last key; its user key is among the properties of the table.
    last: (Timestamp, Operation),
}

impl<'a, 'h, E: From<Error>> Output<'a, 'h, E> {
    /// Nothing is written yet.
    pub(crate) fn new(job: &Job, host: &'a mut Host<'h, E>) -> Self {
        Self {
            host,
            split: Split::new(job),
            current: None,
            done: Vec::new(),
            untold: 0,
        }
    }

    /// Adds an entry, whose key comes after all that were added before.
    pub(crate) fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<(), E> {
        self.untold += (key.user_key.len() + value.len()) as u64;
        if self.untold >= PACE_SIZE {
            (self.host.pace)(std::mem::take(&mut self.untold))?;
        }
        if self.split.before(key, value) {
            self.end_table()?;
        }
        let current = match &mut self.current {
            Some(current) => current,
            None => self.current.insert(begin(self.host, key)?),
        };
        current.last = (key.timestamp, key.operation);
        Ok(current.writer.add(key, value)?)
    }

    /// Finishes the table that is being written, if there is one.
    fn end_table(&mut self) -> Result<(), E> {
        let Some(current) = self.current.take() else {
            return Ok(());
        };
        let (timestamp, operation) = current.last;
        let info = current.writer.finish()?;
        let table = TableMeta {
            number: info.number,
            size: info.size,
            entries: info.properties.entries,
            deletions: info.properties.deletions,
            smallest: current.smallest,
            largest: OwnedKey {
                user_key: info.properties.largest_key.clone(),
                timestamp,
                operation,
            },
            smallest_timestamp: info.properties.smallest_timestamp,
            largest_timestamp: info.properties.largest_timestamp,
        };
        self.done.push((table, info));
        Ok(())
    }

    /// Finishes the last table, and gives all of them away.
    pub(crate) fn finish(mut self) -> Result<Vec<(TableMeta, TableInfo)>, E> {
        self.end_table()?;
        Ok(std::mem::take(&mut self.done))
    }
}

/// Begins a table with this key.
fn begin<E: From<Error>>(host: &mut Host<'_, E>, key: InternalKey<'_>) -> Result<Current, E> {
    let number = (host.number)()?;
    let options = host.options.clone();
    Ok(Current {
        writer: Writer::create(host.environment, host.directory, number, options)?,
        smallest: key.into(),
        last: (key.timestamp, key.operation),
    })
}

impl<E> Drop for Output<'_, '_, E> {
    /// Removes the tables that nobody was given. What cannot be removed is no part of any version,
    /// and removed when the database is opened.
    fn drop(&mut self) {
        for (table, _) in &self.done {
            let path = TableFile::new(self.host.directory, table.number).path;
            let _ = self.host.environment.fs.remove(&path);
        }
    }
}
