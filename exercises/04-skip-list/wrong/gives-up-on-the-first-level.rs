//! Ends the climb where it ought to go on.

impl SkipList {
    pub(crate) fn climb<'a>(&'a self, splice: &mut Splice<'a>, target: &Target<'_>) -> usize {
        for level in 0..HEIGHT_MAX {
            let before = splice.before[level];
            if before != self.head() && before.compare(&target.key) != Ordering::Less {
                break;
            }
            let link = before.next(level);
            if !self.leads_before(link, target) {
                splice.after[level] = link;
                return level;
            }
        }
        HEIGHT_MAX
    }
}
