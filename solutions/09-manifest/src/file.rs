//! *Given.* Reading and creating whole files.

use std::io;
use std::path::Path;

use bytes::BytesMut;
use ferrisdb_core::{Access, File, FileSystem, IoContext};
use ferrisdb_format::{BytesMutExt, Header, Magic};

use crate::{Error, Invalid, Proof, Result};

/// No manifest is larger than this, in bytes.
pub(crate) const FILE_SIZE_MAX: usize = 1 << 30;

/// All bytes of a file; `None` if it does not exist.
pub(crate) fn read(fs: &dyn FileSystem, path: &Path) -> Result<Option<BytesMut>> {
    let file = match fs.open(path, Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.context("open", path)?,
    };
    let size = file.size().context("read the size of", path)?;
    if size > FILE_SIZE_MAX as u64 {
        return Err(Error::TooLarge {
            path: path.to_owned(),
            size,
            size_max: FILE_SIZE_MAX as u64,
        });
    }
    let size = usize::try_from(size).expect("1 GiB fits into the address space");
    let mut bytes = BytesMut::new();
    bytes
        .read_exact_from(&*file, 0, size)
        .context("read", path)?;
    Ok(Some(bytes))
}

/// Creates a file. One of that name, which a crash left behind, is removed first.
pub(crate) fn create_anew(fs: &dyn FileSystem, path: &Path) -> Result<Box<dyn File>> {
    match fs.remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).context("remove", path)?;
        }
        _ => {}
    }
    Ok(fs.create(path).context("create", path)?)
}

/// The header at the start of a file, which has to be whole: the file got its name, or was
/// referred to, only when it was.
pub(crate) fn read_header(path: &Path, bytes: &[u8], magic: Magic) -> Result<Header> {
    Header::decode(bytes, magic).map_err(|reason| {
        let path = path.to_owned();
        match reason {
            ferrisdb_format::Error::UnsupportedVersion { .. } => {
                Error::NewerVersion { path, reason }
            }
            ferrisdb_format::Error::BadMagic { .. } => Error::NotOurs { path, reason },
            _ => Error::corruption(&path, 0, Invalid::Header(reason), Proof::Whole),
        }
    })
}
