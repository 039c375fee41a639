//! The plain commands: each prints lines and ends with a status.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::child::Leash;
use crate::course::Stage;
use crate::error::{Error, Result};
use crate::lesson::LabKind;

use super::ansi::{Paint, Tone};
use super::check::{self, Cancelled, Happened};
use super::cli::{
    Command, DiffArgs, GraduateArgs, HoleArgs, ResetArgs, TestArgs, UpdateArgs, UseArgs, ViewArgs,
    Which,
};
use super::console::{Patience, ask};
use super::engine::{self, Graduation};
use super::progress::Choice;
use super::report::Report;
use super::session::Session;
use super::view::{self, Lab};
use super::{Status, advice, attack, book, diff, doctor, hint, list, reset, swap, text, update};

/// What every plain command works with.
pub(crate) struct Plain<'a> {
    /// The course and what is remembered.
    pub(crate) session: &'a mut Session,
    /// Colours or none.
    pub(crate) paint: Paint,
    /// Set by Ctrl-C.
    pub(crate) cancel: &'a AtomicBool,
}

impl Plain<'_> {
    /// Does what was asked for.
    pub(crate) fn run(&mut self, command: Command) -> Result<Status> {
        match command {
            Command::List => {
                print!("{}", list::text(self.session, self.paint));
                Ok(Status::Green)
            }
            Command::Test(args) => self.test(&args),
            Command::Hint(args) => self.hint(&args),
            Command::Diff(args) => self.diff(&args),
            Command::View(args) => self.view(&args),
            Command::Attack(args) => self.attack(args.stage.as_deref()),
            Command::Use(args) => self.choose(&args),
            Command::Graduate(args) => self.graduate(&args),
            Command::Reset(args) => self.reset(&args),
            Command::Update(args) => self.update(&args),
            Command::Book(args) => self.book(args.stage.as_deref()),
            Command::Doctor => {
                let (text, well) = doctor::examine(self.session, self.paint);
                print!("{text}");
                Ok(if well { Status::Green } else { Status::Red })
            }
        }
    }

    /// Where the learner stands and what is next, without running anything.
    pub(crate) fn overview(&mut self) -> Result<Status> {
        let stage = self.session.stage(None)?;
        let report = self.session.report(&stage);
        print!("{}", text::report(&report, false, self.paint));
        Ok(Status::Green)
    }

    fn leash(&self) -> Leash<'_> {
        Leash {
            cancel: self.cancel,
            own_group: false,
        }
    }

    fn test(&mut self, args: &TestArgs) -> Result<Status> {
        let stage = self.session.stage(args.stage.as_deref())?;
        if args.watch {
            return Ok(super::watch::plain(self, &stage, args.verbose));
        }
        let status = self.test_once(&stage, args.verbose)?;
        if status == Status::Green && std::io::stdout().is_terminal() {
            self.advise(&stage);
        }
        Ok(status)
    }

    /// Runs the tests once and prints the report.
    pub(crate) fn test_once(&mut self, stage: &Stage, verbose: bool) -> Result<Status> {
        let report = self.checked(stage)?;
        print!("{}", text::report(&report, verbose, self.paint));
        Ok(status_of(&report))
    }

    /// Runs the tests and remembers how it went.
    fn checked(&mut self, stage: &Stage) -> Result<Report> {
        let setup = self.session.setup(stage, false);
        let patience = Patience::begin();
        let on = |happened: Happened| patience.happened(&happened);
        let checked = check::check(&setup, self.cancel, &on);
        patience.end();
        let Ok(mut report) = checked.map_err(|Cancelled| ()) else {
            return Err(stopped());
        };
        self.session.record(&report);
        report.notices.extend(self.session.behind(stage));
        report.notices.append(&mut self.session.notices);
        Ok(report)
    }

    fn advise(&self, stage: &Stage) {
        let patience = Patience::begin();
        patience.say("looking for warnings");
        let advice = advice::advice(&self.session.course, stage, self.leash());
        patience.end();
        if !advice.is_empty() {
            println!("\n{}", self.paint.tone(Tone::Warn, "clippy advises:"));
            println!("{}", self.paint.keep(&advice));
        }
    }

    fn hint(&mut self, args: &HoleArgs) -> Result<Status> {
        let stage = self.session.stage(args.stage.as_deref())?;
        let report = self.session.report(&stage);
        let Some(hole) = hole(&report, args.hole.as_deref())? else {
            println!(
                "Every hole of stage {} is green. There is nothing left to hint at.",
                report.number
            );
            return Ok(Status::Green);
        };
        let hints = hint::one_more(self.session, &stage, hole);
        let name = &report.holes[hole].name;
        let heading = format!("Hole {} of {}: {name}", hole + 1, report.holes.len());
        println!("{}\n", self.paint.tone(Tone::Strong, &heading));
        for (index, hint) in hints.iter().enumerate() {
            let number = format!("hint {} of 3", index + 1);
            let number = self.paint.tone(Tone::Dim, &number);
            println!("{number}\n{}\n", hint.trim());
        }
        let next = if hints.len() < 3 {
            let (stage, hole) = (&report.number, hole + 1);
            format!("one more hint for hole {hole}: cargo learn hint {stage} {hole}")
        } else {
            format!("no more hints; the chapter is {}", report.chapter)
        };
        println!("{next}");
        Ok(Status::Green)
    }

    fn diff(&mut self, args: &DiffArgs) -> Result<Status> {
        let stage = self.session.stage(args.stage.as_deref())?;
        let report = self.session.report(&stage);
        let only = match &args.hole {
            Some(asked) => hole(&report, Some(asked))?,
            None => None,
        };
        let green = match only {
            Some(hole) => report.holes[hole].green() == report.holes[hole].tests.len(),
            None => report.current().is_none(),
        };
        let question = "Your tests are not green yet, and this shows the solution. Go on?";
        if !green && !args.yes && !ask(question, "--yes", self.cancel) {
            println!("A hint says less: cargo learn hint {}", report.number);
            return Ok(Status::CouldNotRun);
        }
        print!("{}", diff::text(&stage, only, self.paint)?);
        Ok(Status::Green)
    }

    fn lab(&self, stage: &Stage) -> Lab {
        Lab {
            course: self.session.course.clone(),
            stage: stage.clone(),
            arguments: swap::arguments(&self.session.mine_below(stage)),
        }
    }

    fn view(&mut self, args: &ViewArgs) -> Result<Status> {
        let stage = self.session.stage(args.stage.as_deref())?;
        let lab = self.lab(&stage);
        let kind = lab.kind()?;
        let patience = Patience::begin();
        if args.text {
            let output = lab.output(true, self.leash());
            patience.end();
            print!("{}", output?);
            return Ok(Status::Green);
        }
        if kind == LabKind::Terminal {
            patience.end();
            let status = lab
                .command("lab", false)
                .status()
                .map_err(|source| Error::Program {
                    program: "cargo run".to_owned(),
                    message: source.to_string(),
                })?;
            return Ok(if status.success() {
                Status::Green
            } else {
                Status::CouldNotRun
            });
        }
        let page = lab.page(self.leash());
        patience.end();
        let page = page?;
        println!("{}", page.display());
        if !args.no_open && !view::open(page.as_os_str())? {
            println!(
                "Open it in a browser, or see it here: cargo learn view {} --text",
                stage.number_text()
            );
        }
        Ok(Status::Green)
    }

    fn attack(&mut self, asked: Option<&str>) -> Result<Status> {
        let stage = self.session.stage(asked)?;
        let report = self.checked(&stage)?;
        let lab = self.lab(&stage);
        let attacked = attack::attack(&lab, &report, self.paint, self.leash())?;
        print!("{}", attacked.text);
        Ok(match (report.trouble.is_some(), attacked.survived) {
            (true, _) => Status::CouldNotRun,
            (false, true) => Status::Green,
            (false, false) => Status::Red,
        })
    }

    fn choose(&mut self, args: &UseArgs) -> Result<Status> {
        let stage = self.session.stage(args.stage.as_deref())?;
        let number = stage.number_text();
        let package = &stage.lesson.package;
        if !swap::is_in_engine(&stage) {
            println!("{}", outside(&stage));
            return Ok(Status::Green);
        }
        let choice = match args.which {
            Which::Mine => Choice::Mine,
            Which::Reference => Choice::Reference,
        };
        self.session
            .store
            .change_stage(&stage.name, |progress| progress.choice = choice);
        match choice {
            Choice::Mine => println!("Later stages and the engine now build on your {package}."),
            Choice::Reference => {
                println!("Later stages and the engine now build on our {package}.");
            }
        }
        let finished = self.session.store.stage(&stage.name).finished;
        if choice == Choice::Mine && !finished {
            println!(
                "It is not green yet, so their tests may fail where yours do. Back: cargo learn use reference {number}"
            );
        } else if choice == Choice::Mine {
            println!("next: run the engine on it  cargo learn graduate {number}");
        }
        Ok(Status::Green)
    }

    fn graduate(&mut self, args: &GraduateArgs) -> Result<Status> {
        let stage = self.session.stage(args.stage.as_deref())?;
        if !swap::is_in_engine(&stage) {
            println!("{}", outside(&stage));
            return Ok(Status::Green);
        }
        let mut mine = self.session.mine();
        if mine.iter().all(|other| other.name != stage.name) {
            mine.push(stage.clone());
        }
        let patience = Patience::begin();
        let course = &self.session.course;
        let graduation = engine::graduate(course, &mine, self.paint, &patience, self.cancel);
        patience.end();
        if self.cancel.load(Ordering::Relaxed) {
            return Err(stopped());
        }
        match graduation {
            Graduation::Green(text) => {
                print!("{text}");
                if args.bench && !self.bench(&mine)? {
                    return Ok(Status::CouldNotRun);
                }
                self.after_graduation(&stage, args.bench);
                Ok(Status::Green)
            }
            Graduation::Red(text) => {
                print!("{text}");
                let next = format!("cargo learn test {}", stage.number_text());
                println!(
                    "\nnext: see whether the stage's own tests are green  {}",
                    self.paint.tone(Tone::Link, &next)
                );
                Ok(Status::Red)
            }
            Graduation::Not(message) => Err(Error::Program {
                program: "cargo learn graduate".to_owned(),
                message,
            }),
        }
    }

    /// Runs the engine's benchmarks; whether they ended well, else Cargo has said why.
    fn bench(&self, mine: &[Stage]) -> Result<bool> {
        engine::bench(&self.session.course, mine).map_err(|source| Error::Program {
            program: "cargo bench".to_owned(),
            message: source.to_string(),
        })
    }

    /// What there is to do with a crate that the engine runs on.
    fn after_graduation(&self, stage: &Stage, measured: bool) {
        let number = stage.number_text();
        let mut steps = Vec::new();
        if self.session.store.stage(&stage.name).choice != Choice::Mine {
            let how = format!("cargo learn use mine {number}");
            steps.push(("build the later stages on it", how));
        }
        if !measured {
            let how = format!("cargo learn graduate {number} --bench");
            steps.push(("run the benchmarks on it too", how));
        }
        for (index, (what, how)) in steps.iter().enumerate() {
            let head = if index == 0 { "next:" } else { "     " };
            println!("{head} {what}  {}", self.paint.tone(Tone::Link, how));
        }
    }

    fn reset(&mut self, args: &ResetArgs) -> Result<Status> {
        let stage = self.session.stage(args.stage.as_deref())?;
        if args.missing {
            let done = reset::missing(&self.session.kept, &stage)?;
            return Ok(told(&done));
        }
        let report = self.session.report(&stage);
        let asked = match &args.hole {
            Some(asked) => hole(&report, Some(asked))?,
            None => None,
        };
        let what = match asked {
            Some(hole) => format!("hole {}, {},", hole + 1, report.holes[hole].name),
            None => format!("the whole of stage {}", report.number),
        };
        let question = format!("Put {what} back to its beginning? A copy of yours is kept.");
        if !args.yes && !ask(&question, "--yes", self.cancel) {
            println!("Nothing was changed.");
            return Ok(Status::CouldNotRun);
        }
        let done = match asked {
            Some(hole) => reset::hole(&self.session.kept, &stage, hole)?,
            None => reset::stage(&self.session.kept, &stage)?,
        };
        Ok(told(&done))
    }

    fn update(&mut self, args: &UpdateArgs) -> Result<Status> {
        let (course, kept) = (&self.session.course, &self.session.kept);
        let outcome = if args.pull {
            update::pull(course, kept)?
        } else {
            update::merge_all(course, kept)?
        };
        for line in &outcome.lines {
            println!("  {line}");
        }
        if outcome.lines.is_empty() {
            println!("Your work and the course agree; nothing had to be merged.");
        }
        if let Some(backup) = &outcome.backup {
            println!("Your files as they were are in {backup}.");
        }
        if outcome.conflicts.is_empty() {
            return Ok(Status::Green);
        }
        println!(
            "\nnext: in {}, choose between the two versions at each <<<<<<< and take the marker lines out",
            outcome.conflicts.join(", ")
        );
        Ok(Status::Red)
    }

    fn book(&mut self, asked: Option<&str>) -> Result<Status> {
        let stage = asked
            .map(|asked| self.session.course.stage(asked))
            .transpose()?;
        let chapter = stage.map(|stage| stage.lesson.chapter.as_str());
        eprintln!("building the book; the first time takes a minute or two (Ctrl-C closes it)");
        let mut command = book::command(&self.session.course, chapter);
        let status = command.status().map_err(|source| Error::Program {
            program: "cargo run -p ferrisdb-book".to_owned(),
            message: source.to_string(),
        })?;
        // Ctrl-C is how the book is meant to be closed.
        let closed = self.cancel.load(Ordering::Relaxed);
        Ok(if status.success() || closed {
            Status::Green
        } else {
            Status::CouldNotRun
        })
    }
}

