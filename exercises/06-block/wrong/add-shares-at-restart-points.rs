//! A restart point is noted, but the entry there still leaves out what its key shares with the one
//! before.

impl Builder {
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        self.check(key, value)?;
        if self.finished {
            self.reset();
        }
        if self.entries.is_multiple_of(self.restart_interval) {
            self.restarts.push(offset(self.bytes.len()));
        }
        let last = self.last.as_ref().map(|last| last.user_key.as_slice());
        let shared = match self.entries {
            0 => 0,
            _ => shared_size(last.unwrap_or_default(), key.user_key),
        };
        entry::encode(&mut self.bytes, shared, key, value);
        self.entries += 1;
        self.remember(key, shared);
        Ok(())
    }
}
