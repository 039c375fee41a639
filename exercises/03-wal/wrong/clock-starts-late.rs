//! The clock is started before the last call, so the syncs of earlier segments and of the directory
//! take no time.

impl Writer {
    fn sync_all(&mut self, mode: SyncMode) -> Result<()> {
        let end = self.current.end();
        if mode == SyncMode::None || self.durable == end {
            return Ok(());
        }
        let clock = &self.environment.clock;
        for segment in self.unsynced.drain(..) {
            segment.sync(mode)?;
        }
        if self.names_unsynced {
            self.environment
                .fs
                .sync_dir(&self.directory)
                .context("sync", &self.directory)?;
            self.names_unsynced = false;
        }
        let started = clock.elapsed();
        self.current.sync(mode)?;
        self.durable = end;
        self.metrics
            .count_sync(clock.elapsed().saturating_sub(started));
        Ok(())
    }
}
