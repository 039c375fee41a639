//! All batches of a group get the same timestamp.

impl Engine {
    fn write_group(&self, log: &mut Log, batches: &[&Batch], sync: SyncMode) -> Result<Committed> {
        let first = log.timestamp.next();
        let stamped = || batches.iter().map(|batch| (first, *batch));
        let writer = log.writer()?;
        let log_start = writer.end();
        writer.append_group(stamped())?;
        writer.sync(sync)?;
        let mut switched = false;
        for (timestamp, batch) in stamped() {
            switched |= self.apply(timestamp, batch, log_start)?;
            log.timestamp = timestamp;
        }
        log.groups += 1;
        self.shared.publish(log.timestamp);
        Ok(Committed {
            timestamp: log.timestamp,
            switched,
        })
    }
}
