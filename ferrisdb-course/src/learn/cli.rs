//! The command line of `cargo learn`.
//!
//! It is put together by hand: derived, it would cost a learner's first build several seconds.

use clap::{Arg, ArgAction, ArgMatches, Command as Program};

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Cli {
    /// Print lines instead of opening the full screen
    pub(crate) plain: bool,
    /// What to do; nothing opens the full screen
    pub(crate) command: Option<Command>,
}

const ABOUT: &str = "\
The course in your terminal.

Without a command it opens a full screen that watches the stage you are working on, runs
its tests whenever you save, and shows what to do next. The commands below do the same
one step at a time, for scripts and for terminals that cannot show a full screen.";

const AFTER_HELP: &str = "\
A stage is given as 03, 3, wal or 03-wal; without one, the stage you worked on last is meant.

The way through a stage:
  cargo learn book 03       read the chapter
  cargo learn test 03       see which hole is next and which tests it must turn green
  (write the code in exercises/03-wal/src, save, test again)
  cargo learn hint 03       when stuck: three hints a hole, each says more
  cargo learn diff 03       when green: compare with our solution
  cargo learn graduate 03   run the whole engine on the crate that you wrote

LEARN_TEST_SECONDS=60 gives each test that long on a slow machine (10 otherwise; the engine's 60).

Exit status: 0 all green, 1 something is red, 2 it could not be run.
Your work is never overwritten without a question, and a copy is kept in .learn/backup.";

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// List the stages and how far you are in each
    List,
    /// Run a stage's tests and say what to do next
    Test(TestArgs),
    /// Show the next hint for a hole; each time one more, three in all
    Hint(HoleArgs),
    /// Compare your code with the solution, hole by hole
    Diff(DiffArgs),
    /// Look at the structure that your code builds
    View(ViewArgs),
    /// Attack your code: known mistakes, and every crash point where the stage has them
    Attack(StageArgs),
    /// Choose whether later stages and the engine build on your crate or on ours
    Use(UseArgs),
    /// Run the whole engine's tests on the crate that you wrote
    Graduate(GraduateArgs),
    /// Put a hole, or a whole stage, back to its beginning; a copy is kept
    Reset(ResetArgs),
    /// Merge a new version of the course with your work
    Update(UpdateArgs),
    /// Build the book and serve it on this machine, opened at a chapter if a stage is given
    Book(StageArgs),
    /// Find out why something does not work
    Doctor,
}

/// A stage.
#[derive(Debug)]
pub(crate) struct StageArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
}

/// A stage and perhaps a hole.
#[derive(Debug)]
pub(crate) struct HoleArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// The hole, by name or number; the current one if left out
    pub(crate) hole: Option<String>,
}

/// `test`.
#[derive(Debug)]
pub(crate) struct TestArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// Run again whenever a file of the stage is saved
    pub(crate) watch: bool,
    /// Show every test, also those of holes that are done
    pub(crate) verbose: bool,
}

/// `diff`.
#[derive(Debug)]
pub(crate) struct DiffArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// One hole only, by name or number
    pub(crate) hole: Option<String>,
    /// Show the solution although the tests are not green yet
    pub(crate) yes: bool,
}

/// `view`.
#[derive(Debug)]
pub(crate) struct ViewArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// Print it as text instead of making a page
    pub(crate) text: bool,
    /// Make the page, but do not open a browser
    pub(crate) no_open: bool,
}

/// `use`.
#[derive(Debug)]
pub(crate) struct UseArgs {
    /// Your crate or the reference solution
    pub(crate) which: Which,
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
}

/// Whose crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The crate in exercises/
    Mine,
    /// The crate in solutions/
    Reference,
}

/// `graduate`.
#[derive(Debug)]
pub(crate) struct GraduateArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// Run the engine's benchmarks as well
    pub(crate) bench: bool,
}

/// `reset`.
#[derive(Debug)]
pub(crate) struct ResetArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// The hole, by name or number; the whole stage if left out
    pub(crate) hole: Option<String>,
    /// Do not ask
    pub(crate) yes: bool,
    /// Put back only files that are gone; the others stay as they are
    pub(crate) missing: bool,
}

/// `update`.
#[derive(Debug)]
pub(crate) struct UpdateArgs {
    /// Fetch the new version with git first
    pub(crate) pull: bool,
}

impl Cli {
    /// Reads the arguments of the program; `--help` and mistakes end it here.
    pub(crate) fn parse() -> Cli {
        Cli::of(&program().get_matches())
    }

    fn of(matches: &ArgMatches) -> Cli {
        Cli {
            plain: matches.get_flag("plain"),
            command: matches
                .subcommand()
                .and_then(|(name, matches)| Command::of(name, matches)),
        }
    }
}

