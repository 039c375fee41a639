//! The offset of a restart point is taken after the entry was appended, so it leads to the entry
//! behind.

impl Builder {
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        self.check(key, value)?;
        if self.finished {
            self.reset();
        }
        let restart = self.entries.is_multiple_of(self.restart_interval);
        let last = self.last.as_ref().map(|last| last.user_key.as_slice());
        let shared = match restart {
            true => 0,
            false => shared_size(last.unwrap_or_default(), key.user_key),
        };
        entry::encode(&mut self.bytes, shared, key, value);
        if restart {
            self.restarts.push(offset(self.bytes.len()));
        }
        self.entries += 1;
        self.remember(key, shared);
        Ok(())
    }
}
