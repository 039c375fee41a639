//! Only rows that begin with the newest run are looked at.

impl SizeTiered {
    fn by_size(&self, runs: &[SortedRun]) -> Option<Range<usize>> {
        (0..runs.len().min(1)).find_map(|start| {
            let mut end = start;
            let mut sum: u64 = 0;
            while let Some(run) = runs.get(end)
                && !run.is_busy
                && (end == start || self.is_similar(run.size(), sum))
            {
                sum += run.size();
                end += 1;
            }
            (end - start >= 2).then_some(start..end)
        })
    }
}
