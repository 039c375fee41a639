//! The memtable gets the batches before they are synced, so also those whose sync fails.

impl Engine {
    fn write_group(&self, log: &mut Log, batches: &[&Batch], sync: SyncMode) -> Result<Committed> {
        let first = log.timestamp.next();
        let stamped = || (first.0..).map(Timestamp).zip(batches.iter().copied());
        let writer = log.writer()?;
        let log_start = writer.end();
        writer.append_group(stamped())?;
        let mut switched = false;
        for (timestamp, batch) in stamped() {
            switched |= self.apply(timestamp, batch, log_start)?;
            log.timestamp = timestamp;
        }
        log.writer()?.sync(sync)?;
        log.groups += 1;
        self.shared.publish(log.timestamp);
        Ok(Committed {
            timestamp: log.timestamp,
            switched,
        })
    }
}