impl Command {
    fn of(name: &str, matches: &ArgMatches) -> Option<Command> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let flag = |name: &str| matches.get_flag(name);
        let stage = || text("stage");
        Some(match name {
            "list" => Command::List,
            "test" => Command::Test(TestArgs {
                stage: stage(),
                watch: flag("watch"),
                verbose: flag("verbose"),
            }),
            "hint" => Command::Hint(HoleArgs {
                stage: stage(),
                hole: text("hole"),
            }),
            "diff" => Command::Diff(DiffArgs {
                stage: stage(),
                hole: text("hole"),
                yes: flag("yes"),
            }),
            "view" => Command::View(ViewArgs {
                stage: stage(),
                text: flag("text"),
                no_open: flag("no-open"),
            }),
            "attack" => Command::Attack(StageArgs { stage: stage() }),
            "use" => Command::Use(UseArgs {
                which: match text("which")?.as_str() {
                    "mine" => Which::Mine,
                    _ => Which::Reference,
                },
                stage: stage(),
            }),
            "graduate" => Command::Graduate(GraduateArgs {
                stage: stage(),
                bench: flag("bench"),
            }),
            "reset" => Command::Reset(ResetArgs {
                stage: stage(),
                hole: text("hole"),
                yes: flag("yes"),
                missing: flag("missing"),
            }),
            "update" => Command::Update(UpdateArgs { pull: flag("pull") }),
            "book" => Command::Book(StageArgs { stage: stage() }),
            "doctor" => Command::Doctor,
            _ => return None,
        })
    }
}

/// The commands and their arguments, as `--help` shows them.
fn program() -> Program {
    let flag = |name: &'static str, help: &'static str| {
        let arg = Arg::new(name).long(name).help(help);
        arg.action(ArgAction::SetTrue)
    };
    let yes = |help: &'static str| flag("yes", help).short('y');
    let stage = || Arg::new("stage").help("The stage: 03, 3, wal or 03-wal");
    let hole = |help: &'static str| Arg::new("hole").help(help);
    let which = Arg::new("which")
        .help("Your crate, or the reference solution")
        .required(true)
        .value_parser(["mine", "reference"]);
    let command = |name: &'static str, about: &'static str| Program::new(name).about(about);
    let plain = flag("plain", "Print lines instead of opening the full screen").global(true);
    Program::new("cargo learn")
        .bin_name("cargo learn")
        .about(ABOUT.lines().next().unwrap_or_default())
        .long_about(ABOUT)
        .after_help(AFTER_HELP)
        .arg(plain)
        .subcommands([
            command("list", "List the stages and how far you are in each"),
            command("test", "Run a stage's tests and say what to do next")
                .arg(stage())
                .arg(flag("watch", "Run again whenever a file of the stage is saved"))
                .arg(flag("verbose", "Show every test, also those of holes that are done").short('v')),
            command("hint", "Show the next hint for a hole; each time one more, three in all")
                .arg(stage())
                .arg(hole(
                    "The hole (not the hint): its name, or its number in `cargo learn test`; the current one if left out",
                )),
            command("diff", "Compare your code with the solution, hole by hole")
                .arg(stage())
                .arg(hole("One hole only, by name or number"))
                .arg(yes("Show the solution although the tests are not green yet")),
            command("view", "Look at the structure that your code builds")
                .arg(stage())
                .arg(flag("text", "Print it as text instead of making a page"))
                .arg(flag("no-open", "Make the page, but do not open a browser")),
            command("attack", "Attack your code: known mistakes, and every crash point where the stage has them")
                .arg(stage()),
            command("use", "Choose whether later stages and the engine build on your crate or on ours")
                .arg(which)
                .arg(stage()),
            command("graduate", "Run the whole engine's tests on the crate that you wrote")
                .arg(stage())
                .arg(flag("bench", "Run the engine's benchmarks as well")),
            command("reset", "Put a hole, or a whole stage, back to its beginning; a copy is kept")
                .arg(stage())
                .arg(hole("The hole, by name or number; the whole stage if left out"))
                .arg(yes("Do not ask"))
                .arg(
                    flag("missing", "Put back only files that are gone; the others stay as they are")
                        .conflicts_with("hole"),
                ),
            command("update", "Merge a new version of the course with your work")
                .arg(flag("pull", "Fetch the new version with git first")),
            command("book", "Build the book and serve it on this machine, opened at a chapter if a stage is given")
                .arg(stage()),
            command("doctor", "Find out why something does not work"),
        ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        program().debug_assert();
    }

    #[test]
    fn every_command_is_understood() {
        for command in program().get_subcommands() {
            let name = command.get_name();
            let mut words = vec!["cargo learn", name];
            words.extend((name == "use").then_some("mine"));
            let cli = Cli::of(&program().get_matches_from(words));
            assert!(cli.command.is_some(), "{name}");
        }
        let help = program().try_get_matches_from(["cargo learn", "help", "hint"]);
        let help = help.err().map(|shown| (shown.kind(), shown.to_string()));
        let (kind, text) = help.expect("help is no command to run");
        assert_eq!(kind, clap::error::ErrorKind::DisplayHelp);
        assert!(text.contains("three in all"), "{text}");
        let cli =
            Cli::of(&program().get_matches_from(["cargo learn", "test", "3", "--plain", "-v"]));
        assert!(cli.plain);
        let Some(Command::Test(args)) = cli.command else {
            panic!("it is `test`");
        };
        assert_eq!((args.stage.as_deref(), args.verbose), (Some("3"), true));
    }
}
