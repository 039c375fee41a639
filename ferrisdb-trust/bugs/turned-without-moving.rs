//! A merge that turns round sorts its sources anew, and leaves them where they are.
//!
//! origin: RunKV #26
//! package: ferrisdb-merge
//! caught by: lockstep, 20000

impl Direction {
    pub(crate) fn turn<S: Source>(
        self,
        source: &mut S,
        entry: InternalKey<'_>,
    ) -> Result<(), S::Error> {
        if source.is_valid() && order(source.key(), entry).is_eq() {
            self.step(source)?;
        }
        Ok(())
    }
}
