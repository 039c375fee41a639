//! `doctor`: looks at everything that can be wrong with the machine or the clone; every
//! line that is not well comes with a remedy.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::course::Course;
use crate::cut;
use crate::error::read_text;
use crate::fields::Text;
use crate::runner::cargo_command;

use super::ansi::{Paint, Tone};
use super::files::shown;
use super::git::Git;
use super::guard;
use super::session::Session;
use super::update;

/// One line of the doctor's.
#[derive(Debug)]
struct Finding {
    what: String,
    /// What to do, if it is not well.
    remedy: Option<String>,
}

fn well(what: impl Into<String>) -> Finding {
    Finding {
        what: what.into(),
        remedy: None,
    }
}

fn ill(what: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding {
        what: what.into(),
        remedy: Some(remedy.into()),
    }
}

/// Looks at everything; the text, and whether all is well.
pub(crate) fn examine(session: &Session, paint: Paint) -> (String, bool) {
    let course = &session.course;
    let mut findings = vec![toolchain(course), linker(course)];
    findings.extend(disk(session));
    findings.push(workspace(&course.root, "the root workspace"));
    findings.push(workspace(
        &course.exercises_dir(),
        "the workspace in exercises/",
    ));
    findings.push(progress(session));
    findings.extend(locks(session));
    findings.extend(gone(course));
    findings.extend(stages(session));
    let mut text = String::new();
    for finding in &findings {
        let sign = match finding.remedy {
            None => paint.tone(Tone::Good, "✓"),
            Some(_) => paint.tone(Tone::Bad, "✗"),
        };
        let _ = writeln!(text, "  {sign} {}", finding.what);
        if let Some(remedy) = &finding.remedy {
            let _ = writeln!(text, "      {remedy}");
        }
    }
    let ill = findings
        .iter()
        .filter(|finding| finding.remedy.is_some())
        .count();
    text.push('\n');
    let _ = match ill {
        0 => writeln!(text, "All is well."),
        1 => writeln!(
            text,
            "One thing needs attention; what to do stands below it."
        ),
        _ => writeln!(
            text,
            "{ill} things need attention; what to do stands below each."
        ),
    };
    (text, ill == 0)
}

/// Says what would be wrong where there is no course at all, or a damaged one.
pub(crate) fn without_course(error: &crate::Error) -> String {
    format!(
        "  ✗ {error}\n\n`git status` in the course's folder shows files that changed or are gone; `git checkout HEAD -- FILE` brings one back.\n"
    )
}

fn output(mut command: Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

fn toolchain(course: &Course) -> Finding {
    let wanted = wanted_version(&course.root);
    let mut rustc = Command::new("rustc");
    rustc.arg("--version").current_dir(&course.root);
    let found = match output(rustc) {
        Ok(found) => found,
        Err(error) => {
            return ill(
                format!("rustc does not run: {error}"),
                "Install Rust from https://rustup.rs",
            );
        }
    };
    let number = found.split(' ').nth(1).unwrap_or_default().to_owned();
    match wanted {
        Some(wanted) if older(&number, &wanted) => ill(
            format!("Rust {number} is older than {wanted}, which the course needs"),
            "Run `rustup update stable`",
        ),
        _ => well(format!("Rust {number}")),
    }
}

/// `rust-version` of the root manifest.
fn wanted_version(root: &Path) -> Option<String> {
    let path = root.join("Cargo.toml");
    let text = read_text(&path).ok()?;
    let text = Text {
        text: &text,
        path: &path,
    };
    let workspace = text.fields().ok()?.opt_table("workspace").ok()?;
    let package = workspace?.opt_table("package").ok()?;
    let version = package?.opt_string("rust-version").ok()?;
    Some(version?.value)
}

/// Whether version `a` comes before `b`: `1.84.0` before `1.95`.
fn older(a: &str, b: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        text.split(['.', '-'])
            .map_while(|part| part.parse().ok())
            .collect()
    };
    numbers(a) < numbers(b)
}

/// Builds and runs the smallest program there is.
fn linker(course: &Course) -> Finding {
    let remedy = if cfg!(windows) {
        "Install the Visual Studio C++ build tools, see https://rustup.rs"
    } else if cfg!(target_os = "macos") {
        "Run `xcode-select --install`"
    } else {
        "Install a C compiler: `sudo apt install build-essential`, `sudo dnf install gcc` or the like"
    };
    let folder = course.target_dir().join("learn");
    let source = folder.join("doctor.rs");
    let program = folder.join(format!("doctor{}", std::env::consts::EXE_SUFFIX));
    if std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&source, "fn main() {}\n"))
        .is_err()
    {
        return ill(
            format!("{} cannot be written", shown(&folder, &course.root)),
            "See the line on the disk below",
        );
    }
    let mut rustc = Command::new("rustc");
    rustc
        .arg(&source)
        .arg("-o")
        .arg(&program)
        .current_dir(&folder);
    match output(rustc).and_then(|_| output(Command::new(&program))) {
        Ok(_) => well("the C linker works"),
        Err(error) => {
            let first = error.lines().next().unwrap_or_default().to_owned();
            ill(
                format!("a small program could not be linked: {first}"),
                remedy,
            )
        }
    }
}

