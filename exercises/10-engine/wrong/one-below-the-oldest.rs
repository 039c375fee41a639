//! The watermark is one below the oldest snapshot, and keeps versions that nobody sees.

impl Shared {
    pub(crate) fn watermark(&self) -> Timestamp {
        let snapshots = lock(&self.snapshots);
        let published = self.published();
        let oldest = snapshots.keys().next();
        oldest.map_or(published, |oldest| {
            Timestamp(published.0.min(oldest.0).saturating_sub(1))
        })
    }
}
