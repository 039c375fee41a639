//! A table is moved although it overlaps tables of the level where it goes.

impl Job {
    fn can_move(&self) -> bool {
        let overlap: u64 = self.below.iter().map(|table| table.size).sum();
        match &*self.inputs {
            [input, ..] => {
                input.tables.len() == 1
                    && input.level != self.output_level
                    && overlap <= self.overlap_max
            }
            _ => false,
        }
    }
}
