//! The first entry is counted before the interval is looked at, so the restart points are one
//! entry early and the first entry has none.

impl Builder {
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        self.check(key, value)?;
        if self.finished {
            self.reset();
        }
        let shared = if (self.entries + 1).is_multiple_of(self.restart_interval) {
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
