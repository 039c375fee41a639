//! bench, with few keys.

use std::fs;
#[cfg(unix)]
use std::process::{Command, Stdio};
#[cfg(unix)]
use std::{thread, time::Duration};

use crate::common::Place;
#[cfg(unix)]
use crate::common::list;

#[test]
fn a_bench_reports_every_workload_and_draws_them() {
    let place = Place::new();
    let line = "bench fillseq readrandom ycsba --num 2000 --batch 10 --json --plot out.svg";
    let json = place.run(line).json();
    let reports = json.as_array().expect("a list of reports");
    let names: Vec<_> = reports
        .iter()
        .map(|report| report["workload"].as_str())
        .collect();
    assert_eq!(names, [Some("fillseq"), Some("readrandom"), Some("ycsba")]);
    assert_eq!(reports[1]["found"], 2_000, "every key is there: {json}");
    assert_eq!(reports[0]["user_bytes_written"], 2_000 * 116);
    for report in reports {
        for name in ["seconds", "p50_ns", "p99_ns", "p999_ns", "disk_bytes"] {
            assert!(
                report[name].as_f64().is_some_and(|number| number > 0.0),
                "{name}: {report}"
            );
        }
    }
    let svg = fs::read_to_string(place.path("out.svg")).expect("it was drawn");
    assert!(
        svg.starts_with("<svg") && svg.contains("readrandom"),
        "{svg}"
    );
}

#[test]
fn a_bench_prints_a_line_for_each_workload() {
    let place = Place::new();
    let text = place
        .run("bench fillrandom readseq --num 2K --threads 2")
        .good();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[0].contains("ops/s") && lines[0].contains("p99.9"),
        "{text}"
    );
    assert!(lines[2].starts_with("readseq"), "{text}");
}

#[test]
fn a_database_that_is_there_is_read_and_never_filled_over() {
    let place = Place::new();
    place.run("bench fillrandom --num 1000 --db db").good();
    place.run("bench readrandom --num 1000 --db db").good();
    let said = place
        .run("bench readrandom fillseq --num 1000 --db empty")
        .bad(2);
    assert!(said.contains("needs a database with keys"), "{said}");
    let said = place.run("bench fillseq --num 1000 --db db").bad(2);
    assert!(said.contains("is not empty"), "{said}");
    let said = place
        .run("bench readrandom fillseq --num 1000 --db db")
        .bad(2);
    assert!(said.contains("is not empty"), "whatever ran before: {said}");
    assert_eq!(place.run("scan db --keys").good().lines().count(), 1_000);
}

#[test]
fn a_database_of_somebody_else_is_not_written_over_unasked() {
    let place = Place::new();
    place.run("put db 0000000000000001 mine").good();
    for workload in ["overwrite", "readwhilewriting", "ycsba", "readseq ycsbd"] {
        let said = place
            .run(&format!("bench {workload} --num 100 --db db"))
            .bad(2);
        assert!(said.contains("give --existing"), "{workload}: {said}");
    }
    assert_eq!(place.run("dump db").good(), "0000000000000001\tmine\n");
    place.run("bench readseq --num 100 --db db").good();
    place
        .run("bench overwrite --num 100 --db db --existing")
        .good();
    assert_eq!(place.run("scan db --keys").good().lines().count(), 100);
    place.run("bench fillseq ycsba --num 100 --db other").good();
}

#[test]
fn a_bench_that_cannot_begin_leaves_everything_as_it_was() {
    let place = Place::new();
    fs::write(place.path("old.svg"), "a picture").expect("it can be written");
    for plot in ["old.svg", "new.svg"] {
        let line = format!("bench readseq --num 100 --db db --plot {plot}");
        let said = place.run(&line).bad(2);
        assert!(said.contains("needs a database with keys"), "{said}");
    }
    assert!(!place.path("db").exists() && !place.path("new.svg").exists());
    let text = fs::read_to_string(place.path("old.svg")).expect("it is there");
    assert_eq!(text, "a picture");
}

#[test]
fn a_batch_may_be_larger_than_all_there_is() {
    let place = Place::new();
    let line = format!("bench fillseq --num 100 --threads 2 --batch {}", u64::MAX);
    place.run(&line).good();
    let text = place.run("bench fillseq readseq --num 100").good();
    let last = text.lines().last().expect("a line");
    assert!(last.contains(" - "), "nothing was measured: {last}");
}

#[test]
fn keys_that_another_number_of_keys_does_not_have_are_told() {
    let place = Place::new();
    place.run("bench fillseq --num 500 --db db").good();
    let answer = place.run("bench readrandom --num 1000 --db db --json");
    let json = answer.json();
    let found = json[0]["found"].as_u64().expect("a number");
    assert!((1..1_000).contains(&found), "{json}");
    let expected = format!("note: readrandom found {found} of 1000 keys. db was not filled");
    assert!(answer.err.starts_with(&expected), "{answer:?}");
    answer.good();
    let said = place.run("bench readrandom --num 400 --db db").err;
    assert_eq!(said, "", "all of these are there");
}

#[test]
fn a_database_that_a_fill_has_made_makes_way_for_the_next_fill() {
    let place = Place::new();
    let line = "bench fillseq readrandom fillrandom readseq --num 500 --db db --json";
    let json = place.run(line).json();
    assert_eq!(json[3]["found"], 500, "{json}");
}

#[cfg(unix)]
#[test]
fn a_bench_that_is_told_to_end_leaves_nothing_behind() {
    let place = Place::new();
    let temporary = place.path("temporary");
    fs::create_dir(&temporary).expect("it can be made");
    let mut child = place
        .command()
        .args(["bench", "fillrandom", "--num", "100M"])
        .env("TMPDIR", &temporary)
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started");
    let id = child.id().to_string();
    let database = temporary.join(format!("ferrisdb-bench-{id}"));
    while !database.join("CURRENT").exists() {
        let ended = child.try_wait().expect("it can be asked");
        assert_eq!(ended, None, "it has only begun");
        thread::sleep(Duration::from_millis(5));
    }
    let killed = Command::new("kill").args(["-TERM", &id]).status();
    assert!(killed.expect("there is a program for it").success());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(128 + 15), ""));
    assert!(list(&temporary).is_empty(), "the database is gone");
}

#[test]
fn what_cannot_be_measured_is_said_at_once() {
    let place = Place::new();
    let said = place.run("bench fillrandm").bad(2);
    assert!(said.contains("fillrandom"), "the names are shown: {said}");
    place.run("bench fillseq --num many").bad(2);
    place.run("bench fillseq --cache 99999999999G").bad(2);
    for (option, range) in [
        ("--threads 1000000", "between 1 and 1024"),
        ("--threads 0", "between 1 and 1024"),
        ("--reads 0", "between 1 and 18446744073709551615"),
        ("--value-size 2G", "between 0 and 1073741824"),
        ("--num 10000000000000000", "between 1 and 9999999999999999"),
    ] {
        let said = place.run(&format!("bench fillseq {option}")).bad(2);
        assert!(said.contains(range), "{option}: {said}");
    }
    let said = place.run("bench fillseq --batch 1M --value-size 1M").bad(2);
    assert!(
        said.contains("make one of the two numbers smaller"),
        "{said}"
    );
    let said = place
        .run("bench fillseq --num 10 --plot no/where.svg")
        .bad(2);
    assert!(said.contains("cannot write to no/where.svg"), "{said}");
}
