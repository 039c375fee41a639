//! Doing a workload.

use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use ferrisdb_core::{Clock, SystemClock};

use crate::worker::{Done, Shared, Worker};
use crate::{Error, Report, Result, Settings, Target, Workload, process};

/// How long it takes until progress is told again.
const TICK: Duration = Duration::from_millis(20);

/// Does a workload to a store whose files are in `directory`, and tells `progress` now and then
/// how many operations are done.
///
/// A workload that fills expects the store to be empty, and any other one that it has the keys
/// which a fill with these settings leaves. Time is what passes between the moment in which all
/// threads begin and the one in which the last of them ends; background work that is left over
/// then is not waited for.
pub fn run(
    target: &dyn Target,
    directory: &Path,
    workload: Workload,
    settings: &Settings,
    progress: &mut dyn FnMut(u64),
) -> Result<Report> {
    check_batch(settings)?;
    if !workload.begins_empty() {
        check_has_keys(target, workload)?;
    }
    process::forget_peak();
    let (written, cpu) = (process::written(), process::cpu_seconds());
    let (all, beside) = work(target, workload, settings, progress)?;
    let written_beside = beside.as_ref().map_or(0, |done| done.written);
    let handed_over = process::written()
        .zip(written)
        .map(|(now, then)| now - then);
    let busy = process::cpu_seconds()
        .zip(cpu)
        .map(|(now, then)| now - then);
    let seconds = all.end.saturating_sub(all.start).as_secs_f64();
    Ok(Report {
        engine: target.name().to_owned(),
        workload: workload.name().to_owned(),
        threads: settings.threads.max(1),
        batch: settings.batch,
        operations: all.operations,
        seconds,
        cpu_seconds: busy,
        user_bytes: all.written + written_beside + all.read,
        found: all.found,
        writes_beside: beside.map(|done| done.operations),
        p50_ns: all.steps.at(500),
        p99_ns: all.steps.at(990),
        p999_ns: all.steps.at(999),
        max_ns: all.steps.largest(),
        peak_memory_bytes: process::peak_memory(),
        disk_bytes: process::disk_used(directory)?,
        user_bytes_written: all.written + written_beside,
        written_bytes: handed_over,
        close_seconds: None,
    })
}

/// Does something, and says how long it took.
pub fn time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = SystemClock.elapsed();
    let done = work();
    (done, SystemClock.elapsed().saturating_sub(start))
}

/// Has threads do the work; returns what they did, and the one beside them.
fn work(
    target: &dyn Target,
    workload: Workload,
    settings: &Settings,
    progress: &mut dyn FnMut(u64),
) -> Result<(Done, Option<Done>)> {
    let operations = settings.operations(workload);
    let threads = settings.threads.max(1) as u64;
    let shared = Shared::new(workload, settings);
    let begin = Barrier::new(settings.threads.max(1));
    let worker = |thread| Worker::new(target, workload, settings, &shared, thread);
    let (dones, beside) = thread::scope(|scope| {
        let begin = &begin;
        let start_one = |thread| {
            let worker = worker(thread);
            let each = operations / threads;
            let share = move |thread: u64| each * thread + thread.min(operations % threads);
            scope.spawn(move || {
                begin.wait();
                worker.work(share(thread)..share(thread + 1))
            })
        };
        let workers: Vec<_> = (0..threads).map(start_one).collect();
        let beside = (workload == Workload::ReadWhileWriting).then(|| {
            let worker = worker(threads);
            scope.spawn(move || worker.write_beside())
        });
        while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
            progress(shared.done.load(Ordering::Relaxed));
            SystemClock.sleep(TICK);
        }
        shared.stop.store(true, Ordering::Relaxed);
        let dones: Vec<_> = workers.into_iter().map(join).collect();
        (dones, beside.map(join))
    });
    let mut all = Done {
        start: Duration::MAX,
        ..Done::default()
    };
    for done in dones {
        all.add(&done?);
    }
    Ok((all, beside.transpose()?))
}

fn join(worker: thread::ScopedJoinHandle<'_, Result<Done>>) -> Result<Done> {
    match worker.join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// All values of a batch are in memory at once.
fn check_batch(settings: &Settings) -> Result<()> {
    let &Settings {
        num,
        batch,
        value_size,
        ..
    } = settings;
    let values = num.min(batch as u64);
    if values.saturating_mul(value_size as u64) <= Settings::VALUE_SIZE_MAX {
        return Ok(());
    }
    Err(Error::BatchTooLarge { batch, value_size })
}

/// A measurement of an empty store would look very good.
fn check_has_keys(target: &dyn Target, workload: Workload) -> Result<()> {
    let mut is_empty = true;
    target.scan(None, false, 1, &mut |_| is_empty = false)?;
    if is_empty {
        let workload = workload.name();
        return Err(Error::Empty { workload });
    }
    Ok(())
}
