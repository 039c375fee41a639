//! What becomes of bytes between `write` and the disk, in 20 lines.

/// A file as the operating system keeps it: what programs see, and what the disk has.
///
/// `write` changes only what programs see. The kernel copies pages to the disk when it likes,
/// in the order it likes; `sync` copies all of them now.
#[derive(Debug)]
pub struct PageCache {
    page_size: usize,
    seen: Vec<u8>,
    disk: Vec<u8>,
}

impl PageCache {
    /// An empty file. A real page has 4,096 bytes; a small one makes a small example.
    pub fn new(page_size: usize) -> Self {
        let (seen, disk) = (Vec::new(), Vec::new());
        Self {
            page_size,
            seen,
            disk,
        }
    }

    /// What `write(2)` does: returns at once, and every program sees the bytes.
    pub fn write(&mut self, bytes: &[u8]) {
        self.seen.extend_from_slice(bytes);
    }

    /// What `fsync(2)` does: everything seen is on the disk.
    pub fn sync(&mut self) {
        self.disk.clone_from(&self.seen);
    }

    /// The kernel writes one page out because it feels like it.
    pub fn write_back(&mut self, page: usize) {
        let start = self.page_size * page;
        let end = self.seen.len().min(start + self.page_size);
        self.disk.resize(self.disk.len().max(end), 0);
        self.disk[start..end].copy_from_slice(&self.seen[start..end]);
    }

    /// The power goes; what the next boot finds.
    pub fn power_cut(self) -> Vec<u8> {
        self.disk
    }
}
