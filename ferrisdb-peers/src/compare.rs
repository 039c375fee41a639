//! Measuring all stores, each time in a process of its own.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ferrisdb_workload::{Report, Settings, Tuning, Workload, plot, table};

/// Something that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) what: What,
    threads: usize,
    batch: usize,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Workload(Workload),
    /// Opening, after the store was closed.
    Open,
    /// Opening, after a process that overwrote all keys was killed.
    OpenKilled,
}

impl Task {
    /// The task that a text such as `fillrandom:t2:b100` means.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let what = match name {
            "open" => What::Open,
            "openkilled" => What::OpenKilled,
            _ => What::Workload(
                Workload::named(name).ok_or_else(|| format!("there is no workload {name}"))?,
            ),
        };
        let mut task = Self {
            what,
            threads: 1,
            batch: 1,
        };
        for part in parts {
            let (number, name) = match part.chars().next() {
                Some('t') => (&mut task.threads, "threads"),
                Some('b') => (&mut task.batch, "batch"),
                _ => return Err(format!(":{part} is neither :tN nor :bN")),
            };
            let limits = Settings::limits(name);
            let typed: Option<u64> = part.get(1..).and_then(|digits| digits.parse().ok());
            let typed = typed
                .filter(|typed| limits.contains(typed))
                .ok_or_else(|| {
                    let (least, most) = limits.into_inner();
                    format!(":{part} needs a number of {name} between {least} and {most}")
                })?;
            *number = usize::try_from(typed).unwrap_or(usize::MAX);
        }
        Ok(task)
    }

    fn name(self) -> String {
        let mut name = match self.what {
            What::Workload(workload) => workload.name(),
            What::Open => "open",
            What::OpenKilled => "openkilled",
        }
        .to_owned();
        for (letter, number) in [("t", self.threads), ("b", self.batch)] {
            if number > 1 {
                name = format!("{name}:{letter}{number}");
            }
        }
        name
    }

    /// The settings with this task's own.
    pub(crate) fn settings(self, settings: &Settings) -> Settings {
        Settings {
            threads: self.threads,
            batch: self.batch,
            ..settings.clone()
        }
    }
}

/// What is compared, and how.
#[derive(Debug)]
pub(crate) struct Compare {
    pub(crate) engines: Vec<&'static str>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) rounds: u64,
    pub(crate) settings: Settings,
    pub(crate) tuning: Tuning,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) plot: Option<PathBuf>,
    pub(crate) json: bool,
}

impl Compare {
    /// Measures all, prints what came of it, and draws it.
    pub(crate) fn run(&self) -> Result<(), String> {
        let base = self.directory.clone().unwrap_or_else(std::env::temp_dir);
        let base = base.join(format!("ferrisdb-peers-{}", std::process::id()));
        fs::create_dir_all(&base).map_err(|error| cannot("create", &base, &error))?;
        let measured = self.measure_all(&base);
        // A measurement that went wrong leaves nothing behind either.
        let removed = fs::remove_dir_all(&base);
        let reports = measured?;
        let medians = self.print(&reports)?;
        if let Some(path) = &self.plot {
            let Settings {
                num, value_size, ..
            } = self.settings;
            let title = format!("{num} keys of 16 bytes, values of {value_size} bytes");
            let drawn = fs::write(path, plot(&title, &medians));
            drawn.map_err(|error| cannot("write to", path, &error))?;
        }
        removed.map_err(|error| cannot("remove", &base, &error))?;
        // The figures stand above; of a store that answers wrongly they are of no interest.
        let wrong = self.wrong_answers(&reports);
        if wrong.is_empty() {
            return Ok(());
        }
        Err(wrong.join("\nerror: "))
    }

