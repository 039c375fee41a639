//! At most one table is passed a question. Where keys are far apart the place falls behind, and
//! tables are looked at that end before the key.

impl Underneath {
    pub fn may_hold(&mut self, user_key: &[u8]) -> bool {
        self.runs.iter_mut().any(|(run, passed)| {
            if run
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
