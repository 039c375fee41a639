//! The problem: a job that adds up a log and then empties it.

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

/// A moment at which something goes wrong, or the order of the last two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    KilledBeforeWriting,
    KilledBeforeEmptying,
    EmptiesFirstAndIsKilled,
    AnOrderArrives,
}

/// The hourly job of a shop: `orders` has a line with an amount for each order, `total` the sum so far.
fn job(directory: &Path, trouble: Trouble) -> io::Result<()> {
    let (orders, total) = (directory.join("orders"), directory.join("total"));
    let lines = fs::read_to_string(&orders)?;
    let sum = add_up(&lines) + add_up(&fs::read_to_string(&total)?);
    match trouble {
        Trouble::KilledBeforeWriting => return Ok(()),
        Trouble::AnOrderArrives => fs::write(&orders, lines + "10\n")?,
        Trouble::EmptiesFirstAndIsKilled => return fs::write(&orders, ""),
        _ => {}
    }
    fs::write(&total, sum.to_string())?;
    if trouble == Trouble::KilledBeforeEmptying {
        return Ok(());
    }
    fs::write(&orders, "")
}

fn add_up(lines: &str) -> u64 {
    lines
        .lines()
        .filter_map(|line| line.parse::<u64>().ok())
        .sum()
}

/// Twelve orders of 10 euros. The job is killed or disturbed once, and runs again an hour later.
fn total(directory: &Path) -> io::Result<String> {
    let mut out = String::new();
    for (what, trouble, right) in [
        ("nothing goes wrong", Trouble::None, 120),
        (
            "killed before it writes the total",
            Trouble::KilledBeforeWriting,
            120,
        ),
        (
            "killed before it empties the log",
            Trouble::KilledBeforeEmptying,
            120,
        ),
        (
            "empties the log first, and is killed",
            Trouble::EmptiesFirstAndIsKilled,
            120,
        ),
        (
            "an order arrives while it works",
            Trouble::AnOrderArrives,
            130,
        ),
    ] {
        fs::write(directory.join("orders"), "10\n".repeat(12))?;
        fs::write(directory.join("total"), "0")?;
        job(directory, trouble)?;
        job(directory, Trouble::None)?;
        let found = add_up(&fs::read_to_string(directory.join("total"))?);
        let _ = writeln!(out, "{what}: {found} of {right} euros");
    }
    Ok(out)
}

fn main() -> io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", total(directory.path())?);
    Ok(())
}
