//! Searches for the newest version at once, and does not look first whether there is one.

impl<S: Source> Visible<S> {
    fn newest_backward(&mut self) -> Result<(Option<Operation>, At), S::Error> {
        if !self.is_at_kept_key() || self.source.key().timestamp > self.as_of {
            return Ok((None, At::Kept));
        }
        self.source.seek(version(&self.key, self.as_of))?;
        Ok((Some(self.source.key().operation), At::Source))
    }
}
