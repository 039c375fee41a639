//! Gives up after some steps, and shows the newest of those that it has seen.

impl<S: Source> Visible<S> {
    fn newest_backward(&mut self) -> Result<(Option<Operation>, At), S::Error> {
        let mut newest = None;
        for _ in 0..STEPS_MAX {
            if !self.is_at_kept_key() || self.source.key().timestamp > self.as_of {
                return Ok((newest, At::Kept));
            }
            newest = Some(self.source.key().operation);
            self.value.clear();
            self.value.extend_from_slice(self.source.value());
            self.source.prev()?;
        }
        Ok((newest, At::Kept))
    }
}
