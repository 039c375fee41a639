//! Counts the steps from 0 to the limit and takes the limit along.

impl<S: Source> Visible<S> {
    fn newest_backward(&mut self) -> Result<(Option<Operation>, At), S::Error> {
        let mut newest = None;
        for _ in 0..=STEPS_MAX {
            if !self.is_at_kept_key() || self.source.key().timestamp > self.as_of {
                return Ok((newest, At::Kept));
            }
            newest = Some(self.source.key().operation);
            self.value.clear();
            self.value.extend_from_slice(self.source.value());
            self.source.prev()?;
        }
        self.source.seek(version(&self.key, self.as_of))?;
        Ok((Some(self.source.key().operation), At::Source))
    }
}
