//! Every table that was dropped is removed at once, also if a cursor may still read it.

impl Shared {
    pub(crate) fn take_obsolete(&self) -> Vec<u64> {
        let mut pins = lock(&self.pins);
        std::mem::take(&mut pins.dropped).into_iter().collect()
    }
}
