//! The filter lacks the key with which the last block begins, so that a get does not find it.
//!
//! origin: filters that are built block by block, and forget what comes after the last full one
//! package: ferrisdb-sstable
//! caught by: lockstep, 20000

impl Writer {
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        self.check()?;
        self.data.add(key, value).map_err(refused)?;
        let is_new_block = self.waiting.is_some();
        if let (Some(handle), Some(last)) = (self.waiting.take(), &self.last) {
            let separator = separator(last.as_key(), key);
            self.point_to(&separator, handle)?;
        }
        let is_new_key = self
            .last
            .as_ref()
            .is_none_or(|last| last.user_key != key.user_key);
        if is_new_key && !is_new_block && self.options.filter_bits_per_key > 0 {
            self.filter.add(key.user_key);
        }
        self.properties.count(key, value, is_new_key);
        remember(&mut self.last, key);
        if self.data.size() >= self.options.block_size {
            self.end_block()?;
        }
        Ok(())
    }
}
