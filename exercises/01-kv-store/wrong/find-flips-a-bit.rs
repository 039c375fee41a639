//! Without bit 0x20, `[` and `{` are the same, and they are no letters.

impl Store {
    pub fn find_ignoring_case(&self, key: impl AsRef<[u8]>, now_ms: u64) -> Vec<(&[u8], &[u8])> {
        let fold = |key: &[u8]| -> Vec<u8> { key.iter().map(|byte| byte | 0x20).collect() };
        let wanted = fold(key.as_ref());
        self.iter(now_ms)
            .filter(|(found, _)| fold(found) == wanted)
            .collect()
    }
}
