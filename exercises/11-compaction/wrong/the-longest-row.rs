//! The longest row is taken instead of the first. Small new runs stay, and there are more to read.

impl SizeTiered {
    fn by_size(&self, runs: &[SortedRun]) -> Option<Range<usize>> {
        let rows = (0..runs.len()).filter_map(|start| {
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
        });
        rows.max_by_key(ExactSizeIterator::len)
    }
}
