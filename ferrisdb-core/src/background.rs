//! Work that goes on while callers are served.

use std::fmt::{self, Debug};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
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

/// Runs jobs on one thread.
///
/// [`stop`](Self::stop) and dropping it wait for the jobs that were handed over.
pub struct BackgroundThread {
    worker: Mutex<Option<Worker>>,
}

/// A thread that has not been stopped.
struct Worker {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<()>,
}

impl BackgroundThread {
    /// Starts the thread; `name` is what debuggers and profilers show.
    pub fn start(name: &str) -> std::io::Result<Self> {
        let (jobs, receiver) = mpsc::channel::<Job>();
        let work = move || receiver.into_iter().for_each(|job| job());
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work)?;
        Ok(Self {
            worker: Mutex::new(Some(Worker { jobs, thread })),
        })
    }

    /// Waits for the jobs that were handed over. Later ones are dropped.
    ///
    /// A job that calls it, perhaps by dropping the last owner, does not wait for itself.
    ///
    /// # Panics
    /// If a job panicked.
    pub fn stop(&self) {
        let Some(Worker { jobs, thread }) = self.worker().take() else {
            return;
        };
        // The thread ends when nobody can send it anything any more.
        drop(jobs);
        if thread.thread().id() == thread::current().id() {
            return;
        }
        let fine = thread.join().is_ok() || thread::panicking();
        assert!(fine, "a background job panicked; its message is above");
    }

    fn worker(&self) -> MutexGuard<'_, Option<Worker>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Background for BackgroundThread {
    fn run(&self, job: Job) {
        if let Some(worker) = &*self.worker() {
            // Fails only when the thread is gone, after a job panicked: `stop` reports that.
            let _ = worker.jobs.send(job);
        }
    }
}

impl Drop for BackgroundThread {
    fn drop(&mut self) {
        self.stop();
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

    #[test]
    fn a_job_may_drop_the_last_owner() {
        let background =
            Arc::new(BackgroundThread::start("test").expect("a thread can be started"));
        let (done, is_done) = mpsc::channel();
        let (go, until_go) = mpsc::channel();
        let owner = Arc::clone(&background);
        background.run(Box::new(move || {
            until_go.recv().expect("the test says when");
            drop(owner);
            done.send(()).expect("the test waits");
        }));
        drop(background);
        go.send(()).expect("the job waits");
        is_done.recv().expect("it does not wait for itself");
    }

    #[test]
    fn a_thread_that_was_stopped_takes_no_jobs_and_can_be_stopped_again() {
        let done = Arc::new(Mutex::new(0));
        let background = BackgroundThread::start("test").expect("a thread can be started");
        for _ in 0..2 {
            let counter = Arc::clone(&done);
            background.run(Box::new(move || {
                *counter.lock().expect("no job panics") += 1;
            }));
            background.stop();
        }
        assert_eq!(*done.lock().expect("no job panics"), 1);
        assert_eq!(Arc::strong_count(&done), 1, "jobs are dropped as well");
    }
}
