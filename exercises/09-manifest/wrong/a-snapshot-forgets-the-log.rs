//! The snapshot has all tables, and does not say from where on the log is needed.

impl Version {
    pub(crate) fn as_edit(&self) -> Edit {
        let mut edit = Edit::new()
            .last_timestamp(self.last_timestamp)
            .next_number(self.next_number);
        for (level, table) in self.tables() {
            edit = edit.add(level, Arc::clone(table));
        }
        edit
    }
}
