//! Looks only at the node.

impl SkipList {
    pub(crate) fn climb<'a>(&'a self, splice: &mut Splice<'a>, target: &Target<'_>) -> usize {
        for level in 0..HEIGHT_MAX {
            let before = splice.before[level];
            if before != self.head() && before.compare(&target.key) != Ordering::Less {
                continue;
            }
            let link = before.next(level);
            splice.after[level] = link;
            return level;
        }
        HEIGHT_MAX
    }
}
