//! Given: asks the operating system for large pages.
//!
//! The processor remembers where a few thousand pages of memory lie. With pages of 4 KiB that is
//! a few MiB; a search in a larger list then waits for the address as well as for the bytes.
//! With pages of 2 MiB it is several GiB. Where the system has no such pages to give, or nobody
//! knows how to ask, nothing happens.

/// A large page, and what a block must be aligned to in order to consist of them.
pub(crate) const LARGE_PAGE: usize = 2 << 20;

/// Asks for large pages for a block that has just been allocated.
pub(crate) fn advise_large(block: std::ptr::NonNull<[u8]>) {
    #[cfg(all(target_os = "linux", not(miri)))]
    {
        use rustix::mm::{Advice, madvise};
        let (start, size) = (block.as_ptr().cast(), block.len());
        // SAFETY: the advice changes the size of pages and no byte in them. It is given for the
        // block alone. That it was not taken is no error.
        let _ = unsafe { madvise(start, size, Advice::LinuxHugepage) };
    }
    #[cfg(not(all(target_os = "linux", not(miri))))]
    let _ = block;
}
