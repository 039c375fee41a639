//! What a database was last opened with, kept in its directory.
//!
//! The file `OPTIONS` is text, for people as much as for the database:
//!
//! ```text
//!   # What this FerrisDB database was last opened with. Written by the database.
//!   format_version = 1
//!   compaction = "levelled"
//!   memtable_size = 67108864
//! ```
//!
//! Only the format version can make opening fail: a database of a later version may hold what this
//! one does not understand. Everything else may change from one opening to the next, and what
//! did change is told.

use std::path::{Path, PathBuf};

use ferrisdb_core::{Access, Environment, IoContext};
use toml::de::{DeTable, DeValue};

use crate::{Error, Result};

/// The version of the layout of a database's directory.
pub(crate) const FORMAT_VERSION: i64 = 1;

/// No settings file is larger than this, in bytes.
const SIZE_MAX: u64 = 64 << 10;

/// Names and values, in the order in which they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    entries: Vec<(&'static str, String)>,
}

impl Settings {
    /// Adds a word.
    pub(crate) fn word(mut self, name: &'static str, word: &'static str) -> Self {
        self.entries.push((name, format!("\"{word}\"")));
        self
    }

    /// Adds a number.
    pub(crate) fn number(mut self, name: &'static str, number: u64) -> Self {
        self.entries.push((name, number.to_string()));
        self
    }

    fn to_text(&self) -> String {
        let head = format!(
            "# What this FerrisDB database was last opened with. Written by the database.\n\
             format_version = {FORMAT_VERSION}\n"
        );
        let lines = self
            .entries
            .iter()
            .map(|(name, value)| format!("{name} = {value}\n"));
        head + &lines.collect::<String>()
    }
}

/// A value as the file has it; settings are words and numbers.
fn show(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(word) => format!("\"{word}\""),
        DeValue::Integer(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

fn path_in(directory: &Path) -> PathBuf {
    directory.join("OPTIONS")
}

/// Reads what the database was last opened with, refuses a later version, and says what is
/// different now: one line a setting. A database that is new has nothing to say.
pub(crate) fn check(
    environment: &Environment,
    directory: &Path,
    settings: &Settings,
) -> Result<Vec<String>> {
    let path = path_in(directory);
    let Some(text) = read(environment, &path)? else {
        return Ok(Vec::new());
    };
    let unreadable = |reason: String| Error::Settings {
        path: path.clone(),
        reason,
    };
    let table = DeTable::parse(&text).map_err(|error| unreadable(error.message().to_owned()))?;
    let find = |name: &str| table.get_ref().get(name).map(|value| show(value.get_ref()));
    let version = match table.get_ref().get("format_version").map(AsRef::as_ref) {
        // One that is too large for us is later than any that we know.
        Some(DeValue::Integer(number)) => number.to_string().parse().unwrap_or(i64::MAX),
        Some(other) => {
            let found = show(other);
            return Err(unreadable(format!(
                "its format_version is {found}, and no number"
            )));
        }
        None => return Err(unreadable("it names no format_version".to_owned())),
    };
    if version < 1 {
        return Err(unreadable(format!(
            "its format_version is {version}, below the first"
        )));
    }
    if version > FORMAT_VERSION {
        return Err(Error::TooNew { path, version });
    }
    let changed = settings.entries.iter().filter_map(|(name, value)| {
        let before = find(name)?;
        (before != *value).then(|| format!("{name} was {before} and is {value} now"))
    });
    Ok(changed.collect())
}

/// Writes down what the database is opened with, if that is not what is written already.
pub(crate) fn write(
    environment: &Environment,
    directory: &Path,
    settings: &Settings,
) -> Result<()> {
    let path = path_in(directory);
    let text = settings.to_text();
    if read(environment, &path)?.is_some_and(|before| before == text) {
        return Ok(());
    }
    let fs = &*environment.fs;
    let draft = directory.join("OPTIONS.tmp");
    match fs.remove(&draft) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).context("remove", &draft).map_err(Error::from);
        }
        _ => {}
    }
    let file = fs.create(&draft).context("create", &draft)?;
    file.append_all(text.as_bytes())
        .context("write to", &draft)?;
    file.sync_data().context("sync", &draft)?;
    fs.rename(&draft, &path).context("rename", &draft)?;
    fs.sync_dir(directory).context("sync", directory)?;
    Ok(())
}

