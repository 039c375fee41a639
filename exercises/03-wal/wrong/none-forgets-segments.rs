//! A sync with mode none does everything but sync and move the mark, and so forgets which earlier
//! segments are still to be synced.

impl Writer {
    fn sync_all(&mut self, mode: SyncMode) -> Result<()> {
        let end = self.current.end();
        if self.durable == end {
            return Ok(());
        }
        let clock = &self.environment.clock;
        let started = clock.elapsed();
        for segment in self.unsynced.drain(..) {
            segment.sync(mode)?;
        }
        if self.names_unsynced && mode != SyncMode::None {
            self.environment
                .fs
                .sync_dir(&self.directory)
                .context("sync", &self.directory)?;
            self.names_unsynced = false;
        }
        self.current.sync(mode)?;
        if mode != SyncMode::None {
            self.durable = end;
            self.metrics
                .count_sync(clock.elapsed().saturating_sub(started));
        }
        Ok(())
    }
}
