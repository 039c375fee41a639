//! Targets are counted from the lowest level that holds something, and not from the last one.

impl Levelled {
    pub fn targets(&self, version: &Version) -> Targets {
        let mut sizes = [self.base_size; LEVELS_MAX];
        sizes[0] = u64::MAX;
        let is_used = |&level: &usize| !version.level(level).is_empty();
        let mut base = (1..=LAST).rev().find(is_used).unwrap_or(LAST);
        sizes[base] = size(version.level(base)).max(self.base_size);
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
