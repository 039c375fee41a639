//! The memtable that a batch begins notes where the log ends behind that batch. When the memtable
//! before it is flushed, the log goes that holds the batch.
//!
//! origin: taking the number of the new log after the write rather than before
//! package: ferrisdb-engine
//! caught by: lockstep, 20000

impl Engine {
    fn write_group(&self, log: &mut Log, batches: &[&Batch], sync: SyncMode) -> Result<Committed> {
        let first = log.timestamp.next();
        let stamped = || (first.0..).map(Timestamp).zip(batches.iter().copied());
        let writer = log.writer()?;
        writer.append_group(stamped())?;
        let log_start = writer.end();
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
