//! A compaction removes its inputs before the manifest says that they are no longer needed.
//!
//! origin: engines that clean up before they commit
//! package: ferrisdb-storage
//! caught by: powercut, 50000

impl Shared {
    pub(crate) fn run_job(&self, version: &Version, job: &Job) -> Result<()> {
        let mut host = Host {
            environment: &self.environment,
            directory: self.engine.directory(),
            options: &self.tables,
            open: &|meta| Ok(self.engine.open_table(meta)?),
            number: &mut || Ok(self.engine.next_number()?),
            pace: &|bytes| {
                self.spend(bytes);
                self.may_go_on()
            },
        };
        let watermark = self.engine.watermark();
        let outcome = run(job, version, watermark, &mut host)?;
        if !job.trivial_move {
            for table in job.tables() {
                let file = sstable::TableFile::new(self.engine.directory(), table.number);
                let _ = self.environment.fs.remove(&file.path);
            }
        }
        self.engine.install(&outcome.edit)?;
        self.engine.remove_obsolete()?;
        self.note_backlog();
        Ok(())
    }
}
