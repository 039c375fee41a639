//! Asks Cargo to build the tests and reads its messages.

use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::child;
use crate::json::Json;

/// What to build.
#[derive(Debug, Clone, Default)]
pub struct BuildSpec {
    /// Where Cargo runs, which decides the configuration it reads.
    pub directory: PathBuf,
    /// The manifest of the package or workspace; without it, that of `directory`.
    pub manifest: Option<PathBuf>,
    /// The package; without it, that of the manifest.
    pub package: Option<String>,
    /// The test binaries; none means all, those inside of the crate included.
    pub tests: Vec<String>,
    /// Whether the tests inside of the crate are wanted besides the binaries named.
    pub unit_tests: bool,
    /// More arguments for Cargo, such as `--config paths=["…"]`.
    pub arguments: Vec<OsString>,
    /// More variables, for Cargo and for the tests.
    pub env: Vec<(String, OsString)>,
    /// Whether Cargo gets a process group of its own, which is ended as a whole when the build is
    /// cancelled. Without one, Ctrl-C in the terminal reaches Cargo too.
    pub own_group: bool,
}

/// A program that runs tests.
#[derive(Debug, Clone)]
pub struct TestBinary {
    /// The name of its `[[test]]`, or of the crate whose own tests it runs.
    pub name: String,
    /// Whether its tests lie inside of the crate.
    pub is_unit: bool,
    /// The program.
    pub executable: PathBuf,
    /// The package's directory, where Cargo would run it.
    pub package_dir: PathBuf,
    /// More variables to run it with.
    pub env: Vec<(String, OsString)>,
}

impl TestBinary {
    /// The name of a test function of this binary: `append::a_record_is_framed` of the binary
    /// `append`, `interleavings::two_writers` of that module inside of the crate, `ferrisdb_wal::mine` of the
    /// crate's root.
    pub fn test_name(&self, function: &str) -> String {
        if self.is_unit && function.contains("::") {
            function.to_owned()
        } else {
            format!("{}::{function}", self.name)
        }
    }

    /// The test function of that name, if it may be one of this binary.
    pub(super) fn function<'t>(&self, test: &'t str) -> Option<&'t str> {
        let (binary, function) = test.split_once("::")?;
        let is_here = binary == self.name && !(self.is_unit && function.contains("::"));
        if is_here {
            Some(function)
        } else {
            self.is_unit.then_some(test)
        }
    }
}

/// Why there is nothing to run.
#[derive(Debug)]
pub enum BuildError {
    /// The code does not compile.
    Compile {
        /// What rustc says, rendered for a terminal with colours if those were asked for.
        rendered: String,
    },
    /// It compiles, but there is not one test.
    NoTests {
        /// The package.
        package: String,
    },
    /// Cargo could not begin: a broken manifest, no network, a full disk.
    Cargo {
        /// What Cargo said.
        message: String,
    },
    /// Cargo itself could not be started.
    NoCargo {
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Someone set the flag: a newer run is wanted.
    Cancelled,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compile { rendered } => write!(f, "it does not compile\n{rendered}"),
            Self::NoTests { package } => write!(
                f,
                "{package} has no tests to run; are the files in its tests/ still there?"
            ),
            Self::Cargo { message } => write!(f, "Cargo could not build: {message}"),
            Self::NoCargo { source } => write!(
                f,
                "cannot run cargo ({source}); is Rust installed? See https://rustup.rs"
            ),
            Self::Cancelled => f.write_str("the build was cancelled"),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoCargo { source } => Some(source),
            _ => None,
        }
    }
}

/// Builds the test binaries of a package, in the order of their names.
pub fn build(spec: &BuildSpec, cancel: &AtomicBool) -> Result<Vec<TestBinary>, BuildError> {
    let mut binaries = cargo(spec, &["test", "--no-run"], cancel)?;
    if binaries.is_empty() {
        return Err(BuildError::NoTests {
            package: spec
                .package
                .clone()
                .unwrap_or_else(|| "the package".to_owned()),
        });
    }
    binaries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(binaries)
}

/// Only checks that the package and its tests compile, which says so much sooner.
pub fn check(spec: &BuildSpec, cancel: &AtomicBool) -> Result<(), BuildError> {
    cargo(spec, &["check"], cancel).map(|_| ())
}

