//! A day of writes under three strategies: the levels as they fill and drain, and what it costs.
//!
//! Prints a trace for the picture in the book, or with `--text` the same for a terminal, or with
//! `--figures` what a longer day costs for some ways of writing.
//!
//! Nothing is written to a disk. What is picked, dropped and split is what *your* crate picks,
//! drops and splits; only the tables are lists in memory.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use ferrisdb_compaction::simulate::{Cost, ENTRY_SIZE, Simulation, Step};
use ferrisdb_compaction::{Job, Levelled, Reason, SizeTiered, Strategy};
use ferrisdb_core::{Operation, Random, SeededRandom};
use ferrisdb_manifest::{LEVELS_MAX, TableMeta};
use serde_json::{Value, json};

/// How many keys there are.
const KEYS: u32 = 600;

/// How many entries a memtable takes.
const MEMTABLE: u32 = 25;

/// More jobs than this in a row, and they will never end.
const JOBS_MAX: usize = 200;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let report = if asked("--figures") {
        figures()
    } else {
        days().map(|days| {
            if asked("--text") {
                text(&days)
            } else {
                trace(&days)
            }
        })
    };
    match report {
        Ok(report) => io::stdout().lock().write_all(report.as_bytes()),
        Err(error) => {
            eprintln!("The lab cannot go on: {error}");
            std::process::exit(1);
        }
    }
}

