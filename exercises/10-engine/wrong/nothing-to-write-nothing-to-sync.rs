//! A group of empty batches is not synced, although somebody asked for it.

impl Engine {
    pub(crate) fn lead(&self, log: &mut Log) {
        let group = self.queue.take_group();
        let mut accepted: Vec<Arc<Member>> = Vec::with_capacity(group.len());
        let mut timestamps = Vec::with_capacity(group.len());
        let mut last = log.timestamp;
        for member in &*group {
            let next = if member.batch.is_empty() {
                last
            } else {
                last.next()
            };
            match self.validate(member, &accepted, next) {
                Ok(Ok(true)) => {
                    accepted.push(Arc::clone(member));
                    timestamps.push(next);
                    last = next;
                }
                Ok(Ok(false)) => member.finish(Ok(Err(Error::Refused))),
                Ok(Err(error)) => member.finish(Ok(Err(error))),
                Err(panic) => member.finish(Err(panic)),
            }
        }
        let batches = accepted.iter().map(|member| &member.batch);
        let batches: Vec<_> = batches.filter(|batch| !batch.is_empty()).collect();
        let sync = strongest(accepted.iter().map(|member| member.sync));
        let mut written = if batches.is_empty() {
            Ok(Committed {
                timestamp: last,
                switched: false,
            })
        } else {
            self.write(log, &batches, sync)
        };
        for (member, timestamp) in accepted.iter().zip(timestamps) {
            let outcome = match &mut written {
                Ok(group) => Ok(Committed {
                    timestamp,
                    ..*group
                }),
                // The first gets the error itself, the others hear of it.
                Err(error) => Err(std::mem::replace(error, self.stopped_error())),
            };
            member.finish(Ok(outcome));
        }
    }
}
