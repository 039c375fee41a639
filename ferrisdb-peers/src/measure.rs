//! Measuring one store once, in this process.

use std::path::Path;

use ferrisdb_workload::{Report, Settings, Tuning, run, time};

use crate::compare::{Task, What};
use crate::engine::Engine;

/// Opens the store, does the task, closes it, and prints the report as JSON.
pub(crate) fn measure(
    engine: Engine,
    task: Task,
    directory: &Path,
    settings: &Settings,
    tuning: Tuning,
    abort: bool,
) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let (opened, took) = time(|| (engine.open)(directory, tuning));
    let target = opened.map_err(|error| text(&error))?;
    let mut report = match task.what {
        What::Workload(workload) => run(&*target, directory, workload, settings, &mut |_| ())
            .map_err(|error| text(&error))?,
        What::Open | What::OpenKilled => {
            Report::single(engine.name, "open", took, directory).map_err(|error| text(&error))?
        }
    };
    if !abort {
        let (closed, took) = time(|| target.close());
        closed.map_err(|error| text(&error))?;
        report.close_seconds = Some(took.as_secs_f64());
    }
    println!(
        "{}",
        serde_json::to_string(&report).map_err(|error| text(&error))?
    );
    if abort {
        std::process::abort();
    }
    Ok(())
}
