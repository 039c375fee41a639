//! The prefix alone decides.

impl SkipList {
    pub(crate) fn leads_before(&self, link: Link, target: &Target<'_>) -> bool {
        let Some(_) = self.follow(link) else {
            return false;
        };
        match link.prefix().cmp(&target.prefix) {
            Ordering::Less => true,
            Ordering::Equal => false,
            Ordering::Greater => false,
        }
    }
}
