//! Notices when a file of the stage is saved.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, EventKind, RecursiveMode, Watcher};

use crate::course::Stage;
use crate::error::{Error, Result};

use super::Status;
use super::commands::Plain;

/// An editor writes a file in several steps; so long it must have been quiet.
const QUIET: Duration = Duration::from_millis(60);

/// Where the operating system cannot tell of changes, they are looked for so often.
const POLL: Duration = Duration::from_secs(1);

/// Watches folders until it is dropped.
pub(crate) struct Watch {
    _watcher: Box<dyn Watcher + Send>,
    changes: Receiver<()>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Watch {
    /// Watches the folders and all below them.
    pub(crate) fn start(folders: &[PathBuf]) -> Result<Watch> {
        let (sender, changes) = channel();
        let on_event = move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| is_save(&event)) {
                // Nobody listens any more when the screen closes.
                let _ = sender.send(());
            }
        };
        let native = notify::recommended_watcher(on_event.clone());
        if let Ok(mut watcher) = native
            && watch_all(&mut watcher, folders).is_ok()
        {
            return Ok(Watch {
                _watcher: Box::new(watcher),
                changes,
            });
        }
        let config = notify::Config::default().with_poll_interval(POLL);
        let polling = notify::PollWatcher::new(on_event, config);
        let watcher = polling.and_then(|mut watcher| {
            watch_all(&mut watcher, folders)?;
            Ok(watcher)
        });
        let watcher = watcher.map_err(|error| Error::Program {
            program: "watching for saves".to_owned(),
            message: error.to_string(),
        })?;
        Ok(Watch {
            _watcher: Box::new(watcher),
            changes,
        })
    }

    /// Whether something was saved and the editor is done with it. Never waits without a reason.
    pub(crate) fn saved(&self) -> bool {
        if self.changes.try_recv().is_err() {
            return false;
        }
        while self.changes.recv_timeout(QUIET).is_ok() {}
        true
    }

    /// Waits for a save; false if the program is to end.
    fn wait(&self, stop: &AtomicBool) -> bool {
        loop {
            match self.changes.recv_timeout(Duration::from_millis(50)) {
                Ok(()) => {
                    while self.changes.recv_timeout(QUIET).is_ok() {}
                    return true;
                }
                Err(RecvTimeoutError::Timeout) if !stop.load(Ordering::Relaxed) => {}
                Err(_) => return false,
            }
        }
    }
}

fn watch_all(watcher: &mut dyn Watcher, folders: &[PathBuf]) -> notify::Result<()> {
    for folder in folders {
        watcher.watch(folder, RecursiveMode::Recursive)?;
    }
    Ok(())
}

/// Whether an event is the change of a file that matters to a build.
fn is_save(event: &Event) -> bool {
    let changed = matches!(
        event.kind,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Any
    );
    changed && event.paths.iter().any(|path| matters(path))
}

fn matters(path: &Path) -> bool {
    let extension = path.extension().and_then(std::ffi::OsStr::to_str);
    matches!(extension, Some("rs" | "toml" | "snap"))
}

/// The folders whose files decide about a stage: its own and those of the crates below it.
pub(crate) fn folders(stage: &Stage, mine: &[Stage]) -> Vec<PathBuf> {
    std::iter::once(stage)
        .chain(mine)
        .map(Stage::exercise_dir)
        .collect()
}

/// `test --watch`: the plain report again after every save, until Ctrl-C.
pub(crate) fn plain(plain: &mut Plain<'_>, stage: &Stage, verbose: bool) -> Result<Status> {
    let watch = Watch::start(&folders(stage, &plain.session.mine_below(stage)))?;
    let mut last = Status::CouldNotRun;
    while !plain.cancel.load(Ordering::Relaxed) {
        match plain.test_once(stage, verbose) {
            Ok(status) => last = status,
            Err(_) if plain.cancel.load(Ordering::Relaxed) => break,
            Err(error) => eprintln!("cargo learn: {error}"),
        }
        println!("\nwaiting for a save; Ctrl-C ends\n");
        if !watch.wait(plain.cancel) {
            break;
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_a_build_matter() {
        for name in ["src/lib.rs", "Cargo.toml", "tests/snapshots/a.snap"] {
            assert!(matters(Path::new(name)), "{name}");
        }
        for name in [
            "src/.lib.rs.swp",
            "src/lib.rs~",
            "a.snap.new",
            "4913",
            "target",
        ] {
            assert!(!matters(Path::new(name)), "{name}");
        }
    }
}
