//! What is in a file: `inspect`.
//!
//! ```text
//!   a file ──▶ which kind? ──▶ log, table, manifest, current ──▶ pieces ──▶ lines, hex or JSON
//! ```
//!
//! A file is recognised by its magic, and where that is damaged by its name. Each piece of it is shown
//! with what the checksum over it says. Behind damage the next piece is searched for whose
//! checksum is right; since checksums cover the place in the file, nothing else is mistaken for one.

mod fields;
mod hex;
mod log;
mod manifest;
mod show;
mod table;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use ferrisdb_storage::format::{HEADER_SIZE, Header, Magic};
use ferrisdb_storage::manifest::FileName;
use ferrisdb_storage::sstable::TableFile;
use ferrisdb_storage::wal::SegmentFile;

use crate::failure::{Failure, Result};
use crate::text::escape;
use fields::Fields;
use show::{Piece, Show};

/// No file of ours is larger, in bytes, unless an option made it so.
const SIZE_MAX: u64 = 4 << 30;

/// Shows what is in a file. The answer is no if something in it is damaged.
pub(crate) fn inspect(path: &Path, hex: bool, json: bool) -> Result {
    let bytes = read(path)?;
    let Some(kind) = Kind::of(path, &bytes) else {
        return Err(Failure::Could(format!(
            "{} is no file of a FerrisDB database: it does not begin with FDB_WAL, FDB_SST, FDB_MAN \
             or FDB_CUR, and its name is that of none",
            path.display()
        )));
    };
    let mut show = Show::new(path, kind.name(), bytes.len(), hex, json);
    show.begin()?;
    match kind {
        Kind::Log => log::walk(&bytes, kind.number(path, &bytes), &mut show)?,
        Kind::Table => table::walk(&bytes, kind.number(path, &bytes), &mut show)?,
        Kind::Manifest => manifest::walk(&bytes, kind.number(path, &bytes), &mut show)?,
        Kind::Current => current(&bytes, &mut show)?,
        Kind::Options => options(&bytes, &mut show)?,
    }
    show.end()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let failed = |error| Failure::Could(format!("cannot read {}: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    let read = file.take(SIZE_MAX + 1).read_to_end(&mut bytes);
    if read.map_err(failed)? as u64 > SIZE_MAX {
        let path = path.display();
        return Err(Failure::Could(format!("{path} is larger than 4 GiB")));
    }
    Ok(bytes)
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Log,
    Table,
    Manifest,
    Current,
    Options,
}

impl Kind {
    const MAGICS: [(Magic, Self); 4] = [
        (Magic::WAL, Self::Log),
        (Magic::TABLE, Self::Table),
        (Magic::MANIFEST, Self::Manifest),
        (Magic::CURRENT, Self::Current),
    ];

    /// By the magic at the beginning; by that at the end, which tables have; by the name.
    fn of(path: &Path, bytes: &[u8]) -> Option<Self> {
        let mut magics = Self::MAGICS.iter();
        if let Some((_, kind)) = magics.find(|(magic, _)| bytes.starts_with(&magic.0)) {
            return Some(*kind);
        }
        let name = path.file_name()?.to_str()?;
        if bytes.ends_with(&Magic::TABLE.0) || TableFile::from_path(path).is_some() {
            return Some(Self::Table);
        }
        if SegmentFile::from_path(path).is_some() {
            return Some(Self::Log);
        }
        match name {
            "CURRENT" => Some(Self::Current),
            "OPTIONS" => Some(Self::Options),
            _ => matches!(FileName::from_path(path), Some(FileName::Manifest(_)))
                .then_some(Self::Manifest),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Log => "a segment of the log",
            Self::Table => "a table",
            Self::Manifest => "a manifest",
            Self::Current => "the name of the manifest that counts",
            Self::Options => "what the database was last opened with",
        }
    }

    /// The number of the file, which its checksums cover: that in its header, and where the
    /// header is damaged that in its name.
    fn number(self, path: &Path, bytes: &[u8]) -> Number {
        let name = match self {
            Self::Log => SegmentFile::from_path(path).map(|file| file.number),
            Self::Table => TableFile::from_path(path).map(|file| file.number),
            Self::Manifest => match FileName::from_path(path) {
                Some(FileName::Manifest(number)) => Some(number),
                _ => None,
            },
            Self::Current | Self::Options => None,
        };
        let mut magics = Self::MAGICS.iter();
        let magic = magics.find(|(_, kind)| *kind == self);
        let header = magic.and_then(|(magic, _)| Header::decode(bytes, *magic).ok());
        let header = header.map(|header| header.file_number);
        Number {
            number: header.or(name).unwrap_or(0),
            renamed: name.filter(|name| header.is_some_and(|header| header != *name)),
        }
    }
}

/// The number of a file.
#[derive(Debug, Clone, Copy)]
struct Number {
    /// The one that its checksums cover.
    number: u64,
    /// The one in its name, if that is another.
    renamed: Option<u64>,
}

/// The header that all our files have. `about` says what its own part means.
fn header(
    bytes: &[u8],
    magic: Magic,
    number: Number,
    about: impl FnOnce(&Header) -> String,
    extra: &[(usize, &'static str)],
    show: &mut Show<'_>,
) -> Result {
    let size = bytes.len().min(HEADER_SIZE);
    let mut piece = Piece::new(0, size, "header");
    match Header::decode(bytes, magic) {
        Ok(header) => {
            let created = show::time(header.created_at_us);
            piece.about = format!(
                "number {}, version {}, begun {created}{}",
                header.file_number,
                header.version,
                about(&header)
            );
            piece.fact("file_number", header.file_number);
            piece.fact("created_at_us", header.created_at_us);
            if let Some(name) = number.renamed {
                piece.wrong(format!(
                    "the header says number {}, the file's name says {name}",
                    header.file_number
                ));
            }
        }
        Err(error) => piece.wrong(error),
    }
    let mut fields = Fields::new(&bytes[..size], show.hex());
    for field in Header::LAYOUT {
        if field.name == "extra" && !extra.is_empty() {
            for (size, name) in extra {
                fields.number(*size, name);
            }
        } else if field.name == "magic" || field.name == "extra" {
            fields.bytes(field.size, field.name);
        } else {
            fields.number(field.size, field.name);
        }
    }
    piece.fields = fields.done();
    show.piece(&piece, bytes)
}

fn current(bytes: &[u8], show: &mut Show<'_>) -> Result {
    let number = Number {
        number: 0,
        renamed: None,
    };
    let about = |header: &Header| format!("; {:010}.manifest counts", header.file_number);
    header(bytes, Magic::CURRENT, number, about, &[], show)?;
    if bytes.len() > HEADER_SIZE {
        let mut piece = Piece::new(HEADER_SIZE, bytes.len() - HEADER_SIZE, "rest");
        piece.wrong("nothing belongs behind the header");
        show.piece(&piece, bytes)?;
    }
    Ok(())
}

fn options(bytes: &[u8], show: &mut Show<'_>) -> Result {
    let mut offset = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let mut piece = Piece::new(offset, line.len(), "line");
        match std::str::from_utf8(line) {
            Ok(text) => piece.about = escape(text.trim_end().as_bytes()),
            Err(error) => piece.wrong(error),
        }
        show.piece(&piece, bytes)?;
        offset += line.len();
    }
    Ok(())
}
