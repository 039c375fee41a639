//! The number of lines is rounded down.

impl FilterBuilder {
    pub fn finish(&mut self) -> Vec<u8> {
        let bits = self.hashes.len().saturating_mul(self.bits_per_key);
        let lines = (bits / (8 * FILTER_LINE_SIZE)).clamp(1, LINES_MAX);
        let probes = probes_for(self.bits_per_key);
        let mut filter = vec![0; lines * FILTER_LINE_SIZE + 1];
        for hash in self.hashes.drain(..) {
            let probe = Probe::new(hash, lines);
            let line = &mut filter[probe.line * FILTER_LINE_SIZE..][..FILTER_LINE_SIZE];
            for bit in probe.bits(probes) {
                line[bit / 8] |= 1 << (bit % 8);
            }
        }
        filter[lines * FILTER_LINE_SIZE] = probes;
        filter
    }
}
