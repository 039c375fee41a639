//! What a workload cost.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Result, Workload, process};

/// What a workload cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The store.
    pub engine: String,
    /// What was done.
    pub workload: String,
    /// How many threads did it.
    pub threads: usize,
    /// How many entries a write had.
    pub batch: usize,
    /// How many entries were written, keys read, or scans made.
    pub operations: u64,
    /// How long all of it took.
    pub seconds: f64,
    /// How long processors were busy with it, background work included; unknown on Windows, and for what
    /// [`single`](Self::single) reports. On a machine that has other things to do, this is the better figure.
    pub cpu_seconds: Option<f64>,
    /// The bytes of all keys and values that were written and read.
    pub user_bytes: u64,
    /// How many keys that were asked for were there, or entries that scans met.
    pub found: u64,
    /// How many writes another thread made meanwhile, where there was one.
    pub writes_beside: Option<u64>,
    /// Half of the steps took at most so long, in nanoseconds. A step is a write, a read or a scan; for
    /// `readseq` and `readreverse` it is 1,000 entries.
    pub p50_ns: u64,
    /// 99 of 100 took at most so long.
    pub p99_ns: u64,
    /// 999 of 1,000 took at most so long.
    pub p999_ns: u64,
    /// The longest.
    pub max_ns: u64,
    /// The most memory in use, in bytes, where the operating system tells.
    pub peak_memory_bytes: Option<u64>,
    /// How much of the disk the store took afterwards, in bytes.
    pub disk_bytes: u64,
    /// The bytes of all keys and values that were written.
    pub user_bytes_written: u64,
    /// The bytes that the process handed to the operating system to be written, where it tells.
    pub written_bytes: Option<u64>,
    /// How long it took to close the store, where that was measured.
    pub close_seconds: Option<f64>,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures for people need not be right to the last digit"
)]
impl Report {
    /// Operations a second.
    #[must_use]
    pub fn operations_per_second(&self) -> f64 {
        self.operations as f64 / self.seconds.max(1e-9)
    }

    /// Mebibytes of keys and values a second.
    #[must_use]
    pub fn mib_per_second(&self) -> f64 {
        self.user_bytes as f64 / self.seconds.max(1e-9) / f64::from(1 << 20)
    }

    /// Nanoseconds of processor time for each operation.
    #[must_use]
    pub fn cpu_ns(&self) -> Option<f64> {
        Some(self.cpu_seconds? * 1e9 / self.operations.max(1) as f64)
    }

    /// How many bytes were written for each byte of keys and values; `None` if none were.
    #[must_use]
    pub fn write_amplification(&self) -> Option<f64> {
        let written = self.written_bytes?;
        (self.user_bytes_written > 0).then(|| written as f64 / self.user_bytes_written as f64)
    }
}

impl Report {
    /// What is wrong with the answers of a store that has all keys: it did not find one of them, or
    /// found one that it cannot have.
    #[must_use]
    pub fn wrong_answer(&self) -> Option<String> {
        let (found, asked) = (self.found, self.operations);
        match Workload::named(&self.workload)? {
            Workload::ReadRandom
            | Workload::ReadHot
            | Workload::ReadWhileWriting
            | Workload::YcsbC
                if found < asked =>
            {
                Some(format!("{} found {found} of {asked} keys", self.workload))
            }
            Workload::ReadMissing if found > 0 => Some(format!(
                "{} found {found} keys that are not there",
                self.workload
            )),
            _ => None,
        }
    }

    /// The report of one thing that was done once, such as opening a store.
    pub fn single(engine: &str, what: &str, took: Duration, directory: &Path) -> Result<Self> {
        let ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        Ok(Self {
            engine: engine.to_owned(),
            workload: what.to_owned(),
            threads: 1,
            batch: 1,
            operations: 1,
            seconds: took.as_secs_f64(),
            cpu_seconds: None,
            user_bytes: 0,
            found: 0,
            writes_beside: None,
            p50_ns: ns,
            p99_ns: ns,
            p999_ns: ns,
            max_ns: ns,
            peak_memory_bytes: process::peak_memory(),
            disk_bytes: process::disk_used(directory)?,
            user_bytes_written: 0,
            written_bytes: None,
            close_seconds: None,
        })
    }
}

/// The heads of the columns of [`Report::line`], with a name in front.
#[must_use]
pub fn table(name: &str) -> String {
    format!(
        "{:<17}{:>12}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>7}",
        name, "ops/s", "MiB/s", "cpu/op", "p50", "p99", "p99.9", "memory", "disk", "w.amp"
    )
}

impl Report {
    /// How long closing took, for people.
    #[must_use]
    pub fn close_time(&self) -> Option<String> {
        let closed = Duration::try_from_secs_f64(self.close_seconds?).ok()?;
        Some(time(u64::try_from(closed.as_nanos()).ok()?))
    }

