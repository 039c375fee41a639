//! Without snapshots the watermark stays at zero, so nothing is ever dropped.

impl Shared {
    pub(crate) fn watermark(&self) -> Timestamp {
        let snapshots = lock(&self.snapshots);
        let published = self.published();
        let oldest = snapshots.keys().next();
        oldest.map_or(Timestamp::ZERO, |oldest| published.min(*oldest))
    }
}