/// Says what a reset did.
fn told(done: &reset::Done) -> Status {
    println!("{}", done.sentence());
    if done.trouble.is_some() {
        Status::CouldNotRun
    } else {
        Status::Green
    }
}

fn outside(stage: &Stage) -> String {
    format!(
        "Stage {} is a warm-up: the engine is not built on it, so there is nothing to swap. \
         Your store lives on as the model that the engine's tests compare with. \
         Stage 02 is the first that the engine runs on.",
        stage.number_text()
    )
}

/// The hole asked for; an error names those there are.
fn hole(report: &Report, asked: Option<&str>) -> Result<Option<usize>> {
    match (report.hole(asked), asked) {
        (None, Some(asked)) => Err(Error::Program {
            program: format!("stage {}", report.number),
            message: format!(
                "there is no hole {asked:?}; there are {}",
                report
                    .holes
                    .iter()
                    .map(|hole| hole.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        }),
        (found, _) => Ok(found),
    }
}

pub(crate) fn status_of(report: &Report) -> Status {
    if report
        .trouble
        .as_ref()
        .is_some_and(super::report::Trouble::is_not_code)
    {
        Status::CouldNotRun
    } else if report.is_green() {
        Status::Green
    } else {
        Status::Red
    }
}

fn stopped() -> Error {
    Error::Program {
        program: "cargo learn".to_owned(),
        message: "stopped".to_owned(),
    }
}
