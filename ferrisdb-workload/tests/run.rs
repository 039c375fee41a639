//! Workloads, done to our own store and to one that lies.

use std::path::Path;

use ferrisdb_workload::{
    Entry, Error, Ferris, Key, Report, Result, Settings, Target, Tuning, Workload, plot, run,
};

fn settings() -> Settings {
    Settings {
        num: 2_000,
        ..Settings::default()
    }
}

fn measure(directory: &Path, workload: Workload, settings: &Settings) -> Result<Report> {
    let target = Ferris::open(directory, Tuning::default()).expect("a database can be opened");
    let report = run(&target, directory, workload, settings, &mut |_| ());
    Box::new(target).close().expect("it can be closed");
    report
}

#[test]
fn a_fill_leaves_each_key_once_whatever_its_order() {
    let fills = [Workload::FillSeq, Workload::FillRandom];
    for (workload, (threads, batch)) in fills.into_iter().zip([(1, 7), (3, 1)]) {
        let directory = tempfile::tempdir().expect("a directory");
        let settings = Settings {
            threads,
            batch,
            ..settings()
        };
        let report = measure(directory.path(), workload, &settings).expect("it can be filled");
        assert_eq!(report.operations, 2_000);
        assert_eq!(report.user_bytes_written, 2_000 * 116);
        let target = Ferris::open(directory.path(), Tuning::default()).expect("it opens");
        let mut number = 0;
        let all = target.scan(None, false, u64::MAX, &mut |(key, value)| {
            assert_eq!(key, Key::new(number).as_ref(), "the next key");
            assert_eq!(value.len(), 100, "the size of its value");
            number += 1;
        });
        all.expect("it can be read");
        assert_eq!(number, 2_000, "how many keys there are");
    }
}

#[test]
fn every_workload_runs_and_says_what_it_found() {
    let directory = tempfile::tempdir().expect("a directory");
    let settings = Settings {
        reads: Some(500),
        threads: 2,
        ..settings()
    };
    measure(directory.path(), Workload::FillSeq, &settings).expect("it can be filled");
    for (name, workload) in Workload::ALL {
        assert_eq!(
            (workload.name(), Workload::named(name)),
            (name, Some(workload))
        );
        if workload.begins_empty() {
            continue;
        }
        let report = measure(directory.path(), workload, &settings).expect(name);
        let found = match workload {
            Workload::ReadRandom
            | Workload::ReadHot
            | Workload::ReadWhileWriting
            | Workload::YcsbC => 500..=500,
            Workload::ReadMissing | Workload::Overwrite => 0..=0,
            Workload::ReadSeq | Workload::ReadReverse => 4_000..=4_300,
            Workload::SeekRandom => 4_900..=5_000,
            _ => 100..=30_000,
        };
        assert!(
            found.contains(&report.found),
            "{name} found {}",
            report.found
        );
        assert!(
            report.seconds > 0.0 && report.operations >= 500,
            "{name}: {report:?}"
        );
        assert!(
            report.p50_ns <= report.p99_ns && report.p999_ns <= report.max_ns,
            "{name}"
        );
        assert!(report.disk_bytes > 0, "{name}");
    }
    assert_eq!(Workload::named("fillrandm"), None);
}

#[test]
fn an_empty_store_is_not_measured_for_reads() {
    let directory = tempfile::tempdir().expect("a directory");
    let error = measure(directory.path(), Workload::ReadRandom, &settings());
    assert!(matches!(error, Err(Error::Empty { .. })), "{error:?}");
}

/// A store whose keys are in the wrong order.
struct Backwards;

impl Target for Backwards {
    fn name(&self) -> &'static str {
        "backwards"
    }

    fn put(&self, _: Entry<'_>, _: bool) -> Result<()> {
        Err(Error::target(self.name(), "the disk is full"))
    }

    fn write(&self, _: &[Entry<'_>], _: bool) -> Result<()> {
        Ok(())
    }

    fn get(&self, _: &[u8], _: &mut dyn FnMut(&[u8])) -> Result<bool> {
        Ok(false)
    }

    fn scan(
        &self,
        _: Option<&[u8]>,
        _: bool,
        limit: u64,
        meet: &mut dyn FnMut(Entry<'_>),
    ) -> Result<()> {
        for number in (0..limit.min(5_000)).rev() {
            meet((Key::new(number).as_ref(), b""));
        }
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

#[test]
fn a_store_that_fails_or_lies_is_an_error_and_no_figure() {
    let directory = tempfile::tempdir().expect("a directory");
    let measure = |workload| {
        run(
            &Backwards,
            directory.path(),
            workload,
            &settings(),
            &mut |_| (),
        )
    };
    let lie = measure(Workload::ReadSeq).expect_err("the order is wrong");
    assert_eq!(
        lie.to_string(),
        "backwards gave a wrong answer: keys are not in order"
    );
    measure(Workload::ReadReverse).expect("backwards is right here");
    let full = measure(Workload::FillSeq).expect_err("it cannot be written to");
    assert_eq!(full.to_string(), "backwards failed: the disk is full");
}

#[test]
fn a_plot_has_a_bar_for_each_report() {
    let directory = tempfile::tempdir().expect("a directory");
    let one = measure(directory.path(), Workload::FillSeq, &settings()).expect("a report");
    let other = Report {
        engine: "other <store>".to_owned(),
        seconds: one.seconds * 2.0,
        ..one.clone()
    };
    let svg = plot("a & b", &[one.clone(), other]);
    assert_eq!(
        svg.matches("<rect").count(),
        4,
        "two bars and two entries of the legend"
    );
    assert!(
        svg.contains("a &amp; b") && svg.contains("other &lt;store>"),
        "{svg}"
    );
    assert!(
        svg.contains(" (1.00)</text>") && svg.contains(" (0.50)</text>"),
        "{svg}"
    );
    assert!(
        !plot("alone", &[one]).contains(" (1.00)</text>"),
        "no ratio without a second"
    );
    assert!(plot("nothing", &[]).ends_with("</svg>\n"));
}
