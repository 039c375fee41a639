//! One set bit is taken for enough.

impl Filter {
    pub fn may_contain(&self, user_key: &[u8]) -> bool {
        let probe = Probe::new(xxh3_64(user_key), self.lines);
        let line = &self.bytes[probe.line * FILTER_LINE_SIZE..][..FILTER_LINE_SIZE];
        probe
            .bits(self.probes)
            .any(|bit| line[bit / 8] & (1 << (bit % 8)) != 0)
    }
}