fn disk(session: &Session) -> Vec<Finding> {
    let target = session.course.target_dir();
    let mut findings = vec![
        writable(
            target,
            &session.course.root,
            "Set CARGO_TARGET_DIR to a folder that you may write",
        ),
        writable(
            &session.kept.path(""),
            &session.course.root,
            "Progress and backups go there; copy the course to a folder that you own",
        ),
    ];
    findings.extend(space(target));
    findings
}

fn writable(folder: &Path, root: &Path, remedy: &str) -> Finding {
    let probe = folder.join(format!("doctor-{}.tmp", std::process::id()));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, b"x"));
    let _ = std::fs::remove_file(&probe);
    let name = shown(folder, root);
    match written {
        Ok(()) => well(format!("{name} can be written")),
        Err(error) => ill(format!("{name} cannot be written: {error}"), remedy),
    }
}

/// The course with everything built takes about two gigabytes.
#[cfg(unix)]
fn space(folder: &Path) -> Option<Finding> {
    let df = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let megabytes = available_kilobytes(&String::from_utf8_lossy(&df.stdout))? >> 10;
    Some(if megabytes < 2048 {
        ill(
            format!("only {megabytes} MB are free for building"),
            "Free some space; `cargo clean` in the course's folder gives back what it uses",
        )
    } else {
        well(format!("{} GB are free for building", megabytes >> 10))
    })
}

/// The fourth column of what POSIX says `df -Pk` prints.
#[cfg(unix)]
fn available_kilobytes(df: &str) -> Option<u64> {
    let line = df.lines().nth(1)?;
    line.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(not(unix))]
fn space(_: &Path) -> Option<Finding> {
    None
}

fn workspace(directory: &Path, name: &str) -> Finding {
    let mut cargo = cargo_command();
    cargo
        .args(["metadata", "--quiet", "--no-deps", "--format-version", "1"])
        .current_dir(directory);
    match output(cargo) {
        Ok(_) => well(format!("{name} loads")),
        Err(error) => {
            let plain = error.replace("error: ", "");
            let lines: Vec<&str> = plain.lines().take(2).map(str::trim).collect();
            let first = lines.join(" ");
            ill(
                format!("{name} does not load: {first}"),
                "Undo the last change of a Cargo.toml; `git diff -- '*.toml'` shows it",
            )
        }
    }
}

fn progress(session: &Session) -> Finding {
    let damaged = session
        .notices
        .iter()
        .any(|notice| notice.contains("progress.damaged-"));
    if damaged {
        ill(
            "the progress file was damaged",
            "It was put aside; run the tests, and what is green is known again",
        )
    } else {
        well("the progress file can be read")
    }
}

fn locks(session: &Session) -> Vec<Finding> {
    let root = &session.course.root;
    let mut findings = Vec::new();
    if update::interrupted(&session.kept, root).is_some() {
        findings.push(ill(
            "an update did not come to its end",
            "Run `cargo learn update`; your work is in .learn/backup",
        ));
    }
    if root.join(".git").join("index.lock").exists() {
        findings.push(ill(
            "git's lock .git/index.lock exists",
            "If no git command is running, remove that file",
        ));
    }
    findings
}

/// Files of the course that git knows and the disk does not: a stage without its lesson
/// is no stage any more, and nobody else would say why.
fn gone(course: &Course) -> Option<Finding> {
    let git = Git::at(&course.root)?;
    let changed = git.changed(&[Path::new("exercises"), Path::new("solutions")])?;
    let gone: Vec<String> = changed
        .into_iter()
        .filter(|file| !file.contains("/src/") && !course.root.join(file).exists())
        .collect();
    let first = gone.first()?;
    Some(ill(
        format!("gone from the course: {}", gone.join(", ")),
        format!("Run `git checkout HEAD -- {first}`, and so on"),
    ))
}

fn stages(session: &Session) -> Vec<Finding> {
    let root = &session.course.root;
    let mut findings = Vec::new();
    for stage in &session.course.stages {
        let name = &stage.name;
        let cut = match cut::cut(stage) {
            Ok(cut) => cut,
            Err(error) => {
                findings.push(ill(
                    format!("{name}: {error}"),
                    "The course's own files are damaged; `git status` shows which",
                ));
                continue;
            }
        };
        let before = findings.len();
        let missing = guard::missing(stage, &cut);
        if !missing.is_empty() {
            let names: Vec<String> = missing.iter().map(|path| shown(path, root)).collect();
            findings.push(ill(
                format!("{name}: missing {}", names.join(", ")),
                format!(
                    "Run `cargo learn reset {}`; a copy of your work is kept",
                    stage.number_text()
                ),
            ));
        }
        if let Some(place) = guard::conflict(stage) {
            findings.push(ill(
                format!("{name}: an update left two versions at {place}"),
                "Choose one and take the marker lines out",
            ));
        }
        let notices = guard::notices(stage, session.store.stage(name).tests.as_deref());
        findings.extend(notices.into_iter().map(|notice| {
            ill(
                format!("{name}: {notice}"),
                "Undo it, or know that you did it",
            )
        }));
        if let Some(notice) = session.behind(stage) {
            findings.push(ill(
                format!("{name}: {notice}"),
                "Your work is kept in .learn/backup when you do",
            ));
        }
        if findings.len() == before {
            findings.push(well(format!(
                "{name}: tests, snapshots and manifest are the course's"
            )));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(older("1.84.0", "1.95"));
        assert!(older("1.9.3", "1.95"));
        assert!(!older("1.95.0", "1.95"));
        assert!(!older("1.100.0-nightly", "1.95"));
    }
}
