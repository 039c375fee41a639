//! Of every key only the newest version is kept, whatever the watermark: what a snapshot sees is
//! gone.

impl<S: Source, U: FnMut(&[u8]) -> bool> Retain<S, U> {
    fn keeps(&mut self) -> bool {
        let key = self.source.key();
        if self.settled.as_deref() == Some(key.user_key) {
            self.counts.shadowed += 1;
            return false;
        }
        if key.timestamp <= Timestamp::MAX {
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
