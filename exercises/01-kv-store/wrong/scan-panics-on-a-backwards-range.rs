//! A range that ends before it begins goes straight to `BTreeMap::range`, which panics.

impl Store {
    pub fn scan<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>, now_ms: u64) -> Scan<'_> {
        let start = range.start_bound().map(AsRef::as_ref);
        let end = range.end_bound().map(AsRef::as_ref);
        Scan::new(self.entries.range::<[u8], _>((start, end)), now_ms)
    }
}
