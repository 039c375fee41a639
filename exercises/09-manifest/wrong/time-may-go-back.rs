//! The last timestamp is taken from the edit, whatever it is.

impl Version {
    pub fn apply(&self, edit: &Edit) -> Result<Self, Refusal> {
        let mut next = self.clone();
        next.number = self.number.saturating_add(1);
        next.log_start = forward("log start", self.log_start, edit.log_start)?;
        let timestamp = edit.last_timestamp.map(|timestamp| timestamp.0);
        next.last_timestamp = Timestamp(timestamp.unwrap_or(self.last_timestamp.0));
        next.next_number = forward("next number", self.next_number, edit.next_number)?;
        if next.next_number > NUMBER_MAX {
            return Err(Refusal::NumbersUsedUp);
        }
        for &(level, number) in &edit.remove {
            next.take(level, number)?;
        }
        let mut numbers: HashSet<u64> = next.tables().map(|(_, table)| table.number).collect();
        for (level, table) in &edit.add {
            table.check()?;
            if !numbers.insert(table.number) {
                let number = table.number;
                return Err(Refusal::Twice { number });
            }
            next.put(*level, table)?;
        }
        Ok(next)
    }
}
