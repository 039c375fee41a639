//! While somebody writes, the lock is not to be had at once (`try_write`), and the table stays as it was.

impl Memtable {
    pub fn freeze(&self) {
        if let Ok(mut frozen) = self.frozen.try_write() {
            *frozen = true;
        }
    }
}
