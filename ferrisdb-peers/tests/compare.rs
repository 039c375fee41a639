//! The comparison with few keys, and with our own store only: the others are not compiled here.

use std::process::Command;

#[test]
fn every_task_is_measured_in_a_process_of_its_own() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = Command::new(env!("CARGO_BIN_EXE_ferrisdb-peers"))
        .args([
            "fillseq:b10",
            "readrandom:t2",
            "openkilled",
            "open",
            "--json",
        ])
        .args([
            "--num",
            "500",
            "--rounds",
            "2",
            "--engines",
            "ferrisdb",
            "--db",
        ])
        .arg(directory.path())
        .arg("--plot")
        .arg(directory.path().join("out.svg"))
        .output()
        .expect("it can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(
        said.lines().count(),
        8,
        "a line for each measurement: {said}"
    );
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let names: Vec<_> = (0..4)
        .map(|index| json[index]["workload"].as_str())
        .collect();
    let expected = ["fillseq", "readrandom", "openkilled", "open"];
    assert_eq!(names, expected.map(Some), "{json}");
    assert_eq!(
        json[1]["found"], 500,
        "what one process wrote, another one reads: {json}"
    );
    for (index, is_measured) in [(1, true), (2, false), (3, true)] {
        let close = &json[index]["close_seconds"];
        assert_eq!(
            close.is_f64(),
            is_measured,
            "of {}: {json}",
            names[index].unwrap_or("")
        );
    }
    let left: Vec<_> = std::fs::read_dir(directory.path())
        .expect("it is there")
        .map(|entry| entry.expect("a file").file_name())
        .collect();
    assert_eq!(left, ["out.svg"], "the databases are gone");
}

#[test]
fn what_is_not_built_in_is_refused() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ferrisdb-peers"));
    let output = command.args(["fillseq", "--engines", "leveldb"]).output();
    assert_eq!(output.expect("it can be run").status.code(), Some(2));
}