    /// What stores did not find although they have it, and where they do not agree.
    fn wrong_answers(&self, reports: &[(Task, &str, Report)]) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut has_all_keys = false;
        // One task after the other, each with a report of every store.
        for stores in reports.chunks(self.engines.len().max(1)) {
            let Some((task, _, first)) = stores.first() else {
                continue;
            };
            if let What::Workload(workload) = task.what {
                has_all_keys = workload.fills().unwrap_or(has_all_keys);
            }
            let of_each = stores.iter().filter_map(|(_, engine, report)| {
                let what = report.wrong_answer().filter(|_| has_all_keys)?;
                Some(format!("{engine} gave a wrong answer: {what}"))
            });
            wrong.extend(of_each);
            // Which keys several threads meet is a matter of chance.
            let differs = stores
                .iter()
                .any(|(_, _, report)| report.found != first.found);
            if differs && task.threads == 1 {
                let found: Vec<_> = stores
                    .iter()
                    .map(|(_, engine, report)| format!("{engine} {}", report.found))
                    .collect();
                wrong.push(format!(
                    "{}: the stores did not find the same: {}",
                    task.name(),
                    found.join(", ")
                ));
            }
        }
        wrong
    }

    /// All reports, by task and store.
    fn measure_all(&self, base: &Path) -> Result<Vec<(Task, &'static str, Report)>, String> {
        let mut reports = Vec::new();
        let mut closed = HashMap::new();
        for round in 0..self.rounds {
            for task in &self.tasks {
                let mut engines = self.engines.clone();
                if round % 2 == 1 {
                    engines.reverse();
                }
                for engine in engines {
                    eprintln!("round {}: {} {engine}", round + 1, task.name());
                    let mut report = self.measure(*task, engine, base)?;
                    let before = closed.insert(engine, report.close_seconds).flatten();
                    if !matches!(task.what, What::Workload(_)) {
                        report.workload = task.name();
                        // What was left to do for this opening was decided before it.
                        report.close_seconds = before.filter(|_| task.what == What::Open);
                    }
                    reports.push((*task, engine, report));
                }
            }
        }
        Ok(reports)
    }

    fn measure(&self, task: Task, engine: &str, base: &Path) -> Result<Report, String> {
        let directory = base.join(engine);
        let begins_empty = matches!(task.what, What::Workload(workload) if workload.begins_empty());
        if begins_empty && directory.exists() {
            fs::remove_dir_all(&directory).map_err(|error| cannot("remove", &directory, &error))?;
        }
        if task.what == What::OpenKilled {
            let overwrite = Task {
                what: What::Workload(Workload::Overwrite),
                ..task
            };
            self.process(overwrite, engine, &directory, true)?;
        }
        self.process(task, engine, &directory, false)
    }

    /// One measurement in a process of its own.
    fn process(
        &self,
        task: Task,
        engine: &str,
        directory: &Path,
        abort: bool,
    ) -> Result<Report, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let Settings {
            num,
            value_size,
            scan,
            seed,
            ..
        } = self.settings;
        let mut command = Command::new(program);
        command.args(["measure", engine, &task.name()]);
        let numbers = [
            ("--num", num),
            ("--value-size", value_size as u64),
            ("--scan", scan),
            ("--seed", seed),
            ("--cache", self.tuning.cache),
            ("--memtable", self.tuning.memtable),
        ];
        for (name, number) in numbers {
            command.arg(name).arg(number.to_string());
        }
        if let Some(reads) = self.settings.reads {
            command.arg("--reads").arg(reads.to_string());
        }
        if self.settings.sync {
            command.arg("--sync");
        }
        if abort {
            command.arg("--abort");
        }
        command.arg("--db").arg(directory).stderr(Stdio::inherit());
        let output = command.output().map_err(|error| error.to_string())?;
        let failed = || format!("{} {engine} ended with {}", task.name(), output.status);
        if !abort && !output.status.success() {
            return Err(failed());
        }
        serde_json::from_slice(&output.stdout).map_err(|_| failed())
    }

    /// Prints the median of all rounds for each task and store, and returns these.
    ///
    /// The ratios are those of operations a second and of processor time, both so that above 1 the
    /// first store is ahead.
    fn print(&self, reports: &[(Task, &str, Report)]) -> Result<Vec<Report>, String> {
        let mut medians = Vec::new();
        let mut ratios = Vec::new();
        for task in &self.tasks {
            let of = |engine: &&str| median(reports, *task, engine);
            let these: Vec<Report> = self.engines.iter().filter_map(of).collect();
            let Some(ours) = these.first() else { continue };
            let speed = ours.operations_per_second();
            let cpu = |report: &Report| Some(report.cpu_ns()? / ours.cpu_ns()?);
            if !self.json {
                println!("{}  ratio    cpu    close", table(&task.name()));
                for report in &these {
                    let ratio = speed / report.operations_per_second();
                    let cpu = cpu(report).filter(|ratio| ratio.is_finite());
                    let cpu = cpu.map_or_else(|| "?".to_owned(), |ratio| format!("{ratio:.2}"));
                    let close = report.close_time().unwrap_or_else(|| "-".to_owned());
                    let line = report.line(&report.engine);
                    println!("{line}{ratio:>7.2}{cpu:>7}{close:>9}");
                }
                println!();
            }
            let others = || these.iter().skip(1);
            let best = others().map(Report::operations_per_second).reduce(f64::max);
            let least = others().filter_map(cpu).reduce(f64::min);
            if let Some(best) = best {
                ratios.push((task.name(), speed / best, least));
            }
            medians.extend(these);
        }
        if self.json {
            let text = serde_json::to_string_pretty(&medians);
            println!("{}", text.map_err(|error| error.to_string())?);
        } else if !ratios.is_empty() {
            println!(
                "{} against the best of the others: speed, processor",
                self.engines[0]
            );
            for (name, ratio, cpu) in ratios {
                let cpu = cpu.filter(|cpu| cpu.is_finite());
                let cpu = cpu.map_or_else(|| "?".to_owned(), |cpu| format!("{cpu:.2}"));
                println!("  {name:<18} {ratio:>6.2} {cpu:>6}");
            }
        }
        Ok(medians)
    }
}

