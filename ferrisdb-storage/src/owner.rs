//! Who has a database open, as its file `LOCK` says.

use std::path::Path;

use ferrisdb_core::{Access, Environment};

use crate::Error;

/// No line of ours is longer, in bytes.
const SIZE_MAX: usize = 100;

/// The process that was the last to open the database in a directory for writing, as its file `LOCK`
/// names it: "process 4711, since 2026-03-01T09:30:00Z". Whether it still has it open, only the
/// lock on that file says. `None` if nothing legible is there, or can be read, as on Windows.
pub fn last_owner(directory: impl AsRef<Path>) -> Option<String> {
    read(&Environment::default(), &directory.as_ref().join("LOCK"))
}

/// Adds to the error that somebody else has the database open, who that is.
pub(crate) fn named(error: Error, environment: &Environment) -> Error {
    match error {
        Error::InUse { path, owner: None } => {
            let owner = read(environment, &path.join("LOCK"));
            Error::InUse { path, owner }
        }
        other => other,
    }
}

/// The line in the file. What cannot be read, as on Windows, or is no such line names nobody.
fn read(environment: &Environment, path: &Path) -> Option<String> {
    let file = environment.fs.open(path, Access::Read).ok()?;
    let mut bytes = [0; SIZE_MAX];
    let size = file.read_at(0, &mut bytes).ok()?;
    let text = str::from_utf8(&bytes[..size]).ok()?;
    let line = text.strip_suffix('\n')?;
    let is_ours = line.starts_with("process ") && !line.contains(char::is_control);
    is_ours.then(|| line.to_owned())
}

/// "by process 4711, since …", or what is known without a name.
pub(crate) fn words(owner: Option<&str>) -> String {
    match owner {
        Some(owner) => format!("by {owner}"),
        None => "in this process or another".to_owned(),
    }
}
