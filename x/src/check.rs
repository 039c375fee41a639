//! `cargo x check`: everything that must hold besides `cargo test`, one line a step.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use super::checked::{Checked, Depth, Ran, Task};
use super::report::{Findings, count, first_lines, seconds};
use super::{cut, format, holes, layers, mutants, pairs, program, runs, traces, wrong};
use ferrisdb_course::course::{Course, Stage};
use ferrisdb_course::error::Result;
use ferrisdb_course::time::Stopwatch;

/// What a step returns.
type Outcome = Result<Findings, Box<dyn Error>>;

/// One thing that must hold.
struct Step<'a> {
    name: &'static str,
    /// The command that mends it, or that tries it alone.
    remedy: &'static str,
    run: Box<dyn Fn() -> Outcome + 'a>,
}

/// Runs every step, or those asked for, also after one has failed.
pub(super) fn check(course: &Course, only: &[String], mutants: &mutants::Options) -> Findings {
    let whole = Stopwatch::start();
    let mut steps = steps(course, mutants);
    let mut all = Findings::default();
    for name in only
        .iter()
        .filter(|name| steps.iter().all(|step| step.name != **name))
    {
        let known: Vec<_> = steps.iter().map(|step| step.name).collect();
        all.problem(format!(
            "no check is called {name:?}; they are {}",
            known.join(", ")
        ));
    }
    if !only.is_empty() {
        steps.retain(|step| only.iter().any(|name| name == step.name));
    }
    for step in &steps {
        let watch = Stopwatch::start();
        let outcome = (step.run)();
        let time = seconds(watch.elapsed());
        let findings = outcome.unwrap_or_else(|error| {
            let mut findings = Findings::default();
            findings.problem(error.to_string());
            findings
        });
        if findings.problems.is_empty() {
            println!(
                "ok      {:<10} {time:>8}  {}",
                step.name,
                one_line(&findings.summary)
            );
        } else {
            println!("FAILED  {:<10} {time:>8}  {}", step.name, step.remedy);
            findings.print();
            all.problem(format!("{}: {}", step.name, step.remedy));
        }
    }
    all.summary = format!(
        "{} passed in {}",
        count(steps.len(), "check"),
        seconds(whole.elapsed())
    );
    all
}

fn steps<'a>(course: &'a Course, mutants: &'a mutants::Options) -> Vec<Step<'a>> {
    let mut steps = code_steps(course);
    steps.extend(course_steps(course, mutants.deep));
    steps.extend(book_steps(course));
    steps.push(Step {
        name: "mutants",
        remedy: "cargo x mutants",
        run: Box::new(move || mutated(course, mutants)),
    });
    steps
}

/// What holds for any Rust workspace.
fn code_steps(course: &Course) -> Vec<Step<'_>> {
    let root = course.root.as_path();
    let clippy = [
        "clippy",
        "-q",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    vec![
        Step {
            name: "fmt",
            remedy: "cargo fmt --all",
            run: Box::new(move || formatted(course)),
        },
        Step {
            name: "clippy",
            remedy: "cargo clippy --workspace --all-targets",
            run: Box::new(move || cargo(root, &clippy, &[])),
        },
        Step {
            name: "doc",
            remedy: "cargo doc --workspace --no-deps",
            run: Box::new(move || {
                let arguments = ["doc", "-q", "--workspace", "--no-deps"];
                cargo(root, &arguments, &[("RUSTDOCFLAGS", "-D warnings")])
            }),
        },
        Step {
            name: "exercises",
            remedy: "cd exercises && cargo clippy --workspace --all-targets",
            run: Box::new(move || cargo(&course.exercises_dir(), &clippy, &[])),
        },
        Step {
            name: "layers",
            remedy: "cargo x layers",
            run: Box::new(move || Ok(layers::check(course)?)),
        },
    ]
}

/// What holds for the stages.
fn course_steps(course: &Course, deep: bool) -> Vec<Step<'_>> {
    vec![
        Step {
            name: "cut",
            remedy: "cargo x cut",
            run: Box::new(move || Ok(cut::check(&all(course))?)),
        },
        Step {
            name: "pairs",
            remedy: "cargo x pairs",
            run: Box::new(move || Ok(pairs::check(course, &all(course))?)),
        },
        Step {
            name: "holes",
            remedy: "cargo x holes",
            run: Box::new(move || {
                each(course, Task::Holes, deep, &|stage| {
                    Ok(holes::check(course, stage, &|_| ())?)
                })
            }),
        },
        Step {
            name: "wrong",
            remedy: "cargo x wrong",
            run: Box::new(move || {
                each(course, Task::Wrong, deep, &|stage| {
                    Ok(wrong::check(course, stage, false, wrong::LIMIT, &|_| ())?)
                })
            }),
        },
    ]
}

