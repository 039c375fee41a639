//! Earlier segments are synced with mode data, whatever mode was asked for.

impl Writer {
    fn sync_all(&mut self, mode: SyncMode) -> Result<()> {
        let end = self.current.end();
        if mode == SyncMode::None || self.durable == end {
            return Ok(());
        }
        let clock = &self.environment.clock;
        let started = clock.elapsed();
        for segment in self.unsynced.drain(..) {
            segment.sync(SyncMode::Data)?;
        }
        if self.names_unsynced {
            self.environment
                .fs
                .sync_dir(&self.directory)
                .context("sync", &self.directory)?;
            self.names_unsynced = false;
        }
        self.current.sync(mode)?;
        self.durable = end;
        self.metrics
            .count_sync(clock.elapsed().saturating_sub(started));
        Ok(())
    }
}
