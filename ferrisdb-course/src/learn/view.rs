//! `view`: the lab on the learner's own crate, as a page or in the terminal.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::child::{Leash, capture};
use crate::course::{Course, Stage};
use crate::error::{Error, IoContext, Result};
use crate::json::Json;
use crate::lesson::LabKind;
use crate::runner::cargo_command;

use super::ansi;
use super::files::write_atomic;

/// What the lab needs to run.
#[derive(Debug, Clone)]
pub struct Lab {
    /// The course.
    pub course: Course,
    /// The stage.
    pub stage: Stage,
    /// `--config paths=[…]` of the crates in use.
    pub arguments: Vec<OsString>,
}

impl Lab {
    /// Where the lab shows what it shows; an error says that there is none.
    pub fn kind(&self) -> Result<LabKind> {
        let lab = self.stage.lesson.lab.as_ref();
        lab.map(|lab| lab.kind).ok_or_else(|| Error::Program {
            program: "cargo learn view".to_owned(),
            message: format!("stage {} has no lab", self.stage.number_text()),
        })
    }

    /// `cargo run --example lab-NN` on the learner's crate.
    pub fn command(&self, name: &str, text: bool) -> Command {
        let mut command = cargo_command();
        command
            .current_dir(self.course.exercises_dir())
            .args(["run", "--quiet", "--package", &self.stage.lesson.package])
            .args(["--example", &format!("{name}-{}", self.stage.number_text())])
            .args(&self.arguments);
        if text {
            command.args(["--", "--text"]);
        }
        command
    }

    /// What the lab prints.
    pub fn output(&self, text: bool, leash: Leash<'_>) -> Result<String> {
        let captured =
            capture(self.command("lab", text), leash).map_err(|source| Error::Program {
                program: "cargo run".to_owned(),
                message: source.to_string(),
            })?;
        if captured.success() {
            return Ok(captured.stdout);
        }
        Err(Error::Program {
            program: format!("the lab of stage {}", self.stage.number_text()),
            message: explained(&captured.stderr),
        })
    }

    /// Writes the page and returns where it is.
    pub fn page(&self, leash: Leash<'_>) -> Result<PathBuf> {
        let trace = self.output(false, leash)?;
        let theme = self.course.root.join("book").join("theme");
        let head = Head::of(&trace)?;
        let shared = read(&theme.join("widgets.js"))?;
        let own = read(&theme.join("widgets").join(format!("{}.js", head.widget)))?;
        let style = read(&theme.join("widgets.css"))?;
        let script = format!("{shared}\n{own}");
        // A stage may have no trace on record; then there is nothing to compare with.
        let ours = read(&self.our_trace()).ok();
        let page = Page {
            title: &self.stage.lesson.title,
            head: &head,
            trace: &trace,
            ours: ours.as_deref(),
            script: &script,
            style: &style,
        };
        let page = page.text();
        let name = format!("view-{}.html", self.stage.number_text());
        let path = self.course.target_dir().join("learn").join(name);
        write_atomic(&path, page.as_bytes())?;
        Ok(path)
    }

    /// The trace of the book, recorded from our crate.
    fn our_trace(&self) -> PathBuf {
        let name = format!("{}.json", self.stage.number_text());
        let source = self.course.root.join("book").join("src");
        source.join("traces").join(name)
    }
}

fn read(path: &std::path::Path) -> Result<String> {
    crate::error::read_text(path)
}

/// What a failed lab says to a person: an empty hole is the usual reason.
fn explained(stderr: &str) -> String {
    let plain = ansi::strip(stderr);
    let hole = plain
        .lines()
        .find_map(|line| line.strip_prefix("not yet implemented"));
    match hole {
        Some(text) => format!(
            "it ran into a hole that is still empty: {}. Fill that one first",
            text.trim_start_matches(':').trim()
        ),
        None => plain.trim().to_owned(),
    }
}

/// What a trace says of itself.
struct Head {
    widget: String,
    title: String,
}

impl Head {
    fn of(trace: &str) -> Result<Self> {
        let json = Json::parse(trace);
        let field = |name: &str| {
            let value = json.as_ref().and_then(|json| json.text(name));
            value.map(str::to_owned).ok_or_else(|| Error::Program {
                program: "the lab".to_owned(),
                message: format!("it did not print a trace: JSON with a `{name}`"),
            })
        };
        Ok(Self {
            widget: field("widget")?,
            title: field("title")?,
        })
    }
}

