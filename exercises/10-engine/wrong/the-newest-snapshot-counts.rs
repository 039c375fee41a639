//! The watermark is that of the newest snapshot, and older ones lose what they show.

impl Shared {
    pub(crate) fn watermark(&self) -> Timestamp {
        let snapshots = lock(&self.snapshots);
        let published = self.published();
        let oldest = snapshots.keys().next_back();
        oldest.map_or(published, |oldest| published.min(*oldest))
    }
}