    /// A line for people, below the heads of [`table`], with a name in front.
    #[must_use]
    pub fn line(&self, name: &str) -> String {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "three digits are shown of a time that is not negative"
        )]
        let cpu = self.cpu_ns().map(|ns| ns as u64);
        let mut line = format!(
            "{:<17}{:>12}{:>9.1}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}",
            name,
            thousands(self.operations_per_second()),
            self.mib_per_second(),
            cpu.map_or_else(|| "?".to_owned(), time),
            percentile(self.p50_ns),
            percentile(self.p99_ns),
            percentile(self.p999_ns),
            self.peak_memory_bytes.map_or_else(|| "?".to_owned(), size),
            size(self.disk_bytes),
        );
        // Writing into a `String` cannot fail.
        let _ = match self.write_amplification() {
            Some(factor) => write!(line, "{factor:>7.2}"),
            None => write!(line, "{:>7}", "-"),
        };
        line
    }
}

/// A number with a comma between each three digits.
#[must_use]
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
fn scaled(number: u64, step: f64, units: &[&str]) -> String {
    let (mut value, mut unit) = (number as f64, 0);
    while value >= step * 0.9995 && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && value < 99.95);
    format!("{value:.digits$} {}", units[unit])
}

/// A percentile; nothing is said where nothing was measured.
fn percentile(ns: u64) -> String {
    if ns == 0 {
        return "-".to_owned();
    }
    time(ns)
}

fn time(ns: u64) -> String {
    scaled(ns, 1_000.0, &["ns", "µs", "ms", "s"])
}

fn size(bytes: u64) -> String {
    scaled(bytes, 1_024.0, &["B", "KiB", "MiB", "GiB", "TiB"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_have_units() {
        assert_eq!(thousands(0.4), "0");
        assert_eq!(thousands(999.0), "999");
        assert_eq!(thousands(1_234_567.0), "1,234,567");
        assert_eq!(time(999), "999 ns");
        assert_eq!(time(1_500), "1.5 µs");
        assert_eq!(time(2_500_000_000), "2.5 s");
        assert_eq!(size(64 << 20), "64.0 MiB");
        assert_eq!(size(640 << 20), "640 MiB");
    }

    fn report(workload: &str) -> Report {
        Report {
            engine: "ferrisdb".to_owned(),
            workload: workload.to_owned(),
            threads: 1,
            batch: 1,
            operations: 1_000_000,
            seconds: 2.0,
            cpu_seconds: Some(1.5),
            user_bytes: 116 << 20,
            found: 0,
            writes_beside: None,
            p50_ns: 1_500,
            p99_ns: 3_000,
            p999_ns: 1_000_000,
            max_ns: 1_000_001,
            peak_memory_bytes: Some(1 << 30),
            disk_bytes: 100 << 20,
            user_bytes_written: 100,
            written_bytes: Some(250),
            close_seconds: None,
        }
    }

    #[test]
    fn a_key_that_is_not_found_is_a_wrong_answer() {
        let with = |workload, found| Report {
            found,
            ..report(workload)
        };
        for name in ["readrandom", "readhot", "readwhilewriting", "ycsbc"] {
            assert_eq!(with(name, 1_000_000).wrong_answer(), None);
            let what = with(name, 999_999).wrong_answer();
            assert_eq!(what, Some(format!("{name} found 999999 of 1000000 keys")));
        }
        assert_eq!(with("readmissing", 0).wrong_answer(), None);
        let what = with("readmissing", 1).wrong_answer();
        assert!(what.is_some_and(|what| what.contains("not there")));
        for name in ["fillseq", "overwrite", "seekrandom", "ycsba", "open"] {
            assert_eq!(with(name, 0).wrong_answer(), None, "{name}");
        }
    }

    #[test]
    fn what_was_not_measured_has_no_percentiles() {
        let report = Report {
            p50_ns: 0,
            p99_ns: 0,
            p999_ns: 0,
            ..report("readseq")
        };
        let line = report.line("readseq");
        assert!(!line.contains("0 ns"), "{line}");
        assert_eq!(
            line.split_whitespace().filter(|word| *word == "-").count(),
            3
        );
    }

    #[test]
    fn a_line_is_as_wide_as_its_heads() {
        let report = report("fillrandom");
        let line = report.line(&report.workload);
        assert_eq!(line.chars().count(), table("").chars().count(), "{line}");
        assert!(line.contains("500,000") && line.contains("58.0"), "{line}");
        assert!(line.ends_with("2.50"), "{line}");
        let text = serde_json::to_string(&report).expect("a report is JSON");
        assert_eq!(serde_json::from_str::<Report>(&text).ok(), Some(report));
    }
}
