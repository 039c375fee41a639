//! The output goes into the level of the next older run, which is not read: it overlaps that one.

impl SizeTiered {
    fn job(
        &self,
        version: &Version,
        runs: &[SortedRun],
        merged: Range<usize>,
        reason: Reason,
    ) -> Job {
        let output_level = match runs.get(merged.end) {
            Some(older) => older.level,
            None => LEVELS_MAX - 1,
        };
        let mut inputs: Vec<Input> = Vec::new();
        for run in &runs[merged] {
            match inputs.last_mut() {
                Some(input) if input.level == run.level => input.tables.extend(run.tables.clone()),
                _ => inputs.push(Input {
                    level: run.level,
                    tables: run.tables.clone(),
                }),
            }
        }
        Job::new(
            version,
            inputs,
            output_level,
            self.table_size,
            u64::MAX,
            reason,
        )
    }
}
