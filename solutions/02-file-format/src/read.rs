//! Reading a file into a buffer without clearing the buffer first.
//!
//! `vec![0; size]` and then a read writes every byte twice: once as a zero, once as what the
//! file holds. Memory that was allocated and not cleared can be read into directly, but until
//! the read has filled it, no safe code may look at it. [`BytesMutExt::read_exact_from`] keeps
//! that promise in one place; it is the only unsafe code of this crate.

use std::io;
use std::mem::MaybeUninit;

use bytes::BytesMut;
use ferrisdb_core::File;

/// Up to here a read is given its memory without a question: to ask the file for its size would
/// cost as much as a small read does, and to be wrong costs no more than this.
const UNCHECKED_SIZE_MAX: usize = 64 << 10;

/// What this crate adds to [`BytesMut`].
pub trait BytesMutExt {
    /// Appends the `size` bytes of `file` that start at `offset`.
    ///
    /// If the file ends before that, it fails with
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof). On any error the buffer keeps the bytes
    /// and the length that it had.
    ///
    /// `size` may come from a damaged file: where the buffer has to grow by more than 64 KiB for
    /// it, the file is asked for its own size first, and nothing is allocated for bytes that are
    /// not there. Who has checked `size` already can reserve the memory beforehand, which saves
    /// the question.
    fn read_exact_from(&mut self, file: &dyn File, offset: u64, size: usize) -> io::Result<()>;
}

impl BytesMutExt for BytesMut {
    #[expect(
        unsafe_code,
        reason = "no safe way to take over bytes that a read has filled"
    )]
    fn read_exact_from(&mut self, file: &dyn File, offset: u64, size: usize) -> io::Result<()> {
        let end = offset.checked_add(size as u64);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        if self.spare_capacity_mut().len() < size {
            if size > UNCHECKED_SIZE_MAX && file.size()? < end {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.reserve(size);
        }

        let spare = &mut self.spare_capacity_mut()[..size];
        let mut filled = 0;
        while filled < size {
            filled += read_some(file, offset + filled as u64, &mut spare[filled..])?;
        }

        let len = self.len() + size;
        // SAFETY: the capacity is at least `len`, since `size` bytes of the spare
        // capacity were borrowed above. They are initialised: the loop has ended,
        // so `filled` is `size`, and it grew from the front and without gaps, only
        // by what `read_some` found to be filled.
        unsafe { self.set_len(len) };
        Ok(())
    }
}

/// Reads at least one byte into the front of `spare` and returns how many it was.
///
/// A `File` hands back the part of `spare` that it filled, as bytes that may be looked at. A
/// safe implementation can get that wrong in one way: by handing back something else. So the
/// answer counts only if it starts where `spare` starts and is no longer.
fn read_some(file: &dyn File, offset: u64, spare: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
    let (start, room) = (spare.as_ptr().cast(), spare.len());
    loop {
        match file.read_uninit_at(offset, spare) {
            Ok([]) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(filled) if filled.as_ptr() == start && filled.len() <= room => {
                return Ok(filled.len());
            }
            Ok(_) => {
                return Err(io::Error::other(
                    "a read returned other memory than it was given",
                ));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
