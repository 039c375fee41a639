//! Whether a cut file is as rustfmt would write it.

use std::io::Write;
use std::process::{Command, Stdio};

use ferrisdb_course::course::Stage;
use ferrisdb_course::cut::CutFile;
use ferrisdb_course::error::{Error, IoContext, Result};

/// How rustfmt is told what it reads where there is no manifest to say so.
pub(super) const EDITION: [&str; 2] = ["--edition", "2024"];

/// A complaint about a cut Rust file that rustfmt would change.
pub(super) fn unformatted(stage: &Stage, file: &CutFile) -> Result<Option<String>> {
    if std::path::Path::new(&file.path)
        .extension()
        .is_none_or(|extension| extension != "rs")
    {
        return Ok(None);
    }
    let formatted = rustfmt(stage, &file.text)?;
    if formatted == file.text {
        return Ok(None);
    }
    let patch = diffy::create_patch(&file.text, &formatted);
    Ok(Some(format!(
        "the cut of {}/{} is not as rustfmt writes it (is the solution?)\n{patch}",
        stage.name, file.path
    )))
}

fn rustfmt(stage: &Stage, text: &str) -> Result<String> {
    let failed = |message: String| Error::Program {
        program: "rustfmt".into(),
        message,
    };
    let mut child = Command::new("rustfmt")
        .args(EDITION)
        .args(["--emit", "stdout", "--quiet", "--config-path"])
        .arg(stage.root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            failed(format!(
                "{error}; `rustup component add rustfmt` installs it"
            ))
        })?;
    let mut stdin = child.stdin.take().expect("it was piped");
    let bytes = text.as_bytes().to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child
        .wait_with_output()
        .context("run", std::path::Path::new("rustfmt"))?;
    // If rustfmt closed its input early, its status says why.
    let _ = writer.join();
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}
