//! Only the very first key of the builder is taken for the first one: the first entry of the next
//! block leaves out what it shares with the last block.

impl Builder {
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        self.check(key, value)?;
        if self.finished {
            self.reset();
        }
        let shared = if self.entries.is_multiple_of(self.restart_interval) {
            self.restarts.push(offset(self.bytes.len()));
            let last = self.last.as_ref().map(|last| last.user_key.as_slice());
            if self.entries == 0 {
                shared_size(last.unwrap_or_default(), key.user_key)
            } else {
                0
            }
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
