//! Changing the version, durably.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_core::{Environment, File, FileSystem, IoContext};
use ferrisdb_format::{HEADER_SIZE, Header, Magic, put_varint};

use crate::file::{FILE_SIZE_MAX, create_anew};
use crate::replay::read_manifest;
use crate::{
    Current, Edit, Error, FileName, Kind, Options, Place, Record, Recovery, Refusal, Result,
    Version,
};

/// So many numbers are written down as taken at once.
pub const NUMBERS_RESERVED: u64 = 64;

/// The manifest of an open database: the version, and the one place where it changes.
///
/// It belongs to whoever has locked the directory; nothing is locked here.
#[derive(Debug)]
pub struct Manifest {
    pub(crate) environment: Environment,
    pub(crate) directory: PathBuf,
    options: Options,
    active: Active,
    version: Arc<Version>,
    /// The version with which it was opened.
    pub(crate) recovered: Arc<Version>,
    /// The first number that was free when it was opened.
    pub(crate) first_number: u64,
    /// The next number to hand out; never above that of the version, which is on the disk.
    next_number: u64,
    /// Set for good by the first write or sync that fails.
    failed: bool,
}

/// The file to which edits are appended.
#[derive(Debug)]
struct Active {
    file: Box<dyn File>,
    path: PathBuf,
    number: u64,
    /// The offset behind its snapshot.
    snapshot_end: u64,
    /// The offset behind its last edit, where the next will be.
    end: u64,
}

impl Active {
    /// Writes a manifest that consists of a snapshot, and makes its bytes durable.
    fn create(
        environment: &Environment,
        directory: &Path,
        number: u64,
        version: &Version,
    ) -> Result<Self> {
        let path = FileName::Manifest(number).path(directory);
        let mut payload = Vec::new();
        put_varint(&mut payload, version.number());
        version.as_edit().encode(&mut payload);
        let snapshot = Record {
            kind: Kind::Snapshot,
            durable: 0,
            payload: &payload,
        };
        let place = Place {
            file_number: number,
            offset: HEADER_SIZE as u64,
        };
        let header = Header::new(Magic::MANIFEST, number, environment.clock.unix_us());
        let mut bytes = header.encode().to_vec();
        bytes.extend(snapshot.encode(place)?);

        let file = create_anew(&*environment.fs, &path)?;
        file.write_all_at(0, &bytes).context("write to", &path)?;
        file.sync_data().context("sync", &path)?;
        let end = bytes.len() as u64;
        Ok(Self {
            file,
            path,
            number,
            snapshot_end: end,
            end,
        })
    }

    /// Writes a record behind the last edit, over the mark that may be there.
    fn write(&self, kind: Kind, payload: &[u8]) -> Result<u64> {
        let place = Place {
            file_number: self.number,
            offset: self.end,
        };
        let record = Record {
            kind,
            durable: self.end,
            payload,
        };
        let bytes = record.encode(place)?;
        self.file
            .write_all_at(self.end, &bytes)
            .context("write to", &self.path)?;
        Ok(bytes.len() as u64)
    }

    /// Appends an edit and makes it durable; then writes the mark that says so.
    fn append(&mut self, edit: &Edit) -> Result<()> {
        todo!("write the edit, sync, move the end, write the mark")
    }

    /// Whether it is time for a new one: the edits have become as large as was asked for and as the
    /// snapshot, or half of what a manifest may have is used up.
    fn has_grown(&self, options: &Options) -> bool {
        let edits_size = self.end - self.snapshot_end;
        edits_size >= options.edits_size_max.max(self.snapshot_end)
            || self.end >= FILE_SIZE_MAX as u64 / 2
    }
}

impl Manifest {
    /// Opens the manifest of the database in `directory`; both are created if need be.
    ///
    /// What a crash left at the end of the manifest is not repaired. A new manifest with a
    /// snapshot of the version that was found takes its place, so nothing is ever appended to a
    /// file of which it is not known what is on the disk. Nothing is removed.
    pub fn open(
        environment: &Environment,
        directory: &Path,
        options: Options,
    ) -> Result<(Self, Recovery)> {
        let fs = &*environment.fs;
        fs.create_dir(directory).context("create", directory)?;
        let recovery = Self::read(environment, directory)?;
        let number = free_number(fs, directory, recovery.version.next_number())?;
        let (active, version) = begin(environment, directory, number, &recovery.version)?;
        let version = Arc::new(version);
        let manifest = Self {
            environment: environment.clone(),
            directory: directory.to_owned(),
            options,
            active,
            recovered: Arc::clone(&version),
            version,
            first_number: number,
            next_number: number + 1,
            failed: false,
        };
        Ok((manifest, recovery))
    }

    /// Makes the files in `directory` a database with this version, whose tables have to be there
    /// already, on the disk. A directory that is a database already is refused.
    ///
    /// Before this returns there may be a database or none, and none in part.
    pub fn create(environment: &Environment, directory: &Path, version: &Version) -> Result<()> {
        let fs = &*environment.fs;
        fs.create_dir(directory).context("create", directory)?;
        if Current::read(fs, directory)?.is_some() {
            let taken = io::Error::from(io::ErrorKind::AlreadyExists);
            let path = FileName::Current.path(directory);
            return Err(taken).context("create", &path)?;
        }
        let number = free_number(fs, directory, version.next_number())?;
        begin(environment, directory, number, version).map(drop)
    }

