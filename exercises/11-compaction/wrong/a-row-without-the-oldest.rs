//! The oldest run is never taken.

impl SizeTiered {
    fn by_size(&self, runs: &[SortedRun]) -> Option<Range<usize>> {
        let runs = &runs[..runs.len().saturating_sub(1)];
        (0..runs.len()).find_map(|start| {
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
