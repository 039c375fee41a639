//! Forgets to note the new link.

impl SkipList {
    pub(crate) fn climb<'a>(&'a self, splice: &mut Splice<'a>, target: &Target<'_>) -> usize {
        for level in 0..HEIGHT_MAX {
            let before = splice.before[level];
            if before != self.head() && before.compare(&target.key) != Ordering::Less {
                continue;
            }
            let link = before.next(level);
            if !self.leads_before(link, target) {
                return level;
            }
        }
        HEIGHT_MAX
    }
}
