//! In byte order capitals come first: from small letters to capitals is backwards.

impl Store {
    pub fn find_ignoring_case(&self, key: impl AsRef<[u8]>, now_ms: u64) -> Vec<(&[u8], &[u8])> {
        let key = key.as_ref();
        let first = key.to_ascii_lowercase();
        let last = key.to_ascii_uppercase();
        self.scan(first..=last, now_ms)
            .filter(|(found, _)| found.eq_ignore_ascii_case(key))
            .collect()
    }
}
