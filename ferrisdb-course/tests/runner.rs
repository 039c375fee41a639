//! The runner: every state that code and tests can be in.

#![expect(clippy::unwrap_used, reason = "a test may panic, and its helpers too")]

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use ferrisdb_course::runner::{
    BuildError, BuildSpec, Event, Limits, Outcome, RunError, TestBinary, Verdict, build, run,
};
use ferrisdb_course::time::Stopwatch;
use tempfile::TempDir;

const ALL_SORTS: &str = r#"
#[test]
fn passes() {
    println!("seen by nobody");
}

#[test]
fn fails() {
    println!("printed before");
    assert_eq!(1, 2, "one is not two");
}

#[test]
#[should_panic]
fn should_panic_and_does_not() {}

#[test]
#[ignore = "slow"]
fn is_ignored() {}

#[test]
fn runs_in_the_directory_of_the_package() {
    assert!(std::path::Path::new("Cargo.toml").is_file());
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
}
"#;

/// A package without dependencies, with a target directory of its own.
struct Package {
    directory: TempDir,
}

impl Package {
    fn new(library: &str, tests: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let package = Self { directory };
        package.write(
            "Cargo.toml",
            "[package]\nname = \"fixture\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
             [lib]\ntest = false\n",
        );
        package.write("src/lib.rs", library);
        for (name, text) in tests {
            package.write(&format!("tests/{name}.rs"), text);
        }
        package
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn spec(&self) -> BuildSpec {
        let target = self.directory.path().join("target");
        BuildSpec {
            directory: self.directory.path().to_owned(),
            arguments: vec!["--offline".into(), "--target-dir".into(), target.into()],
            ..BuildSpec::default()
        }
    }

    fn build(&self) -> Result<Vec<TestBinary>, BuildError> {
        build(&self.spec(), &AtomicBool::new(false))
    }

    fn outcomes(&self) -> Vec<Verdict> {
        let limits = Limits {
            binary: Duration::from_secs(2),
            test: Duration::from_secs(1),
            memory_max: None,
        };
        run(
            &self.build().unwrap(),
            &limits,
            &AtomicBool::new(false),
            &|_| (),
        )
        .unwrap()
    }
}

fn outcome<'v>(verdicts: &'v [Verdict], test: &str) -> &'v Outcome {
    let verdict = verdicts.iter().find(|verdict| verdict.test == test);
    &verdict
        .unwrap_or_else(|| panic!("no verdict on {test} in {verdicts:?}"))
        .outcome
}

#[test]
fn every_test_has_a_verdict_and_failures_their_output() {
    let package = Package::new("", &[("all", ALL_SORTS)]);
    let verdicts = package.outcomes();
    assert_eq!(verdicts.len(), 5);
    assert_eq!(outcome(&verdicts, "all::passes"), &Outcome::Passed);
    assert_eq!(outcome(&verdicts, "all::is_ignored"), &Outcome::Ignored);
    assert_eq!(
        outcome(&verdicts, "all::runs_in_the_directory_of_the_package"),
        &Outcome::Passed
    );
    let failed = outcome(&verdicts, "all::fails");
    assert!(failed.output().contains("printed before"), "{failed:?}");
    assert!(failed.output().contains("one is not two"), "{failed:?}");
    let failed = outcome(&verdicts, "all::should_panic_and_does_not");
    assert!(failed.output().contains("did not panic"), "{failed:?}");
}

#[test]
fn code_that_does_not_compile_is_told_in_the_words_of_rustc() {
    let package = Package::new("pub fn broken() -> u32 { \"text\" }", &[("all", ALL_SORTS)]);
    let Err(BuildError::Compile { rendered }) = package.build() else {
        panic!("this must not build");
    };
    assert!(rendered.contains("mismatched types"), "{rendered}");
    assert!(rendered.contains("src/lib.rs:1"), "{rendered}");
    assert_eq!(
        rendered.matches("mismatched types").count(),
        1,
        "said twice:\n{rendered}"
    );
}

#[test]
fn a_package_without_tests_is_not_green() {
    let package = Package::new("", &[]);
    let error = package.build().unwrap_err();
    assert!(matches!(error, BuildError::NoTests { .. }), "{error}");
}

#[test]
fn a_broken_manifest_is_cargos_to_explain() {
    let package = Package::new("", &[("all", ALL_SORTS)]);
    package.write("Cargo.toml", "[package\n");
    let Err(BuildError::Cargo { message }) = package.build() else {
        panic!("this must not build");
    };
    assert!(message.contains("Cargo.toml"), "{message}");
}

#[test]
fn a_test_that_hangs_is_named_and_the_others_keep_their_verdicts() {
    let hang = "#[test]\nfn good() {}\n\
        #[test]\nfn hangs() { loop { std::thread::sleep(std::time::Duration::from_secs(1)) } }\n\
        #[test]\nfn last() { panic!(\"red\") }\n";
    let package = Package::new("", &[("hang", hang)]);
    let verdicts = package.outcomes();
    assert_eq!(outcome(&verdicts, "hang::good"), &Outcome::Passed);
    assert!(matches!(
        outcome(&verdicts, "hang::hangs"),
        Outcome::TimedOut { .. }
    ));
    let failed = outcome(&verdicts, "hang::last");
    assert!(
        failed.output().contains("red"),
        "the output survives the kill: {failed:?}"
    );
}

