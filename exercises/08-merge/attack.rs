//! Tries to break your merge: thousands of random walks over random sources, which overlap, hold the
//! same write twice, fail at any call, and grow while they are read.
//!
//! Says what it tried, and the first wrong answer in words. Exit status 0 if the crate survived.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use ferrisdb_core::{Random, SeededRandom, Source, Timestamp};
use ferrisdb_merge::{Concat, Merge, Piece, Visible};
use ferrisdb_testkit::show;

use support::{
    Broken, Entry, Model, Move, Run, RunCursor, Watch, current, delete, go, merged, put, say,
    visible,
};

#[path = "tests/support/mod.rs"]
mod support;

/// One kind of attack: counts its tries, and returns the first wrong answer.
type Attack = fn(&mut u64) -> Result<(), String>;

fn main() -> ExitCode {
    let attacks: [(&str, Attack); 5] = [
        ("a merge is walked through", walks),
        ("a source fails at some call of a walk", failures),
        ("pieces are walked through", pieces),
        ("a reader goes through its snapshot", readers),
        ("a reader reads while others write", writers),
    ];
    // A panic is a wrong answer like any other; its message is printed below.
    panic::set_hook(Box::new(|_| ()));
    let mut survived = true;
    for (what, attack) in attacks {
        let mut tries = 0;
        match panic::catch_unwind(AssertUnwindSafe(|| attack(&mut tries))) {
            Ok(Ok(())) => println!("survived {tries:6} × {what}"),
            Ok(Err(reason)) => {
                println!("BROKEN after {tries} × {what}:\n    {reason}");
                survived = false;
            }
            Err(panic) => {
                let message = panic_message(&*panic);
                println!("PANIC after {tries} × {what}:\n    {message}");
                survived = false;
            }
        }
    }
    if survived {
        println!("Your merge kept every promise.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}

fn below(random: &mut SeededRandom, end: usize) -> usize {
    usize::try_from(random.below(end as u64)).unwrap_or(0)
}

/// Short keys that often begin alike, some of them with the same eight bytes.
fn key(random: &mut SeededRandom) -> Vec<u8> {
    let start: &[u8] = [&b""[..], b"article-"][below(random, 2)];
    let size = below(random, 3);
    let letters = (0..size).map(|_| b"ab\x00\xff"[below(random, 4)]);
    start.iter().copied().chain(letters).collect()
}

/// Runs, the newest first. Now and then a version lies in two of them.
fn runs(random: &mut SeededRandom) -> Vec<Vec<Entry>> {
    let mut all: Vec<Entry> = Vec::new();
    let count = below(random, 6);
    let run = |number: usize| {
        let mut run: Vec<Entry> = Vec::new();
        for _ in 0..random.below(20) {
            let timestamp = random.below(9) + 1;
            let entry = match random.below(6) {
                0 => delete(key(random), timestamp),
                1 if !all.is_empty() => all[below(random, all.len())].clone(),
                _ => put(key(random), timestamp, format!("run {number}")),
            };
            let twin = all.iter().find(|other| other.place() == entry.place());
            run.push(twin.cloned().unwrap_or(entry));
        }
        run.sort_by(|left, right| left.place().cmp(&right.place()));
        run.dedup_by(|right, left| left.place() == right.place());
        all.extend(run.iter().cloned());
        run
    };
    (0..count).map(run).collect()
}

fn random_move(random: &mut SeededRandom) -> Move {
    match random.below(14) {
        0 => Move::First,
        1 => Move::Last,
        2 => Move::Seek(key(random), random.below(11)),
        3 => Move::SeekForPrev(key(random), random.below(11)),
        number if number % 2 == 0 => Move::Next,
        _ => Move::Prev,
    }
}

/// A merge of some runs that are watched.
fn watched(runs: &[Vec<Entry>]) -> (Watch, Vec<Run>, Merge<RunCursor>) {
    let watch = Watch::default();
    watch.be_quiet();
    let watched = runs.iter().enumerate();
    let watched: Vec<Run> = watched
        .map(|(number, entries)| Run::new(number, &watch, entries))
        .collect();
    let merge = Merge::new(watched.iter().map(Run::cursor).collect());
    (watch, watched, merge)
}

/// Walks, and compares each place with the model's. Once a call has failed, nothing may be left.
fn walk<S: Source<Error = Broken>>(
    source: &mut S,
    entries: Vec<Entry>,
    watch: &Watch,
    random: &mut SeededRandom,
) -> Result<(), String> {
    let mut model = Model::new(entries);
    let mut story = String::new();
    for _ in 0..30 {
        let to = random_move(random);
        story = format!("{story}{to:?}, ");
        let moved = go(source, &to);
        let failed = watch.take_failure();
        if moved.is_err() != failed {
            return Err(format!(
                "{story}a source failed: {failed}, yours said so: {}",
                moved.is_err()
            ));
        }
        if failed {
            model.at = None;
        } else {
            model.go(&to, false);
        }
        let yours = current(source);
        if yours.as_ref() != model.current() {
            let (yours, right) = (say(yours.as_ref()), say(model.current()));
            return Err(format!("{story}yours is at {yours}, right is {right}"));
        }
    }
    Ok(())
}

fn walks(tries: &mut u64) -> Result<(), String> {
    let mut random = SeededRandom::new(1);
    for _ in 0..3_000 {
        *tries += 1;
        let runs = runs(&mut random);
        let (watch, _, mut merge) = watched(&runs);
        walk(&mut merge, merged(&runs), &watch, &mut random)?;
    }
    Ok(())
}

fn failures(tries: &mut u64) -> Result<(), String> {
    let mut random = SeededRandom::new(2);
    for _ in 0..3_000 {
        *tries += 1;
        let runs = runs(&mut random);
        let (watch, _, mut merge) = watched(&runs);
        watch.fail_at(below(&mut random, 60));
        walk(&mut merge, merged(&runs), &watch, &mut random)?;
    }
    Ok(())
}

/// A piece of a longer run.
struct Part {
    run: Run,
    watch: Watch,
    number: usize,
    smallest: Entry,
    largest: Entry,
}

impl Piece for Part {
    type Source = RunCursor;
    type Error = Broken;

    fn smallest(&self) -> ferrisdb_core::InternalKey<'_> {
        self.smallest.key()
    }

    fn largest(&self) -> ferrisdb_core::InternalKey<'_> {
        self.largest.key()
    }

    fn open(&self) -> Result<RunCursor, Broken> {
        self.watch.open(self.number)?;
        Ok(self.run.cursor())
    }
}

fn pieces(tries: &mut u64) -> Result<(), String> {
    let mut random = SeededRandom::new(3);
    for _ in 0..3_000 {
        *tries += 1;
        let all = merged(&runs(&mut random));
        let watch = Watch::default();
        watch.be_quiet();
        let mut parts = Vec::new();
        let mut rest = all.as_slice();
        while let (Some(first), size) = (rest.first(), below(&mut random, 6) + 1) {
            let (piece, behind) = rest.split_at(size.min(rest.len()));
            let number = parts.len();
            parts.push(Part {
                run: Run::new(number, &watch, piece),
                watch: watch.clone(),
                number,
                smallest: first.clone(),
                largest: piece[piece.len() - 1].clone(),
            });
            rest = behind;
        }
        // Opening a piece is a call as well.
        watch.fail_at(below(&mut random, 100));
        walk(&mut Concat::new(parts), all, &watch, &mut random)?;
    }
    Ok(())
}

fn readers(tries: &mut u64) -> Result<(), String> {
    read(tries, 4, false)
}

fn writers(tries: &mut u64) -> Result<(), String> {
    read(tries, 5, true)
}

/// Walks through what a reader sees, perhaps while newer versions come in.
fn read(tries: &mut u64, seed: u64, grow: bool) -> Result<(), String> {
    let mut random = SeededRandom::new(seed);
    for _ in 0..3_000 {
        *tries += 1;
        let (runs, as_of) = (runs(&mut random), random.below(11));
        let (watch, sources, merge) = watched(&runs);
        watch.fail_at(below(&mut random, 400));
        let mut reader = Visible::new(merge, Timestamp(as_of));
        let mut model = Model::new(visible(&runs, as_of));
        let mut story = format!("as of @{as_of}: ");
        for time in 100..130 {
            let to = random_move(&mut random);
            let moved = match &to {
                Move::First => reader.seek_to_first(),
                Move::Last => reader.seek_to_last(),
                Move::Seek(key, _) => reader.seek(key),
                Move::SeekForPrev(key, _) => reader.seek_for_prev(key),
                Move::Next => reader.next(),
                Move::Prev => reader.prev(),
            };
            story = format!("{story}{to:?}, ");
            let failed = watch.take_failure();
            if moved.is_err() != failed {
                return Err(format!(
                    "{story}a source failed: {failed}, yours said so: {}",
                    moved.is_err()
                ));
            }
            if failed {
                model.at = None;
            } else {
                model.go(&to, true);
            }
            let yours = reader.is_valid().then(|| (reader.key(), reader.value()));
            let right = model.current();
            let right = right.map(|entry| (entry.user_key.as_slice(), entry.value.as_slice()));
            if yours != right {
                let name = |entry: Option<(&[u8], &[u8])>| {
                    entry.map_or("no entry".into(), |(key, value)| {
                        format!("{} = {}", show(key), show(value))
                    })
                };
                let (yours, right) = (name(yours), name(right));
                return Err(format!("{story}yours is at {yours}, right is {right}"));
            }
            if grow && !sources.is_empty() {
                let run = &sources[below(&mut random, sources.len())];
                run.add(put(key(&mut random), time, "new"));
            }
        }
    }
    Ok(())
}
