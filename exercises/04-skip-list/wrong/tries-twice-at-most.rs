//! The second failure is not noticed.

impl SkipList {
    pub(crate) fn link<'a>(
        &'a self,
        splice: &mut Splice<'a>,
        target: &Target<'_>,
        value: &[u8],
        allocate: impl FnOnce(usize) -> Result<Room<'a>>,
    ) -> Result<()> {
        self.refuse_duplicate(splice, target)?;
        let key = target.key;
        let height = height(self.seed, &key);
        let room = allocate(node_size(height, key.user_key.len(), value.len()))?;
        let node = Node::write(room, key, value, &splice.after[..height]);
        let link = node.link(&self.arena, target.prefix);
        for level in 0..height {
            if !splice.before[level].replace_next(level, splice.after[level], link) {
                let (before, after) = self.walk(splice.before[level], level, target, Link::END);
                (splice.before[level], splice.after[level]) = (before, after);
                if level == 0 {
                    self.refuse_duplicate(splice, target)?;
                }
                node.set_next(level, after);
                before.replace_next(level, after, link);
            }
        }
        splice.before[..height].fill(node);
        self.len.fetch_add(1, sync::Ordering::Relaxed);
        Ok(())
    }
}
