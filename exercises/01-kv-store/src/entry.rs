//! What the store keeps under a key: a value, and how long it counts.
//!
//! An entry holds the moment at which it ends, not how long it has left, so nothing in it
//! has to change as time goes by. One function says what "expired" means, and everything
//! that reads the store asks that function.

/// A value and the moment at which it stops counting, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    value: Vec<u8>,
    expires_at_ms: Option<u64>,
}

impl Entry {
    /// An entry that never expires.
    pub fn forever(value: impl AsRef<[u8]>) -> Self {
        Self {
            value: value.as_ref().to_vec(),
            expires_at_ms: None,
        }
    }

    /// An entry that is live for the `ttl_ms` milliseconds from `now_ms` on.
    ///
    /// A time to live of 0 makes an entry that has expired already. One that reaches beyond
    /// the end of time, `u64::MAX`, ends there.
    pub fn expiring(value: impl AsRef<[u8]>, ttl_ms: u64, now_ms: u64) -> Self {
        Self {
            value: value.as_ref().to_vec(),
            expires_at_ms: Some(now_ms.saturating_add(ttl_ms)),
        }
    }

    /// Whether the entry still counts at `now_ms`.
    ///
    /// An entry lives *until* it expires: at the very millisecond `expires_at_ms` it is gone.
    pub fn is_live(&self, now_ms: u64) -> bool {
        todo!(
            "say whether the entry still counts at `now_ms`; at `expires_at_ms` itself it no longer does"
        )
    }

    /// The value, whether or not it still counts.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The first millisecond at which the entry no longer counts; `None` if it always will.
    pub fn expires_at_ms(&self) -> Option<u64> {
        self.expires_at_ms
    }
}
