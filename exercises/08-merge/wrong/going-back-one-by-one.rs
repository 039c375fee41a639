//! Steps through all versions of a key, however many there are.

impl<S: Source> Visible<S> {
    fn newest_backward(&mut self) -> Result<(Option<Operation>, At), S::Error> {
        let mut newest = None;
        loop {
            if !self.is_at_kept_key() || self.source.key().timestamp > self.as_of {
                return Ok((newest, At::Kept));
            }
            newest = Some(self.source.key().operation);
            self.value.clear();
            self.value.extend_from_slice(self.source.value());
            self.source.prev()?;
        }
    }
}