#[test]
fn a_test_that_found_what_another_left_broken_says_why_itself() {
    let shared = "static SHARED: std::sync::LazyLock<u32> = std::sync::LazyLock::new(|| panic!(\"the reason\"));\n\
        #[test]\nfn one() { assert_eq!(*SHARED, 1); }\n\
        #[test]\nfn two() { assert_eq!(*SHARED, 2); }\n";
    let verdicts = Package::new("", &[("shared", shared)]).outcomes();
    for test in ["shared::one", "shared::two"] {
        let failed = outcome(&verdicts, test);
        assert!(failed.output().contains("the reason"), "{failed:?}");
    }
}

#[test]
fn a_test_that_takes_its_process_along_is_named() {
    let abort = "#[test]\nfn good() {}\n#[test]\nfn aborts() { std::process::abort() }\n";
    let package = Package::new(
        "",
        &[("abort", abort), ("other", "#[test]\nfn runs() {}\n")],
    );
    let verdicts = package.outcomes();
    assert_eq!(outcome(&verdicts, "abort::good"), &Outcome::Passed);
    assert_eq!(outcome(&verdicts, "other::runs"), &Outcome::Passed);
    let aborted = outcome(&verdicts, "abort::aborts");
    assert!(matches!(aborted, Outcome::Aborted { .. }), "{aborted:?}");
    assert!(
        aborted.output().contains("ended before the test did"),
        "{aborted:?}"
    );
}

#[test]
fn events_come_while_the_tests_run() {
    let package = Package::new(
        "",
        &[("all", "#[test]\nfn one() {}\n#[test]\nfn two() {}\n")],
    );
    let events = Mutex::new(Vec::new());
    let note = |event: Event<'_>| {
        events.lock().unwrap().push(match event {
            Event::Started { binary, tests } => format!("{binary} has {tests}"),
            Event::Ended { test, passed } => format!("{test} {passed}"),
            Event::Isolated { test } => format!("{test} alone"),
        });
    };
    let binaries = package.build().unwrap();
    run(
        &binaries,
        &Limits::default(),
        &AtomicBool::new(false),
        &note,
    )
    .unwrap();
    let mut events = events.into_inner().unwrap();
    assert_eq!(events.remove(0), "all has 2");
    events.sort();
    assert_eq!(events, ["all::one true", "all::two true"]);
}

#[test]
fn a_cancelled_run_ends_at_once() {
    let hang =
        "#[test]\nfn hangs() { loop { std::thread::sleep(std::time::Duration::from_secs(1)) } }\n";
    let package = Package::new("", &[("hang", hang)]);
    let binaries = package.build().unwrap();
    let cancel = AtomicBool::new(false);
    let watch = Stopwatch::start();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(100));
            cancel.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        let limits = Limits::default();
        let error = run(&binaries, &limits, &cancel, &|_| ()).unwrap_err();
        assert!(matches!(error, RunError::Cancelled));
    });
    assert!(
        watch.elapsed() < Duration::from_secs(5),
        "{:?}",
        watch.elapsed()
    );
}

#[test]
fn only_the_binaries_asked_for_are_built() {
    let package = Package::new("", &[("all", "#[test]\nfn one() {}\n"), ("broken", "fn")]);
    let spec = BuildSpec {
        tests: vec!["all".into()],
        ..package.spec()
    };
    let binaries = build(&spec, &AtomicBool::new(false)).unwrap();
    assert_eq!(binaries.len(), 1);
    assert!(Path::new(&binaries[0].executable).is_file());
}

#[cfg(target_os = "linux")]
#[test]
fn a_test_that_asks_for_all_memory_is_stopped() {
    let greedy =
        "#[test]\nfn greedy() { let v = vec![1_u8; 3 << 30]; assert!(v[v.len() / 2] == 1); }\n";
    let package = Package::new("", &[("greedy", greedy)]);
    let limits = Limits {
        memory_max: Some(1 << 30),
        ..Limits::default()
    };
    let binaries = package.build().unwrap();
    let verdicts = run(&binaries, &limits, &AtomicBool::new(false), &|_| ()).unwrap();
    let aborted = outcome(&verdicts, "greedy::greedy");
    assert!(matches!(aborted, Outcome::Aborted { .. }), "{aborted:?}");
}

#[test]
fn tests_inside_of_the_crate_are_named_as_they_are() {
    let inside = "#[cfg(test)]\n#[path = \"../tests/inside.rs\"]\nmod inside;\n";
    let package = Package::new(inside, &[("all", "#[test]\nfn passes() {}\n")]);
    package.write(
        "tests/inside.rs",
        "#[test]\nfn fails() {\n    panic!(\"inside\");\n}\n",
    );
    package.write(
        "Cargo.toml",
        "[package]\nname = \"fixture\"\nversion = \"0.0.0\"\nedition = \"2024\"\nautotests = false\n\
         [workspace]\n[[test]]\nname = \"all\"\npath = \"tests/all.rs\"\n",
    );
    let verdicts = package.outcomes();
    let names: Vec<_> = verdicts
        .iter()
        .map(|verdict| verdict.test.as_str())
        .collect();
    assert_eq!(names, ["all::passes", "inside::fails"]);
    assert!(
        outcome(&verdicts, "inside::fails")
            .output()
            .contains("inside")
    );
    let spec = BuildSpec {
        tests: vec!["all".to_owned()],
        unit_tests: true,
        ..package.spec()
    };
    let chosen = build(&spec, &AtomicBool::new(false)).unwrap();
    assert_eq!(chosen.len(), 2, "{chosen:?}");
}