/// Runs one of Cargo's building commands and reads its messages.
fn cargo(
    spec: &BuildSpec,
    command: &[&str],
    cancel: &AtomicBool,
) -> Result<Vec<TestBinary>, BuildError> {
    let mut command = arguments(spec, command);
    if spec.own_group {
        child::set_own_group(&mut command);
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| BuildError::NoCargo { source })?;
    let messages = gather(child.stdout.take(), read_messages);
    let complaints = gather(child.stderr.take(), |pipe| {
        let mut text = String::new();
        // What is not UTF-8 in Cargo's own words is no loss.
        let _ = BufReader::new(pipe).read_to_string(&mut text);
        text
    });
    let success = wait(&mut child, spec.own_group, cancel)?;
    let messages = messages.join().unwrap_or_default();
    let complaints = complaints.join().unwrap_or_default();
    if success {
        return Ok(messages.binaries(spec));
    }
    Err(if messages.errors.is_empty() {
        BuildError::Cargo {
            message: complaints.trim().to_owned(),
        }
    } else {
        BuildError::Compile {
            rendered: messages.errors,
        }
    })
}

/// The program `cargo`: the one that runs us, if one does.
pub fn cargo_command() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What Cargo tells the program it runs is about that program, not about the one to be built.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command
}

fn arguments(spec: &BuildSpec, command: &[&str]) -> Command {
    let mut cargo = cargo_command();
    cargo
        .current_dir(&spec.directory)
        .args(command)
        .args(["-q", "--message-format=json-diagnostic-rendered-ansi"]);
    if let Some(manifest) = &spec.manifest {
        cargo.arg("--manifest-path").arg(manifest);
    }
    if let Some(package) = &spec.package {
        cargo.args(["--package", package]);
    }
    if spec.tests.is_empty() {
        cargo.arg("--tests");
    }
    for test in &spec.tests {
        cargo.args(["--test", test]);
    }
    if spec.unit_tests && !spec.tests.is_empty() {
        cargo.arg("--lib");
    }
    cargo
        .args(&spec.arguments)
        .envs(spec.env.iter().map(|(name, value)| (name, value)))
        .env("INSTA_UPDATE", "no");
    cargo
}

/// Waits for Cargo; kills it when the run is cancelled.
fn wait(child: &mut Child, own_group: bool, cancel: &AtomicBool) -> Result<bool, BuildError> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if cancel.load(Ordering::Relaxed) => {
                child::end(child, own_group);
                return Err(BuildError::Cancelled);
            }
            Ok(None) => thread::sleep(Duration::from_millis(5)),
            Err(source) => return Err(BuildError::NoCargo { source }),
        }
    }
}

/// Reads a pipe on a thread of its own, so that neither fills up while the other is read.
fn gather<R: Read + Send + 'static, T: Default + Send + 'static>(
    pipe: Option<R>,
    read: impl FnOnce(R) -> T + Send + 'static,
) -> thread::JoinHandle<T> {
    thread::spawn(move || pipe.map(read).unwrap_or_default())
}

/// What Cargo reported.
#[derive(Debug, Default)]
struct Messages {
    artifacts: Vec<Artifact>,
    errors: String,
}

/// A program that Cargo built.
#[derive(Debug)]
struct Artifact {
    manifest_path: PathBuf,
    name: String,
    is_unit: bool,
    executable: PathBuf,
}

/// Reads one line of Cargo's report: a test program, or an error as rustc renders it.
fn read_message(message: &Json) -> Option<Result<Artifact, String>> {
    match message.text("reason")? {
        "compiler-artifact" => {
            let is_test = message.get("profile")?.get("test")? == &Json::Flag(true);
            let target = message.get("target")?;
            let kinds = target.get("kind")?.list();
            let artifact = Artifact {
                manifest_path: message.text("manifest_path")?.into(),
                name: target.text("name")?.to_owned(),
                is_unit: kinds.iter().all(|kind| *kind != Json::Text("test".into())),
                executable: message.text("executable")?.into(),
            };
            is_test.then_some(Ok(artifact))
        }
        "compiler-message" => {
            let said = message.get("message")?;
            let is_error = said.text("level")?.starts_with("error");
            is_error.then(|| Err(said.text("rendered").unwrap_or_default().to_owned()))
        }
        _ => None,
    }
}

fn read_messages(pipe: impl Read) -> Messages {
    let mut messages = Messages::default();
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        match Json::parse(&line).as_ref().and_then(read_message) {
            Some(Ok(artifact)) => messages.artifacts.push(artifact),
            // The library is compiled twice, with and without its tests; say it once.
            Some(Err(text)) if !messages.errors.contains(&text) => {
                messages.errors.push_str(&text);
            }
            Some(Err(_)) | None => {}
        }
    }
    messages
}

impl Messages {
    fn binaries(self, spec: &BuildSpec) -> Vec<TestBinary> {
        let binary = |artifact: Artifact| TestBinary {
            name: artifact.name,
            is_unit: artifact.is_unit,
            executable: artifact.executable,
            package_dir: artifact
                .manifest_path
                .parent()
                .unwrap_or(Path::new(""))
                .to_owned(),
            env: spec.env.clone(),
        };
        self.artifacts.into_iter().map(binary).collect()
    }
}
