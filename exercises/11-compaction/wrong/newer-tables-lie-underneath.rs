//! All other tables count as lying underneath, also those that are newer. Nothing gets lost, but
//! with one flush after the other tombstones stay for ever.

impl Underneath {
    pub fn new(version: &Version, job: &Job) -> Self {
        let older = version
            .tables()
            .filter(|(_, table)| !job.reads(table.number));
        let mut runs: Vec<(Vec<Arc<TableMeta>>, usize)> = Vec::new();
        let mut last_level = 0;
        for (level, table) in older {
            // Tables of level 0 may overlap, so each is a run of its own.
            if level == 0 || level != last_level {
                runs.push((Vec::new(), 0));
            }
            last_level = level;
            if let Some((run, _)) = runs.last_mut() {
                run.push(Arc::clone(table));
            }
        }
        Self { runs }
    }
}
