//! Given: asks the processor to load memory that will soon be needed.
//!
//! A node that is not in the processor's cache takes about a hundred times as long to read as
//! one that is. A prefetch starts the load and does not wait for it. It changes no result, and
//! where there is no such instruction in stable Rust it does nothing.

use crate::SkipList;
use crate::node::Node;

/// Starts to load the cache line at `address`. Any address is allowed, valid or not.
#[inline]
pub(crate) fn prefetch(address: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing that the program can see, and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = address;
}

impl SkipList {
    /// Starts to load the node that a search looks at next if it goes down from here. Which way
    /// it goes turns out only when the node to the right has come, and by then this one is on
    /// its way as well.
    #[inline]
    pub(crate) fn prefetch_below(&self, before: Node<'_>, level: usize) {
        // The model checker would take this for a read that orders something.
        if cfg!(test) || level == 0 {
            return;
        }
        if let Some(below) = self.follow(before.next(level - 1)) {
            below.prefetch();
        }
    }
}
