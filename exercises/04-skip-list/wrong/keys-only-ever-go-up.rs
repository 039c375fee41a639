//! Looks only at the link.

impl SkipList {
    pub(crate) fn climb<'a>(&'a self, splice: &mut Splice<'a>, target: &Target<'_>) -> usize {
        for level in 0..HEIGHT_MAX {
            let before = splice.before[level];
            let link = before.next(level);
            if !self.leads_before(link, target) {
                splice.after[level] = link;
                return level;
            }
        }
        HEIGHT_MAX
    }
}
