//! Unicode folds letters that ASCII does not know.

impl Store {
    pub fn find_ignoring_case(&self, key: impl AsRef<[u8]>, now_ms: u64) -> Vec<(&[u8], &[u8])> {
        let fold = |key: &[u8]| String::from_utf8_lossy(key).to_lowercase();
        let wanted = fold(key.as_ref());
        self.iter(now_ms)
            .filter(|(found, _)| fold(found) == wanted)
            .collect()
    }
}
