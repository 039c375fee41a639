//! Each key is compared with the key at the last restart point and not with the key just before
//! it.

impl Builder {
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        self.check(key, value)?;
        if self.finished {
            self.reset();
        }
        let shared = if self.entries.is_multiple_of(self.restart_interval) {
            self.restarts.push(offset(self.bytes.len()));
            0
        } else {
            // The key at the restart point lies whole in the bytes, behind its fields.
            let start = self.restarts[self.restarts.len() - 1] as usize;
            let first = entry::decode(&self.bytes, start)?;
            shared_size(&self.bytes[first.suffix], key.user_key)
        };
        entry::encode(&mut self.bytes, shared, key, value);
        self.entries += 1;
        self.remember(key, shared);
        Ok(())
    }
}
