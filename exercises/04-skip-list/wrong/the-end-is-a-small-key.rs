//! Takes the end for a node with prefix 0.

impl SkipList {
    pub(crate) fn leads_before(&self, link: Link, target: &Target<'_>) -> bool {
        match link.prefix().cmp(&target.prefix) {
            Ordering::Less => true,
            Ordering::Equal => self
                .follow(link)
                .is_some_and(|next| next.compare(&target.key) == Ordering::Less),
            Ordering::Greater => false,
        }
    }
}
