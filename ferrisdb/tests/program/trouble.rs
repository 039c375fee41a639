//! What cannot be done, and what is said then.

use std::fs;
use std::io::Write as _;
use std::process::{Child, Stdio};

use crate::common::{Place, list};

#[test]
fn a_directory_without_a_database_is_not_made_one_by_accident() {
    let place = Place::new();
    fs::create_dir(place.path("db")).expect("it can be made");
    let lines = [
        "get db a",
        "del db a",
        "scan db",
        "load db",
        "dump db",
        "stats db",
        "verify db",
        "checkpoint db copy",
        "compact db",
    ];
    for line in lines {
        for line in [line.to_owned(), line.replace("db", "nowhere")] {
            let said = place.run(&line).bad(2);
            assert!(
                said.starts_with("error: there is no database in "),
                "{line}: {said}"
            );
        }
    }
    assert!(
        list(&place.path("db")).is_empty(),
        "nothing was put into the directory"
    );
    assert!(!place.path("nowhere").exists() && !place.path("copy").exists());
}

#[test]
fn a_file_is_no_directory() {
    let place = Place::new();
    fs::write(place.path("db"), "hello").expect("it can be written");
    for line in ["get db a", "put db a b", "stats db", "load db --create"] {
        let said = place.run(line).bad(2);
        assert!(
            said.starts_with("error: ") && said.contains("db"),
            "{line}: {said}"
        );
    }
    assert_eq!(fs::read(place.path("db")).expect("it is there"), b"hello");
}

/// A process that has the database open for writing until its input ends.
///
/// A lock of this process would not do: children that other tests start hold it for a moment, too.
fn writing(place: &Place) -> Child {
    let mut child = place
        .command()
        .args(["load", "db"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    // It reads once the database is open, and this is more than waits in a pipe.
    let lines = "late\tlate\n".repeat(100_000);
    let input = child.stdin.as_mut().expect("it has an input");
    input.write_all(lines.as_bytes()).expect("it reads");
    child
}

fn end(mut writer: Child) {
    drop(writer.stdin.take());
    assert!(writer.wait().expect("it ends").success());
}

#[test]
fn only_one_may_write() {
    let place = Place::filled();
    let writer = writing(&place);
    let owner = format!("is open already, by process {}, since 2", writer.id());
    for line in ["put db a b", "bench readseq --db db"] {
        let said = place.run(line).bad(2);
        // On Windows nobody else can read a file that is locked.
        assert!(said.contains(&owner) || cfg!(windows), "{said}");
        assert!(!said.contains("threads"), "it speaks to users: {said}");
    }
    end(writer);
    place.run("put db a b").good();
}

#[test]
fn what_looks_damaged_while_another_process_writes_may_be_sound() {
    let place = Place::filled();
    let writer = writing(&place);
    fs::remove_file(place.file(".sst")).expect("it can be removed");
    let lines = ["get db a", "scan db", "dump db", "stats db", "verify db"];
    for line in lines {
        let answer = place.run(line);
        assert_eq!(answer.out, "", "{line}");
        let said = answer.bad(2);
        assert!(
            said.starts_with("error: db is being written by ")
                && said.contains("this may be no damage: ")
                && said.contains(".sst is missing"),
            "{line}: {said}"
        );
    }
    end(writer);
    place.run("verify db").bad(1);
}

#[test]
fn what_cannot_be_typed_is_explained() {
    let place = Place::new();
    for line in [
        "",
        "gte db a",
        "get db",
        "scan db --limit many",
        "put db a b c",
        "get db a --hex",
    ] {
        let said = place.run(line).bad(2);
        assert!(said.contains("--help"), "{line}: {said}");
    }
    let said = place.run("get db \\x1").bad(2);
    assert!(said.starts_with("error: "), "{said}");
    let help = place.run("--help").good();
    assert!(
        help.contains("Exit codes: 0") && help.contains("\\x00"),
        "{help}"
    );
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let place = Place::new();
    let value = "v".repeat(100);
    let lines: Vec<_> = (0..4_000).map(|n| format!("key{n:05}\t{value}")).collect();
    place
        .with_input("load --create db", &lines.join("\n"))
        .good();
    place.run("compact db").good();
    let table = place.file(".sst");
    let inspect = format!("inspect {}", table.display());
    let lines = [
        "scan db",
        "dump db",
        "scan db --json",
        &inspect,
        "completions bash",
        "stats db",
    ];
    for line in lines {
        let mut child = place
            .command()
            .args(line.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it can be started");
        // As `head -0` does.
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*said), (Some(0), ""), "{line}");
    }
}

#[test]
fn a_database_without_its_manifest_is_refused() {
    for missing in [".manifest", "CURRENT"] {
        let place = Place::filled();
        fs::remove_file(place.file(missing)).expect("it can be removed");
        for line in ["get db late", "put db a b", "del db a"] {
            let said = place.run(line).bad(2);
            let expected = format!("{missing} is missing");
            assert!(said.contains(&expected), "{line}: {said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_looked_into_is_not_called_empty() {
    let place = Place::new();
    std::os::unix::fs::symlink("db", place.path("db")).expect("a link to itself");
    let said = place.run("get db a").bad(2);
    assert!(
        said.starts_with("error: cannot read db/CURRENT: Too many"),
        "{said}"
    );
}

#[test]
fn what_is_mistyped_makes_no_database() {
    let place = Place::new();
    let large = format!("put db {} v", "k".repeat(70_000));
    let lines = [
        "put db \\q v",
        "put db k \\q",
        &large,
        "load --create db nofile",
        "load --create db .",
    ];
    for line in lines {
        let said = place.run(line).bad(2);
        assert!(said.starts_with("error: "), "{line}: {said}");
        assert!(!place.path("db").exists(), "{line} left a database behind");
    }
}

/// The device on which there is never any space.
#[cfg(target_os = "linux")]
fn full() -> fs::File {
    let device = fs::File::options().write(true).open("/dev/full");
    device.expect("Linux has it")
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_to_complain_to_is_no_panic() {
    let place = Place::filled();
    let cases = [
        ("get db nothing", 1),
        ("get nowhere a", 2),
        ("dump db out.txt", 0),
        ("load db out.txt", 0),
    ];
    for (line, code) in cases {
        let mut command = place.command();
        let command = command.args(line.split_whitespace()).stderr(full());
        let status = command.status().expect("it runs");
        assert_eq!(status.code(), Some(code), "{line}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_error_of_standard_output_names_it() {
    let place = Place::filled();
    for line in ["scan db", "get db late", "dump db", "stats db", "verify db"] {
        let mut command = place.command();
        let command = command.args(line.split_whitespace()).stdout(full());
        let output = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        let expected = "error: cannot write to standard output: ";
        assert!(said.starts_with(expected), "{line}: {said}");
        assert_eq!(output.status.code(), Some(2), "{line}");
    }
}
