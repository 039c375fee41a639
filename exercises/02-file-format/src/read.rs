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
        todo!(
            "make room, but not for bytes that the file does not have; then read_some until all is there, then set_len"
        )
    }
}

/// Reads at least one byte into the front of `spare` and returns how many it was.
///
/// A `File` hands back the part of `spare` that it filled, as bytes that may be looked at. A
/// safe implementation can get that wrong in one way: by handing back something else. So the
/// answer counts only if it starts where `spare` starts and is no longer.
fn read_some(file: &dyn File, offset: u64, spare: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
    todo!("read once, again if interrupted; count what was filled, if it is the front of `spare`")
}
