//! The group is published with its first timestamp, so the others stay invisible until the next
//! write.

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
            switched |= self.apply(timestamp, batch, log_start)?;
            log.timestamp = timestamp;
        }
        log.groups += 1;
        self.shared.publish(if batches.is_empty() {
            log.timestamp
        } else {
            first
        });
        Ok(Committed {
            timestamp: log.timestamp,
            switched,
        })
    }
}
