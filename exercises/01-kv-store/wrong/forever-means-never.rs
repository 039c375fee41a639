//! `is_some_and` says false of an entry that has no expiry.

impl Entry {
    pub fn is_live(&self, now_ms: u64) -> bool {
        self.expires_at_ms
            .is_some_and(|expires_at_ms| now_ms < expires_at_ms)
    }
}