/// The text of the file, if there is one.
fn read(environment: &Environment, path: &Path) -> Result<Option<String>> {
    let file = match environment.fs.open(path, Access::Read) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file.context("open", path)?,
    };
    let size = file.size().context("read the size of", path)?;
    let unreadable = |reason: String| Error::Settings {
        path: path.to_owned(),
        reason,
    };
    if size > SIZE_MAX {
        return Err(unreadable(format!("it has {size} bytes")));
    }
    let mut bytes = vec![0; usize::try_from(size).expect("64 KiB fit into memory")];
    file.read_exact_at(0, &mut bytes).context("read", path)?;
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|error| unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ferrisdb_testkit::{ManualClock, MemFs};

    use super::*;

    fn disk() -> (MemFs, Environment) {
        let fs = MemFs::new();
        let environment = Environment {
            fs: Arc::new(fs.clone()),
            clock: Arc::new(ManualClock::new(0)),
        };
        environment
            .fs
            .create_dir(Path::new("/db"))
            .expect("a disk in memory");
        (fs, environment)
    }

    fn settings(memtable_size: u64) -> Settings {
        Settings::default()
            .word("compaction", "levelled")
            .number("memtable_size", memtable_size)
    }

    #[test]
    fn what_changed_is_told_and_what_did_not_is_not_written_again() {
        let (fs, environment) = disk();
        let directory = Path::new("/db");
        assert_eq!(
            check(&environment, directory, &settings(1)).expect("new"),
            [""; 0]
        );
        write(&environment, directory, &settings(1)).expect("a disk in memory");
        let text = String::from_utf8(fs.read("/db/OPTIONS").expect("written")).expect("text");
        let (comment, rest) = text.split_once('\n').expect("several lines");
        assert!(comment.starts_with("# "), "{comment}");
        assert_eq!(
            rest,
            "format_version = 1\ncompaction = \"levelled\"\nmemtable_size = 1\n"
        );
        assert_eq!(
            check(&environment, directory, &settings(1)).expect("same"),
            [""; 0]
        );
        assert_eq!(
            check(&environment, directory, &settings(2)).expect("legal"),
            ["memtable_size was 1 and is 2 now"]
        );
        fs.set_read_only(true);
        write(&environment, directory, &settings(1)).expect("there is nothing to write");
        write(&environment, directory, &settings(2)).expect_err("now there is");
    }

    #[test]
    fn a_later_version_and_nonsense_are_refused_by_name() {
        let (fs, environment) = disk();
        let cases = [
            ("format_version = 2\n", "version 2"),
            (
                "format_version = 99999999999999999999\n",
                "version 9223372036854775807",
            ),
            ("format_version = 0\n", "is 0, below the first"),
            ("format_version = -5\n", "is -5, below the first"),
            ("format_version = \"1\"\n", "is \"1\", and no number"),
            ("format_version = 1.5\n", "and no number"),
            ("compaction = 1\n", "names no format_version"),
            ("format_version", "OPTIONS"),
            ("\u{0}\u{1}", "OPTIONS"),
        ];
        for (text, says) in cases {
            fs.write("/db/OPTIONS", text.as_bytes())
                .expect("a disk in memory");
            let error =
                check(&environment, Path::new("/db"), &settings(1)).expect_err("this is not ours");
            let message = error.to_string();
            assert!(
                message.contains(says) && message.contains("/db"),
                "{message}"
            );
            let is_later = matches!(error, Error::TooNew { .. });
            assert_eq!(error.is_damage(), !is_later, "{message}");
        }
        fs.write("/db/OPTIONS", vec![b'#'; 70_000])
            .expect("a disk in memory");
        check(&environment, Path::new("/db"), &settings(1)).expect_err("it is too large");
        fs.write("/db/OPTIONS", b"\xff").expect("a disk in memory");
        check(&environment, Path::new("/db"), &settings(1)).expect_err("it is no text");
    }
}
