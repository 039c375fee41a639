//! A table that ends with the key is passed as if it ended before it.

impl Underneath {
    pub fn may_hold(&mut self, user_key: &[u8]) -> bool {
        self.runs.iter_mut().any(|(run, passed)| {
            while run
                .get(*passed)
                .is_some_and(|table| &*table.largest.user_key <= user_key)
            {
                *passed += 1;
            }
            run.get(*passed)
                .is_some_and(|table| KeyRange::of(table).holds(user_key))
        })
    }
}
