//! The command line of `cargo learn`.

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The course in your terminal.
///
/// Without a command it opens a full screen that watches the stage you are working on, runs
/// its tests whenever you save, and shows what to do next. The commands below do the same
/// one step at a time, for scripts and for terminals that cannot show a full screen.
#[derive(Debug, Parser)]
#[command(
    name = "cargo learn",
    bin_name = "cargo learn",
    disable_help_subcommand = true,
    after_help = AFTER_HELP
)]
pub(crate) struct Cli {
    /// Print lines instead of opening the full screen
    #[arg(long, global = true)]
    pub(crate) plain: bool,

    /// What to do; nothing opens the full screen
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const AFTER_HELP: &str = "\
A stage is given as 03, 3, wal or 03-wal; without one, the stage you worked on last is meant.

The way through a stage:
  cargo learn book 03       read the chapter
  cargo learn test 03       see which hole is next and which tests it must turn green
  (write the code in exercises/03-wal/src, save, test again)
  cargo learn hint 03       when stuck: three hints a hole, each says more
  cargo learn diff 03       when green: compare with our solution
  cargo learn graduate 03   run the whole engine on the crate that you wrote

LEARN_TEST_SECONDS=60 gives each test that long on a slow machine (10 otherwise).

Exit status: 0 all green, 1 something is red, 2 it could not be run.
Your work is never overwritten without a question, and a copy is kept in .learn/backup.";

/// One thing to do.
#[derive(Debug, Subcommand)]
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
#[derive(Debug, Args)]
pub(crate) struct StageArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
}

/// A stage and perhaps a hole.
#[derive(Debug, Args)]
pub(crate) struct HoleArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// The hole, by name or number; the current one if left out
    pub(crate) hole: Option<String>,
}

/// `test`.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// Run again whenever a file of the stage is saved
    #[arg(long)]
    pub(crate) watch: bool,
    /// Show every test, also those of holes that are done
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// `diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// One hole only, by name or number
    pub(crate) hole: Option<String>,
    /// Show the solution although the tests are not green yet
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// `view`.
#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// Print it as text instead of making a page
    #[arg(long)]
    pub(crate) text: bool,
    /// Make the page, but do not open a browser
    #[arg(long)]
    pub(crate) no_open: bool,
}

/// `use`.
#[derive(Debug, Args)]
pub(crate) struct UseArgs {
    /// Your crate or the reference solution
    pub(crate) which: Which,
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
}

/// Whose crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    /// The crate in exercises/
    Mine,
    /// The crate in solutions/
    Reference,
}

/// `graduate`.
#[derive(Debug, Args)]
pub(crate) struct GraduateArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// Run the engine's benchmarks as well
    #[arg(long)]
    pub(crate) bench: bool,
}

/// `reset`.
#[derive(Debug, Args)]
pub(crate) struct ResetArgs {
    /// The stage: 03, 3, wal or 03-wal
    pub(crate) stage: Option<String>,
    /// The hole, by name or number; the whole stage if left out
    pub(crate) hole: Option<String>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Put back only files that are gone; the others stay as they are
    #[arg(long, conflicts_with = "hole")]
    pub(crate) missing: bool,
}

/// `update`.
#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// Fetch the new version with git first
    #[arg(long)]
    pub(crate) pull: bool,
}
