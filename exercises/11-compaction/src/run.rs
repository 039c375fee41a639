//! Doing a compaction.

use std::path::Path;
use std::sync::Arc;

use ferrisdb_core::{Environment, InternalKey, Timestamp};
use ferrisdb_manifest::{Edit, TableMeta, Version};
use ferrisdb_merge::{Concat, Merge, Piece};
use ferrisdb_sstable::{Cursor, Error, Options, Table, TableInfo};

use crate::output::Output;
use crate::{Job, Retain, Retained, Underneath};

/// How much of an input is read at a time, in bytes.
const READAHEAD: usize = 1 << 20;

/// What a job needs from whoever runs it. Their errors end the job; so does an error of the
/// tables that it reads and writes.
pub struct Host<'a, E> {
    /// Where it runs.
    pub environment: &'a Environment,
    /// Where the tables are.
    pub directory: &'a Path,
    /// How tables are written.
    pub options: &'a Options,
    /// Opens a table, or finds it open.
    pub open: &'a dyn Fn(&TableMeta) -> Result<Arc<Table>, E>,
    /// A number for a new file, which no file ever had.
    pub number: &'a mut dyn FnMut() -> Result<u64, E>,
    /// Told now and then of so many more bytes of keys and values that are about to be written.
    /// It may take its time, so that others get at the disk; an error ends the job.
    pub pace: &'a dyn Fn(u64) -> Result<(), E>,
}

impl<E> std::fmt::Debug for Host<'_, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

/// What a job did. Nothing of it counts before the edit is committed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// Takes the inputs out of the version, and puts the new tables in.
    pub edit: Edit,
    /// The new tables, by key. They are whole and on the disk. None for a trivial move, or if
    /// nothing was kept.
    pub tables: Vec<TableInfo>,
    /// What became of the versions that were read.
    pub retained: Retained,
}

/// Does a job that was picked for this version, and leaves the version as it is: what it says
/// has to be committed.
///
/// `watermark` is the oldest time as of which anybody still reads, or will begin to. What only a
/// reader of an earlier time could see is left out. If anything fails, all that was written is
/// removed.
pub fn run<E: From<Error>>(
    job: &Job,
    version: &Version,
    watermark: Timestamp,
    host: &mut Host<'_, E>,
) -> Result<Outcome, E> {
    todo!("merge the inputs, keep what somebody can see, write it, and say what has changed")
}

/// The outcome of a job that only moves a table.
fn moved(job: &Job) -> Outcome {
    let mut edit = job.removal();
    for table in job.tables() {
        edit = edit.add(job.output_level, Arc::clone(table));
    }
    Outcome {
        edit,
        tables: Vec::new(),
        retained: Retained::default(),
    }
}

/// All that a job reads, newest first: each table of level 0 by itself, the tables of every
/// other level behind one another.
fn open<E>(job: &Job, host: &Host<'_, E>) -> Result<Vec<Concat<Opened>>, E> {
    let mut sources = Vec::new();
    for input in &job.inputs {
        let opened = input.tables.iter().map(|meta| {
            Ok(Opened {
                meta: Arc::clone(meta),
                table: (host.open)(meta)?,
            })
        });
        let opened = opened.collect::<Result<Vec<_>, E>>()?;
        if input.level == 0 {
            sources.extend(opened.into_iter().map(|table| Concat::new(vec![table])));
        } else {
            sources.push(Concat::new(opened));
        }
    }
    Ok(sources)
}

/// A table that a job reads.
struct Opened {
    meta: Arc<TableMeta>,
    table: Arc<Table>,
}

impl Piece for Opened {
    type Source = Cursor<Arc<Table>>;
    type Error = Error;

    fn smallest(&self) -> InternalKey<'_> {
        self.meta.smallest.as_key()
    }

    fn largest(&self) -> InternalKey<'_> {
        self.meta.largest.as_key()
    }

    /// A cursor that reads far ahead and leaves the cache to others: each block is read once.
    fn open(&self) -> Result<Self::Source, Error> {
        Ok(Cursor::new(Arc::clone(&self.table))
            .fill_cache(false)
            .readahead(READAHEAD))
    }
}