/// The strategies, with levels and tables so small that some are needed.
fn strategies(memtable: u32) -> [(&'static str, Strategy); 3] {
    let flushed = u64::from(memtable) * ENTRY_SIZE;
    let levelled = Levelled::default()
        .base_size(4 * flushed)
        .factor(4)
        .table_size(3 * flushed / 2);
    let tiered = SizeTiered::default().runs(8);
    // Everything becomes one table as soon as there are two, however small the newer one is.
    let everything = tiered.clone().runs(2).space_amplification_percent(0);
    let tiered = tiered.table_size(3 * flushed / 2);
    [
        ("levelled", Strategy::Levelled(levelled)),
        ("size-tiered", Strategy::SizeTiered(tiered)),
        ("merge everything", Strategy::SizeTiered(everything)),
    ]
}

/// A day under one strategy.
struct Day {
    name: &'static str,
    steps: Vec<Step>,
}

fn days() -> Result<Vec<Day>, String> {
    let day = |(name, strategy)| {
        let mut simulation = Simulation::new(strategy, usize::MAX);
        for memtable in 0..40 {
            flush(&mut simulation, &writes(memtable)).map_err(|why| format!("{name}: {why}"))?;
        }
        let steps = simulation.steps().to_vec();
        Ok(Day { name, steps })
    };
    strategies(MEMTABLE).into_iter().map(day).collect()
}

/// What one memtable takes. Half a day of writes everywhere, then a part of the keys is
/// overwritten again and again, and in the evening half of all keys are deleted.
fn writes(memtable: u32) -> Vec<(u32, Operation)> {
    let mut random = SeededRandom::new(u64::from(memtable) + 11);
    let mut below = |limit| below(&mut random, limit);
    match memtable {
        0..20 => (0..MEMTABLE)
            .map(|_| (below(KEYS), Operation::Put))
            .collect(),
        20..28 => (0..MEMTABLE)
            .map(|_| (200 + below(100), Operation::Put))
            .collect(),
        _ => {
            let first = (memtable - 28) * MEMTABLE;
            (first..first + MEMTABLE)
                .map(|key| (key, Operation::Delete))
                .collect()
        }
    }
}

fn below(random: &mut SeededRandom, limit: u32) -> u32 {
    u32::try_from(random.below(u64::from(limit))).unwrap_or(0)
}

/// Writes these entries, makes a table of them, and does all jobs that there are then.
fn flush(simulation: &mut Simulation, writes: &[(u32, Operation)]) -> Result<(), String> {
    for &(key, operation) in writes {
        simulation
            .write(key, operation)
            .map_err(|why| why.to_string())?;
    }
    simulation.flush().map_err(|why| why.to_string())?;
    for _ in 0..JOBS_MAX {
        if !simulation.compact().map_err(|why| why.to_string())? {
            return Ok(());
        }
    }
    Err(format!(
        "there is always one more job to do, also after {JOBS_MAX} of them"
    ))
}

// In words.

/// What happened in a step.
fn words(step: &Step) -> String {
    let Some(job) = &step.job else {
        let number = step.edit.add.first().map_or(0, |(_, table)| table.number);
        return format!("The memtable becomes table {number}");
    };
    let mut inputs = Vec::new();
    for input in &job.inputs {
        inputs.push(format!("{} of level {}", input.tables.len(), input.level));
    }
    let (inputs, output) = (inputs.join(" and "), job.output_level);
    let why = reason(job);
    if job.trivial_move {
        return format!(
            "{why}: table {} moves to level {output} as it is",
            job.numbers()[0]
        );
    }
    let read: u64 = job.tables().map(|table| table.entries).sum();
    let written: u64 = step.edit.add.iter().map(|(_, table)| table.entries).sum();
    let tables = match step.edit.add.len() {
        1 => "1 table".to_owned(),
        count => format!("{count} tables"),
    };
    let dropped = read - written;
    format!("{why}: {inputs} become {tables} of level {output}; {dropped} of {read} entries go")
}

fn reason(job: &Job) -> String {
    let level = job.inputs.first().map_or(0, |input| input.level);
    match job.reason {
        Reason::LevelZero => "Level 0 has too many tables".into(),
        Reason::LevelSize => format!("Level {level} is too large"),
        Reason::SpaceAmplification => "Much of it may be superseded".into(),
        Reason::SizeRatio => "Neighbours are of similar size".into(),
        Reason::RunCount => "There are too many runs".into(),
        _ => "Somebody asked for it".into(),
    }
}

/// With one digit behind the point.
fn ratio(of: u64, to: u64) -> String {
    let tenths = (of * 20 / to.max(1)).div_ceil(2);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn costs(cost: &Cost) -> String {
    let Cost {
        given,
        written,
        stored,
        alive,
        runs,
        ..
    } = *cost;
    format!(
        "{:>7}  {:>6}  {runs:>5}",
        ratio(written, given),
        ratio(stored, alive)
    )
}

// For the page.

fn trace(days: &[Day]) -> String {
    let days: Vec<String> = days
        .iter()
        .map(|Day { name, steps }| {
            let steps: Vec<String> = steps.iter().map(|step| event(step).to_string()).collect();
            format!(
                "{{\"name\":{},\"levels\":{LEVELS_MAX},\"steps\":[\n{}\n]}}",
                json!(name),
                steps.join(",\n")
            )
        })
        .collect();
    format!(
        "{{\"widget\":\"levels\",\"title\":\"A day of a thousand writes, under three strategies\",\"keys\":{KEYS},\"strategies\":[\n{}\n]}}\n",
        days.join(",\n")
    )
}

fn event(step: &Step) -> Value {
    let what = match &step.job {
        None => "flush",
        Some(job) if job.trivial_move => "move",
        Some(_) => "merge",
    };
    let add: Vec<Value> = step
        .edit
        .add
        .iter()
        .map(|(level, table)| {
            let [first, last] = keys(table);
            json!([level, table.number, first, last, table.entries])
        })
        .collect();
    let remove: Vec<u64> = step.edit.remove.iter().map(|&(_, number)| number).collect();
    let Cost { given, alive, .. } = step.cost;
    json!({"what": what, "text": words(step), "given": given, "alive": alive, "add": add, "remove": remove})
}

/// The first and the last key of a table.
fn keys(table: &TableMeta) -> [u32; 2] {
    [&table.smallest, &table.largest].map(|key| {
        key.user_key
            .as_slice()
            .try_into()
            .map_or(0, u32::from_be_bytes)
    })
}

// For the terminal.

fn text(days: &[Day]) -> String {
    let mut text = format!(
        "A day of a thousand writes to {KEYS} keys. A memtable takes {MEMTABLE} entries.\n"
    );
    for Day { name, steps } in days {
        let _ = write!(
            text,
            "\n{name}\n\n  given  written  stored  asked  tables a level  what\n"
        );
        let mut levels = [0_usize; LEVELS_MAX];
        for step in steps {
            for &(level, _) in &step.edit.remove {
                levels[level] -= 1;
            }
            for &(level, _) in &step.edit.add {
                levels[level] += 1;
            }
            // A flush after which nothing is done is not worth a line.
            if step.job.is_some() {
                let counts: Vec<String> = levels.iter().map(ToString::to_string).collect();
                let (given, costs) = (step.cost.given, costs(&step.cost));
                let _ = writeln!(
                    text,
                    "  {given:>5}  {costs}  {:<14}  {}",
                    counts.join(" "),
                    words(step)
                );
            }
        }
    }
    text += "\nAt the end of the day\n\n                    written  stored  asked\n";
    for Day { name, steps } in days {
        let end = steps
            .last()
            .map(|step| costs(&step.cost))
            .unwrap_or_default();
        let _ = writeln!(text, "  {name:<16}  {end}");
    }
    text
}

/// The key of a write, from chance and the write's number.
type Keys = fn(&mut SeededRandom, u32) -> u32;

/// A longer day, for some ways of writing.
fn figures() -> Result<String, String> {
    const MEMTABLE: u32 = 100;
    const WRITES: u32 = 20_000;
    let mut text = format!(
        "{:<18}  {:<16}  written  stored  asked\n",
        "what is written", "strategy"
    );
    let ways: [(&str, Keys); 3] = [
        ("new keys, in order", |_, n| n),
        ("keys at random", |random, _| below(random, 20_000)),
        ("few keys, often", |random, _| below(random, 2_000)),
    ];
    for (way, key) in ways {
        for (name, strategy) in strategies(MEMTABLE) {
            let mut random = SeededRandom::new(11);
            let mut simulation = Simulation::new(strategy, usize::MAX);
            let mut n = 0;
            while n < WRITES {
                let writes: Vec<_> = (n..n + MEMTABLE)
                    .map(|n| (key(&mut random, n), Operation::Put))
                    .collect();
                flush(&mut simulation, &writes)?;
                n += MEMTABLE;
            }
            let costs = costs(&simulation.cost());
            let _ = writeln!(text, "{way:<18}  {name:<16}  {costs}");
        }
    }
    Ok(text)
}
