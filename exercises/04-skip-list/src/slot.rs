//! A value that is replaced while others read it.

use std::fmt;
use std::sync::atomic::Ordering;

use crossbeam_epoch::{self as epoch, Atomic, Guard, Owned};

/// Keeps alive what this thread reads through a [`Slot`], until the guard is dropped.
pub fn pin() -> Guard {
    epoch::pin()
}

/// A value that is replaced while others read it.
///
/// Readers take no lock and share no counter. A value that was replaced is dropped when nobody
/// can hold a reference to it any more: when every guard that was there at that moment is gone
/// (epoch-based reclamation; Keir Fraser, "Practical lock-freedom", 2004).
///
/// ```
/// use ferrisdb_skiplist::{Slot, pin};
///
/// let slot = Slot::new(String::from("old"));
/// let guard = pin();
/// let old = slot.load(&guard);
/// slot.swap(String::from("new"));
/// assert_eq!(old, "old");
/// assert_eq!(slot.load(&guard), "new");
/// ```
pub struct Slot<T> {
    current: Atomic<T>,
}

impl<T: Send + Sync + 'static> Slot<T> {
    /// A slot that holds `value`.
    pub fn new(value: T) -> Self {
        Self {
            current: Atomic::new(value),
        }
    }

    /// What the slot holds now. It lives at least as long as the guard, whatever others do.
    ///
    /// `Acquire`: everything that was written into the value before it was put here is visible.
    pub fn load<'g>(&'g self, guard: &'g Guard) -> &'g T {
        let current = self.current.load(Ordering::Acquire, guard);
        // SAFETY: a slot is never empty, and what it held is not dropped while this guard lives.
        unsafe { current.deref() }
    }

    /// Puts another value into its place. The old one is dropped when no guard can see it any
    /// more, by whichever thread notices that.
    ///
    /// `AcqRel`: the new value is published whole, and the old one was published by another
    /// thread before this one hands it on.
    pub fn swap(&self, value: T) {
        todo!(
            "put the new value in, and let the old one be dropped when no guard can see it any more"
        )
    }
}

impl<T> Drop for Slot<T> {
    fn drop(&mut self) {
        // SAFETY: nobody else has the slot any more, so nobody can load from it, and what was
        // loaded before has borrowed it.
        unsafe {
            let guard = epoch::unprotected();
            drop(self.current.load(Ordering::Relaxed, guard).into_owned());
        }
    }
}

impl<T: fmt::Debug + Send + Sync + 'static> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Slot").field(self.load(&pin())).finish()
    }
}
