//! Never uses the prefix.

impl SkipList {
    pub(crate) fn leads_before(&self, link: Link, target: &Target<'_>) -> bool {
        self.follow(link)
            .is_some_and(|next| next.compare(&target.key) == Ordering::Less)
    }
}
