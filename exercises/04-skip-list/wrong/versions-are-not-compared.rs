//! Compares the user key and forgets the timestamp.

impl SkipList {
    pub(crate) fn leads_before(&self, link: Link, target: &Target<'_>) -> bool {
        let Some(next) = self.follow(link) else {
            return false;
        };
        match link.prefix().cmp(&target.prefix) {
            Ordering::Less => true,
            Ordering::Equal => next.key().user_key < target.key.user_key,
            Ordering::Greater => false,
        }
    }
}
