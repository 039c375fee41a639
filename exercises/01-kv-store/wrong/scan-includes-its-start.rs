//! The start of the range is included, whether or not the caller asked for it.

impl Store {
    pub fn scan<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>, now_ms: u64) -> Scan<'_> {
        let start = match range.start_bound() {
            Bound::Included(start) | Bound::Excluded(start) => Bound::Included(start.as_ref()),
            Bound::Unbounded => Bound::Unbounded,
        };
        let end = range.end_bound().map(AsRef::as_ref);
        let entries = if is_empty(start, end) {
            Range::default()
        } else {
            self.entries.range::<[u8], _>((start, end))
        };
        Scan::new(entries, now_ms)
    }
}
