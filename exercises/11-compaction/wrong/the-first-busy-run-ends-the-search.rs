//! A busy run ends not only the row, but the search: what lies behind it is not looked at.

impl SizeTiered {
    fn by_size(&self, runs: &[SortedRun]) -> Option<Range<usize>> {
        let mut starts = (0..runs.len()).take_while(|&start| !runs[start].is_busy);
        starts.find_map(|start| {
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
