//! What lies underneath is asked of every delete, also where the answer changes nothing. It costs
//! a search through the levels each time.

impl<S: Source, U: FnMut(&[u8]) -> bool> Retain<S, U> {
    fn keeps(&mut self) -> bool {
        let key = self.source.key();
        let is_bare = key.operation == Operation::Delete && !(self.underneath)(key.user_key);
        if self.settled.as_deref() == Some(key.user_key) {
            self.counts.shadowed += 1;
            return false;
        }
        if key.timestamp <= self.watermark {
            let settled = self.settled.get_or_insert_default();
            settled.clear();
            settled.extend_from_slice(key.user_key);
            if is_bare {
                self.counts.tombstones += 1;
                return false;
            }
        }
        self.counts.kept += 1;
        true
    }
}
