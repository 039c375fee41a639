//! The entry still counts at the very millisecond at which it expires.

impl Entry {
    pub fn is_live(&self, now_ms: u64) -> bool {
        match self.expires_at_ms {
            None => true,
            Some(expires_at_ms) => now_ms <= expires_at_ms,
        }
    }
}
