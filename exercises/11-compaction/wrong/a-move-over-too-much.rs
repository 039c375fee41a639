//! A table is moved however much of the level below it overlaps.

impl Job {
    fn can_move(&self) -> bool {
        let overlap: u64 = self.below.iter().map(|table| table.size).sum();
        match &*self.inputs {
            [input] => input.tables.len() == 1 && input.level != self.output_level,
            _ => false,
        }
    }
}
