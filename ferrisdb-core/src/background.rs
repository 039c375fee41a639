//! Work that goes on while callers are served.

use std::fmt::{self, Debug};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

/// A piece of background work.
pub type Job = Box<dyn FnOnce() + Send>;

/// Runs jobs some time later, in the order in which they were given.
///
/// In production that is a thread. In tests it is a queue that runs a job when it is told to,
/// so that a whole history, background work included, happens on one thread and repeats.
pub trait Background: Debug + Send + Sync {
    /// Hands over a job.
    fn run(&self, job: Job);
}

/// Runs jobs on one thread. Dropping it waits for the jobs that were handed over.
pub struct BackgroundThread {
    /// `None` only while being dropped.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl BackgroundThread {
    /// Starts the thread; `name` is what debuggers and profilers show.
    pub fn start(name: &str) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel::<Job>();
        let work = move || receiver.into_iter().for_each(|job| job());
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work)?;
        Ok(Self {
            jobs: Some(sender),
            thread: Some(thread),
        })
    }
}

impl Background for BackgroundThread {
    fn run(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // Fails only when the thread is gone, after a job panicked: `drop` reports that.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for BackgroundThread {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let Some(thread) = self.thread.take() else {
            return;
        };
        let fine = thread.join().is_ok() || thread::panicking();
        assert!(fine, "a background job panicked; its message is above");
    }
}

impl Debug for BackgroundThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackgroundThread").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn dropping_waits_for_all_jobs_and_keeps_their_order() {
        let done = Arc::new(Mutex::new(Vec::new()));
        let background = BackgroundThread::start("test").expect("a thread can be started");
        for n in 0..100 {
            let done = Arc::clone(&done);
            background.run(Box::new(move || {
                done.lock().expect("no job panics").push(n);
            }));
        }
        drop(background);
        assert_eq!(
            *done.lock().expect("no job panics"),
            (0..100).collect::<Vec<_>>()
        );
    }
}
