//! The order is checked after the entry was appended, so an entry that is refused is in the block
//! all the same.

impl Builder {
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        if self.finished {
            self.reset();
        }
        let shared = if self.entries.is_multiple_of(self.restart_interval) {
            self.restarts.push(offset(self.bytes.len()));
            0
        } else {
            let last = self.last.as_ref().map(|last| last.user_key.as_slice());
            shared_size(last.unwrap_or_default(), key.user_key)
        };
        entry::encode(&mut self.bytes, shared, key, value);
        self.entries += 1;
        self.check(key, value)?;
        self.remember(key, shared);
        Ok(())
    }
}
