//! Background work that runs when a test says so, or at once.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ferrisdb_core::{Background, Job};

/// Keeps background jobs until it is told to run one, on the caller's own thread.
///
/// ```
/// use ferrisdb_core::Background;
/// use ferrisdb_testkit::Steps;
///
/// let steps = Steps::new();
/// steps.run(Box::new(|| println!("flushed")));
/// assert_eq!(steps.waiting(), 1);
/// assert!(steps.step(), "one job ran");
/// assert!(!steps.step(), "there is nothing left to do");
/// ```
#[derive(Default)]
pub struct Steps {
    jobs: Mutex<VecDeque<Job>>,
}

impl Steps {
    /// Nothing to do yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn jobs(&self) -> MutexGuard<'_, VecDeque<Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many jobs wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.jobs().len()
    }

    /// Runs the job that was handed over first. False if there was none.
    pub fn step(&self) -> bool {
        // The queue must be free while the job runs, because the job may hand over another.
        let job = self.jobs().pop_front();
        job.map(|job| job()).is_some()
    }

    /// Runs jobs, those that jobs hand over included, until none is left; says how many.
    pub fn run_all(&self) -> usize {
        let mut count = 0;
        while self.step() {
            count += 1;
        }
        count
    }
}

impl Background for Steps {
    fn run(&self, job: Job) {
        self.jobs().push_back(job);
    }
}

/// Runs each job at once, on the thread that hands it over.
///
/// So whoever causes background work waits for it, and everything happens in one order that
/// repeats.
///
/// ```
/// use ferrisdb_core::Background;
/// use ferrisdb_testkit::AtOnce;
///
/// AtOnce.run(Box::new(|| println!("flushed, before this call returns")));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct AtOnce;

impl Background for AtOnce {
    fn run(&self, job: Job) {
        job();
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps")
            .field("waiting", &self.waiting())
            .finish()
    }
}
