//! The last level has its size as its target, also if that is below the base size: a new database
//! has a target of nothing.

impl Levelled {
    pub fn targets(&self, version: &Version) -> Targets {
        let mut sizes = [self.base_size; LEVELS_MAX];
        sizes[0] = u64::MAX;
        sizes[LAST] = size(version.level(LAST));
        let mut base = LAST;
        while base > 1 && sizes[base] > self.base_size {
            base -= 1;
            sizes[base] = (sizes[base + 1] / self.factor).max(self.base_size);
        }
        let first_used = (1..base).find(|&level| !version.level(level).is_empty());
        Targets {
            base: first_used.unwrap_or(base),
            sizes,
        }
    }
}