/// The report in the middle of those of a task and a store, by time.
fn median(reports: &[(Task, &str, Report)], task: Task, engine: &str) -> Option<Report> {
    let of = |(of, by, _): &&(Task, &str, Report)| *of == task && *by == engine;
    let mut all: Vec<_> = reports.iter().filter(of).collect();
    all.sort_by(|(_, _, a), (_, _, b)| a.seconds.total_cmp(&b.seconds));
    let (_, _, report) = all.get(all.len() / 2)?;
    Some(report.clone())
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One round: a report of each store for each task, with what the stores found.
    fn wrong_answers(tasks: [(&str, [u64; 2]); 4]) -> Vec<String> {
        let engines = vec!["ours", "theirs"];
        let mut reports = Vec::new();
        for (name, found) in tasks {
            let task = Task::parse(name).expect("it is one");
            let What::Workload(workload) = task.what else {
                panic!("{name} finds nothing");
            };
            for (engine, found) in engines.iter().zip(found) {
                let took = std::time::Duration::from_secs(1);
                let single = Report::single(engine, workload.name(), took, Path::new("."));
                let report = Report {
                    operations: 10,
                    found,
                    ..single.expect("a report")
                };
                reports.push((task, *engine, report));
            }
        }
        let compare = Compare {
            engines,
            tasks: Vec::new(),
            rounds: 1,
            settings: Settings::default(),
            tuning: Tuning::default(),
            directory: None,
            plot: None,
            json: false,
        };
        compare.wrong_answers(&reports)
    }

    #[test]
    fn a_key_that_a_store_has_and_does_not_find_is_a_wrong_answer() {
        let all = wrong_answers([
            ("fillseq", [0, 0]),
            ("readrandom:t2", [10, 10]),
            ("readmissing", [0, 0]),
            ("ycsba:t2", [5, 6]),
        ]);
        assert!(all.is_empty(), "{all:?}");
        let lost = wrong_answers([
            ("fillrandom", [0, 0]),
            ("readrandom:t2", [10, 9]),
            ("readmissing:t2", [0, 1]),
            ("ycsba", [5, 6]),
        ]);
        assert_eq!(
            lost,
            [
                "theirs gave a wrong answer: readrandom found 9 of 10 keys",
                "theirs gave a wrong answer: readmissing found 1 keys that are not there",
                "ycsba: the stores did not find the same: ours 5, theirs 6",
            ]
        );
        let few = wrong_answers([
            ("fillsync", [0, 0]),
            ("readrandom", [1, 1]),
            ("overwrite", [0, 0]),
            ("readrandom", [9, 9]),
        ]);
        assert_eq!(few.len(), 2, "all keys are there since overwrite: {few:?}");
    }

    #[test]
    fn a_task_is_a_workload_with_threads_and_a_batch() {
        let task = Task::parse("fillrandom:t2:b100").expect("it is one");
        assert_eq!((task.threads, task.batch), (2, 100));
        assert_eq!(task.name(), "fillrandom:t2:b100");
        assert_eq!(task.settings(&Settings::default()).threads, 2);
        for text in [
            "fill",
            "fillseq:x2",
            "fillseq:t",
            "fillseq:",
            "fillseq:t0",
            "fillseq:t1000000",
        ] {
            Task::parse(text).expect_err(text);
        }
    }
}