/// One page that needs no other file.
struct Page<'a> {
    title: &'a str,
    head: &'a Head,
    trace: &'a str,
    ours: Option<&'a str>,
    script: &'a str,
    style: &'a str,
}

impl Page<'_> {
    fn text(&self) -> String {
        let ours = self.ours.map_or_else(String::new, |ours| {
            let ours = data(ours);
            format!("<script type=\"application/json\" class=\"ours\">\n{ours}\n</script>\n")
        });
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}: yours</title>\n<style>\n{style}\n{PAGE_STYLE}</style>\n</head>\n<body>\n\
             <h1>{title}</h1>\n<p>Recorded just now from your own crate.{beside}</p>\n\
             <figure class=\"widget\" data-widget=\"{widget}\">\n<figcaption>{caption}</figcaption>\n\
             <script type=\"application/json\">\n{trace}\n</script>\n{ours}\
             <div class=\"widget-static\">This page needs JavaScript; `cargo learn view --text` shows the same in the terminal.</div>\n\
             </figure>\n<script>\n{script}\n</script>\n</body>\n</html>\n",
            title = escape(self.title),
            widget = escape(&self.head.widget),
            caption = escape(&self.head.title),
            trace = data(self.trace),
            beside = self
                .ours
                .map(|ours| beside(self.trace, ours))
                .unwrap_or_default(),
            script = self.script,
            style = self.style,
        )
    }
}

/// JSON for the inside of a `<script>`: `</script>` would end it, and JSON may write `<` as an escape.
fn data(json: &str) -> String {
    json.trim().replace('<', "\\u003c")
}

/// The learner's trace beside ours, in a sentence; a trace has one event a line.
fn beside(yours: &str, ours: &str) -> String {
    let (yours, ours): (Vec<&str>, Vec<&str>) = (
        yours.trim().lines().collect(),
        ours.trim().lines().collect(),
    );
    if yours == ours {
        return " Our crate makes the same, line for line.".to_owned();
    }
    let all = yours.len().max(ours.len());
    let differ = (0..all).filter(|line| yours.get(*line) != ours.get(*line));
    format!(
        " Compared with what our crate makes, {} of {all} lines of the trace are different.",
        differ.count()
    )
}

const PAGE_STYLE: &str = "body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; \
font: 16px/1.5 system-ui, sans-serif; background: var(--fd-paper); color: var(--fd-ink); }\n";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Opens a page in the browser, if this machine knows how; says whether it does.
pub fn open(target: &std::ffi::OsStr) -> Result<bool> {
    if cfg!(all(unix, not(target_os = "macos")))
        && std::env::var_os("DISPLAY").is_none()
        && std::env::var_os("WAYLAND_DISPLAY").is_none()
    {
        return Ok(false);
    }
    let (program, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let started = Command::new(program)
        .args(arguments)
        .arg(target)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    match started {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).context("start", std::path::Path::new(program)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_everything_and_the_data_cannot_end_it() {
        let trace = r#"{"widget":"hex","title":"a </script> b"}"#;
        let head = Head::of(trace).unwrap();
        let mut page = Page {
            title: "Title & more",
            head: &head,
            trace,
            ours: None,
            script: "SCRIPT",
            style: "STYLE",
        };
        let alone = page.text();
        assert!(!alone.contains("class=\"ours\"") && alone.contains("crate.</p>"));
        page.ours = Some("{}");
        let page = page.text();
        assert!(page.contains("class=\"ours\">\n{}\n</script>"));
        assert!(page.contains("<h1>Title &amp; more</h1>"));
        assert!(page.contains("data-widget=\"hex\""));
        assert!(page.contains(r#""title":"a \u003c/script> b""#));
        assert!(page.contains("SCRIPT") && page.contains("STYLE"));
        assert!(
            !page.contains("src=") && !page.contains("href="),
            "nothing is fetched"
        );
    }

    #[test]
    fn the_trace_is_compared_with_ours() {
        assert!(beside("{\n1\n}\n", "{\n1\n}").contains("line for line"));
        assert!(beside("{\n1\n}", "{\n2\n}").contains("1 of 3 lines"));
        assert!(beside("{\n}", "{\n2\n}").contains("2 of 3 lines"));
    }

    #[test]
    fn an_empty_hole_is_said_in_words() {
        let stderr = "thread 'main' panicked at src/a.rs:1:2:\nnot yet implemented: do this\nnote: run with\n";
        assert_eq!(
            explained(stderr),
            "it ran into a hole that is still empty: do this. Fill that one first"
        );
    }
}
