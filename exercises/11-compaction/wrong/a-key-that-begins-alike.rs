//! Keys are compared by their beginning only, so `ab` counts as a version of `a`.

impl<S: Source, U: FnMut(&[u8]) -> bool> Retain<S, U> {
    fn keeps(&mut self) -> bool {
        let key = self.source.key();
        if self
            .settled
            .as_deref()
            .is_some_and(|settled| key.user_key.starts_with(settled))
        {
            self.counts.shadowed += 1;
            return false;
        }
        if key.timestamp <= self.watermark {
            let settled = self.settled.get_or_insert_default();
            settled.clear();
            settled.extend_from_slice(key.user_key);
            if key.operation == Operation::Delete && !(self.underneath)(key.user_key) {
                self.counts.tombstones += 1;
                return false;
            }
        }
        self.counts.kept += 1;
        true
    }
}
