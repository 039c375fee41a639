//! The first table that does not end before the key is taken to hold it, although it may begin
//! behind it. Nothing gets lost, but tombstones stay for ever.

impl Underneath {
    pub fn may_hold(&mut self, user_key: &[u8]) -> bool {
        self.runs.iter_mut().any(|(run, passed)| {
            while run
                .get(*passed)
                .is_some_and(|table| &*table.largest.user_key < user_key)
            {
                *passed += 1;
            }
            run.get(*passed).is_some()
        })
    }
}
