//! Two jobs may run side by side if they read no table in common, wherever they write.

impl Running {
    pub fn allows(&self, job: &Job) -> bool {
        let is_free = job.numbers().iter().all(|number| !self.is_busy(*number));
        is_free
    }
}
