//! The answer is always that the key may be there. Nothing is lost but the use of the filter.

impl Filter {
    pub fn may_contain(&self, user_key: &[u8]) -> bool {
        let probe = Probe::new(xxh3_64(user_key), self.lines);
        self.bytes.len() > probe.line
    }
}
