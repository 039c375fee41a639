//! Once a memtable was full, `||` does not look at the other batches of the group any more.

impl Engine {
    fn write_group(&self, log: &mut Log, batches: &[&Batch], sync: SyncMode) -> Result<Committed> {
        let first = log.timestamp.next();
        let stamped = || (first.0..).map(Timestamp).zip(batches.iter().copied());
        let writer = log.writer()?;
        let log_start = writer.end();
        writer.append_group(stamped())?;
        writer.sync(sync)?;
        let mut switched = false;
        for (timestamp, batch) in stamped() {
            switched = switched || self.apply(timestamp, batch, log_start)?;
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
