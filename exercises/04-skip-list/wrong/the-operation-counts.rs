//! Compares with the order of `InternalKey`.

impl SkipList {
    pub(crate) fn leads_before(&self, link: Link, target: &Target<'_>) -> bool {
        let Some(next) = self.follow(link) else {
            return false;
        };
        match link.prefix().cmp(&target.prefix) {
            Ordering::Less => true,
            Ordering::Equal => next.key() < target.key,
            Ordering::Greater => false,
        }
    }
}
