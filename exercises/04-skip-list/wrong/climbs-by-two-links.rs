//! Asks about one link and stores another.

impl SkipList {
    pub(crate) fn climb<'a>(&'a self, splice: &mut Splice<'a>, target: &Target<'_>) -> usize {
        for level in 0..HEIGHT_MAX {
            let before = splice.before[level];
            if before != self.head() && before.compare(&target.key) != Ordering::Less {
                continue;
            }
            if !self.leads_before(before.next(level), target) {
                splice.after[level] = before.next(level);
                return level;
            }
        }
        HEIGHT_MAX
    }
}
