//! The first level that holds something is the base, also one below the base.

impl Levelled {
    pub fn targets(&self, version: &Version) -> Targets {
        let mut sizes = [self.base_size; LEVELS_MAX];
        sizes[0] = u64::MAX;
        sizes[LAST] = size(version.level(LAST)).max(self.base_size);
        let mut base = LAST;
        while base > 1 && sizes[base] > self.base_size {
            base -= 1;
            sizes[base] = (sizes[base + 1] / self.factor).max(self.base_size);
        }
        let first_used = (1..LAST).find(|&level| !version.level(level).is_empty());
        Targets {
            base: first_used.unwrap_or(base),
            sizes,
        }
    }
}
