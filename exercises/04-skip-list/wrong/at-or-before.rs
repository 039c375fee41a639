//! Not after, instead of before.

impl SkipList {
    pub(crate) fn leads_before(&self, link: Link, target: &Target<'_>) -> bool {
        let Some(next) = self.follow(link) else {
            return false;
        };
        match link.prefix().cmp(&target.prefix) {
            Ordering::Less => true,
            Ordering::Equal => next.compare(&target.key) != Ordering::Greater,
            Ordering::Greater => false,
        }
    }
}
