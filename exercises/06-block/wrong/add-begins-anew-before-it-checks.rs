//! The next block is begun before the entry is checked, so an entry that is refused wipes out the
//! finished block.

impl Builder {
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        if self.finished {
            self.reset();
        }
        self.check(key, value)?;
        let shared = if self.entries.is_multiple_of(self.restart_interval) {
            self.restarts.push(offset(self.bytes.len()));
            0
        } else {
            let last = self.last.as_ref().map(|last| last.user_key.as_slice());
            shared_size(last.unwrap_or_default(), key.user_key)
        };
        entry::encode(&mut self.bytes, shared, key, value);
        self.entries += 1;
        self.remember(key, shared);
        Ok(())
    }
}
