//! As long as there is any cursor, nothing is removed.

impl Shared {
    pub(crate) fn take_obsolete(&self) -> Vec<u64> {
        let mut pins = lock(&self.pins);
        if !pins.held.is_empty() {
            return Vec::new();
        }
        std::mem::take(&mut pins.dropped).into_iter().collect()
    }
}