    /// Reads the version of the database in `directory`, and changes nothing.
    pub fn read(environment: &Environment, directory: &Path) -> Result<Recovery> {
        let fs = &*environment.fs;
        loop {
            let Some(current) = Current::read(fs, directory)? else {
                return no_database(fs, directory);
            };
            let manifest = FileName::Manifest(current.manifest).path(directory);
            if let Some(contents) = read_manifest(fs, directory, current.manifest)? {
                return Ok(Recovery {
                    version: Arc::new(contents.version),
                    manifest: Some(manifest),
                    edits: contents.edits,
                    torn_tail: contents.torn_tail,
                });
            }
            // Someone who writes to the database may have replaced it in the meantime.
            if Current::read(fs, directory)? == Some(current) {
                return Err(Error::MissingManifest { path: manifest });
            }
        }
    }

    /// The version that is current.
    pub fn current(&self) -> Arc<Version> {
        Arc::clone(&self.version)
    }

    /// The number of the manifest's file, which changes when it is begun anew.
    pub fn file_number(&self) -> u64 {
        self.active.number
    }

    /// Makes the edit happen: when this returns, the version that it leads to is current, and
    /// stays so through a power cut.
    ///
    /// The files of the tables that it adds, and their names, have to be on the disk already. An
    /// edit that makes no sense is refused ([`Error::Refused`]) and changes nothing. After any
    /// other error it is not known whether the edit has happened, and nothing more is taken
    /// until the manifest is opened again.
    pub fn commit(&mut self, edit: &Edit) -> Result<Arc<Version>> {
        for (_, table) in &edit.add {
            if table.number >= self.next_number {
                let (number, next) = (table.number, self.next_number);
                return Err(Refusal::NotTaken { number, next }.into());
            }
        }
        self.install(edit)
    }

    /// A number for a new file. No file of this database has had it, nor will another get it,
    /// even if the power goes off at once.
    pub fn next_number(&mut self) -> Result<u64> {
        todo!("reserve numbers if none is left, then hand out the next")
    }

    /// Makes an edit durable, and then the version that it leads to current.
    fn install(&mut self, edit: &Edit) -> Result<Arc<Version>> {
        self.check_usable()?;
        let mut version = self.version.apply(edit)?;
        self.failed = true;
        if self.active.has_grown(&self.options) {
            version = self.begin_anew(&version)?;
        } else {
            self.active.append(edit)?;
        }
        self.failed = false;
        self.version = Arc::new(version);
        Ok(self.current())
    }

    /// Goes on in a new manifest, whose snapshot is this version.
    fn begin_anew(&mut self, version: &Version) -> Result<Version> {
        let number = self.next_number;
        self.next_number += 1;
        let (active, version) = begin(&self.environment, &self.directory, number, version)?;
        let old = std::mem::replace(&mut self.active, active);
        // What cannot be removed now does no harm, and is removed as an orphan later.
        let _ = self.environment.fs.remove(&old.path);
        Ok(version)
    }

    /// Refuses to go on after a write or sync that failed.
    pub(crate) fn check_usable(&self) -> Result<()> {
        if self.failed {
            let path = self.active.path.clone();
            return Err(Error::Failed { path });
        }
        Ok(())
    }
}

/// Begins manifest `number` with a snapshot of `version`, and makes it the one that counts. The
/// numbers that come next are reserved in the same step.
fn begin(
    environment: &Environment,
    directory: &Path,
    number: u64,
    version: &Version,
) -> Result<(Active, Version)> {
    let version = version.with_numbers_below(number + 1 + NUMBERS_RESERVED)?;
    let active = Active::create(environment, directory, number, &version)?;
    let current = Current { manifest: number };
    current.replace(environment, directory)?;
    Ok((active, version))
}

/// A number that no file has, and that is not below `next`.
///
/// Numbers below `next` may be taken. A manifest above it is what a crash left of an attempt to
/// open the database.
fn free_number(fs: &dyn FileSystem, directory: &Path, next: u64) -> Result<u64> {
    let paths = fs.list(directory).context("list", directory)?;
    let names = paths.iter().filter_map(|path| FileName::from_path(path));
    let taken = names.filter_map(FileName::number).max();
    Ok(taken.map_or(next, |taken| next.max(taken + 1)))
}

/// What is found where there is no `CURRENT`: no database yet, unless something speaks against
/// it. Whoever was killed while creating a database has left a manifest that says nothing.
fn no_database(fs: &dyn FileSystem, directory: &Path) -> Result<Recovery> {
    let found = |path: &PathBuf| Error::MissingCurrent {
        path: FileName::Current.path(directory),
        found: path.clone(),
    };
    for path in &fs.list(directory).context("list", directory)? {
        match FileName::from_path(path) {
            Some(FileName::Table(_)) => return Err(found(path)),
            Some(FileName::Manifest(number)) => match read_manifest(fs, directory, number) {
                Ok(Some(contents)) if !contents.version.is_new() => return Err(found(path)),
                Err(error @ Error::Core(_)) => return Err(error),
                _ => {}
            },
            _ => {}
        }
    }
    Ok(Recovery {
        version: Arc::default(),
        manifest: None,
        edits: 0,
        torn_tail: None,
    })
}