/// What holds for the book.
fn book_steps(course: &Course) -> Vec<Step<'_>> {
    let book = |task: &'static str| {
        move || {
            cargo(
                &course.root,
                &["run", "-q", "-p", "ferrisdb-book", "--", task],
                &[],
            )
        }
    };
    vec![
        Step {
            name: "runs",
            remedy: "cargo x runs --bless, and read the difference",
            run: Box::new(move || Ok(runs::check(course, false, &|_| ())?)),
        },
        Step {
            name: "traces",
            remedy: "cargo x traces --bless, and read the difference",
            run: Box::new(move || Ok(traces::check(course, &all(course), false)?)),
        },
        Step {
            name: "book",
            remedy: "cargo run -p ferrisdb-book -- build",
            run: Box::new(book("build")),
        },
        Step {
            name: "links",
            remedy: "cargo run -p ferrisdb-book -- check",
            run: Box::new(book("check")),
        },
        Step {
            name: "snippets",
            remedy: "cargo run -p ferrisdb-book -- snippets",
            run: Box::new(book("snippets")),
        },
        Step {
            name: "browser",
            remedy: "cargo run -p ferrisdb-book -- browser",
            run: Box::new(book("browser")),
        },
    ]
}

fn all(course: &Course) -> Vec<&Stage> {
    course.stages.iter().collect()
}

/// A long check of every stage that has changed since it was checked; the summary says which were run,
/// which were not, and why.
fn each(course: &Course, task: Task, deep: bool, check: &dyn Fn(&Stage) -> Outcome) -> Outcome {
    let mut found = Findings::default();
    let checked = Checked::of(course, if deep { Depth::All } else { Depth::Own })?;
    let [mut run, mut unchanged, mut left] = [const { Vec::new() }; 3];
    for stage in &course.stages {
        let watch = Stopwatch::start();
        let number = stage.number_text();
        match checked.run(stage, task, || check(stage)) {
            Ok(Ran::Checked(findings)) => {
                run.push(format!("{number} ({})", seconds(watch.elapsed())));
                found.take(findings);
            }
            Ok(Ran::Unchanged) => unchanged.push(number),
            Ok(Ran::Left) => left.push(number),
            Err(error) => found.problem(format!("{}: {error}", stage.name)),
        }
    }
    let parts = [
        ("run", run),
        ("unchanged since they were checked", unchanged),
        ("left to --deep, for only crates below them changed", left),
    ];
    let told = parts.iter().filter(|(_, stages)| !stages.is_empty());
    let told = told.map(|(what, stages)| format!("{what}: {}", stages.join(", ")));
    found.summary = told.collect::<Vec<_>>().join("; ");
    Ok(found)
}

/// A command of Cargo that must succeed; what it prints is the problem if it does not.
fn cargo(directory: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Outcome {
    let ran = program::cargo(directory, arguments, env)?;
    let mut findings = Findings::good(ran.stdout.lines().last().unwrap_or_default());
    if !ran.success() {
        findings.problem(first_lines(&ran.text(), 80));
    }
    Ok(findings)
}

/// Both workspaces, and the wrong answers, which belong to no package.
fn formatted(course: &Course) -> Outcome {
    let mut findings = Findings::default();
    for directory in [&course.root, &course.exercises_dir()] {
        findings.take(cargo(directory, &["fmt", "--all", "--check"], &[])?);
    }
    let answers = course.stages.iter().flat_map(|stage| {
        let path = |answer| ferrisdb_course::wrong::path(stage, answer);
        stage.lesson.wrong.iter().map(path)
    });
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(format::EDITION).arg("--check").args(answers);
    let ran = program::run(rustfmt, &course.root)?;
    if !ran.success() {
        findings.problem(format!(
            "`rustfmt --edition 2024` would change these wrong answers\n{}",
            first_lines(&ran.text(), 40)
        ));
    }
    Ok(findings)
}

/// The mutants, or why there are none.
fn mutated(course: &Course, options: &mutants::Options) -> Outcome {
    if !mutants::is_installed(course) && !options.deep {
        let install = mutants::INSTALL;
        return Ok(Findings::good(format!(
            "skipped: cargo-mutants is not installed; `{install}` does"
        )));
    }
    Ok(mutants::check(course, &all(course), options)?)
}

fn one_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
