//! Sizes are counted from level 1 down, so the last level has a target far above what it holds,
//! and the base is always level 1.

impl Levelled {
    pub fn targets(&self, version: &Version) -> Targets {
        let mut sizes = [self.base_size; LEVELS_MAX];
        sizes[0] = u64::MAX;
        let base = 1;
        for level in 2..=LAST {
            sizes[level] = sizes[level - 1].saturating_mul(self.factor);
        }
        let first_used = (1..base).find(|&level| !version.level(level).is_empty());
        Targets {
            base: first_used.unwrap_or(base),
            sizes,
        }
    }
}
