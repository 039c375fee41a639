//! Atomics, from the standard library or from the model checker.
//!
//! The crate's unit tests run under `loom`, which needs to see every atomic operation in order
//! to try all the orders in which threads can interleave. So the crate takes its atomics from
//! here: in `cfg(test)` they are loom's, otherwise the standard library's.

#[cfg(not(test))]
pub(crate) use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

#[cfg(test)]
pub(crate) use loom::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Stands for the plain bytes of a node before loom, which sees only its own types.
///
/// Whoever writes a node's bytes says so with [`Witness::written`], and whoever reads them with
/// [`Witness::read`]. If a read is not ordered after the write, loom reports it. Otherwise it has
/// no size and does nothing.
#[derive(Debug)]
pub(crate) struct Witness {
    #[cfg(test)]
    cell: loom::cell::UnsafeCell<()>,
}

impl Witness {
    /// The bytes have just been written by this thread.
    #[inline]
    pub(crate) fn written() -> Self {
        let witness = Self {
            #[cfg(test)]
            cell: loom::cell::UnsafeCell::new(()),
        };
        #[cfg(test)]
        witness.cell.with_mut(|_| ());
        witness
    }

    /// The bytes are about to be read by this thread.
    #[inline]
    #[cfg_attr(not(test), expect(clippy::unused_self, reason = "loom needs it"))]
    pub(crate) fn read(&self) {
        #[cfg(test)]
        self.cell.with(|_| ());
    }
}
