//! Stops at the first version that it meets, which is the oldest on the way back.

impl<S: Source> Visible<S> {
    fn newest_backward(&mut self) -> Result<(Option<Operation>, At), S::Error> {
        if !self.is_at_kept_key() || self.source.key().timestamp > self.as_of {
            return Ok((None, At::Kept));
        }
        Ok((Some(self.source.key().operation), At::Source))
    }
}
