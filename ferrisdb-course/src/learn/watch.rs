//! Notices when a file of the stage is saved.
//!
//! A stage has a few dozen files, so they are simply looked at ten times a second: that takes a
//! fraction of a millisecond, and it works on network folders, in containers and with every
//! editor, where the notices of operating systems differ.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::course::Stage;

use super::Status;
use super::commands::Plain;

/// How often the files are looked at.
const POLL: Duration = Duration::from_millis(100);

/// An editor writes a file in several steps; so long it must have been quiet.
const QUIET: Duration = Duration::from_millis(40);

/// What tells one state of a file from another.
type Seen = (PathBuf, Option<SystemTime>, u64);

/// Watches folders until it is dropped.
#[derive(Debug)]
pub struct Watch {
    changes: Receiver<()>,
}

impl Watch {
    /// Watches the folders and all below them.
    pub fn start(folders: &[PathBuf]) -> Watch {
        let (sender, changes) = channel();
        let folders = folders.to_vec();
        let before = look(&folders);
        thread::spawn(move || watch(&folders, before, &sender));
        Watch { changes }
    }

    /// Whether something was saved and the editor is done with it. Never waits.
    pub fn saved(&self) -> bool {
        self.changes.try_iter().count() > 0
    }

    /// Waits for a save; false if the program is to end.
    fn wait(&self, stop: &AtomicBool) -> bool {
        loop {
            match self.changes.recv_timeout(Duration::from_millis(50)) {
                Ok(()) => return true,
                Err(RecvTimeoutError::Timeout) if !stop.load(Ordering::Relaxed) => {}
                Err(_) => return false,
            }
        }
    }
}

/// Looks until nobody listens any more; says so when something changed and then stayed.
fn watch(folders: &[PathBuf], mut before: Vec<Seen>, sender: &Sender<()>) {
    let mut said = true;
    loop {
        thread::sleep(if said { POLL } else { QUIET });
        let now = look(folders);
        if now != before {
            said = false;
        } else if !said {
            said = true;
            if sender.send(()).is_err() {
                return;
            }
        }
        before = now;
    }
}

/// The files that matter to a build, as they are now.
fn look(folders: &[PathBuf]) -> Vec<Seen> {
    let mut seen = Vec::new();
    for folder in folders {
        look_into(folder, &mut seen);
    }
    seen.sort();
    seen
}

fn look_into(folder: &Path, seen: &mut Vec<Seen>) {
    // A folder that cannot be read now is looked at again soon.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.metadata() {
            Ok(of) if of.is_dir() => look_into(&path, seen),
            Ok(of) if matters(&path) => seen.push((path, of.modified().ok(), of.len())),
            _ => {}
        }
    }
}

fn matters(path: &Path) -> bool {
    let extension = path.extension().and_then(std::ffi::OsStr::to_str);
    matches!(extension, Some("rs" | "toml" | "snap"))
}

/// The folders whose files decide about a stage: its own and those of the crates below it.
pub fn folders(stage: &Stage, mine: &[Stage]) -> Vec<PathBuf> {
    std::iter::once(stage)
        .chain(mine)
        .map(Stage::exercise_dir)
        .collect()
}

/// `test --watch`: the plain report again after every save, until Ctrl-C.
pub(crate) fn plain(plain: &mut Plain<'_>, stage: &Stage, verbose: bool) -> Status {
    let watch = Watch::start(&folders(stage, &plain.session.mine_below(stage)));
    let mut last = Status::CouldNotRun;
    while !plain.cancel.load(Ordering::Relaxed) {
        match plain.test_once(stage, verbose) {
            Ok(status) => last = status,
            Err(_) if plain.cancel.load(Ordering::Relaxed) => break,
            Err(error) => eprintln!("{}", super::sentence(&error)),
        }
        println!("\nwaiting for a save; Ctrl-C ends\n");
        if !watch.wait(plain.cancel) {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_save_is_noticed_once_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("src/lib.rs");
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(&file, "one").unwrap();
        let watch = Watch::start(&[folder.path().to_owned()]);
        fs::write(folder.path().join("notes.txt"), "x").unwrap();
        assert!(watch.changes.recv_timeout(POLL * 4).is_err());
        fs::write(&file, "three").unwrap();
        assert!(watch.wait(&AtomicBool::new(false)));
        fs::remove_file(&file).unwrap();
        assert!(watch.wait(&AtomicBool::new(false)));
        assert!(watch.changes.recv_timeout(POLL * 4).is_err());
    }

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
