//! One process under a time limit, its output read while it runs.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::build::TestBinary;
use crate::time::Deadline;

/// How much of a process's output is kept; what it says beyond that is read and forgotten.
const OUTPUT_SIZE_MAX: usize = 4 << 20;

/// How often a quiet process is looked at.
const POLL: Duration = Duration::from_millis(20);

/// For how long a process that has ended may still be heard: one that it started and left behind
/// can hold its pipes open for ever.
const GRACE: Duration = Duration::from_millis(200);

/// A process that has ended.
pub(super) struct Ended {
    pub(super) ending: Ending,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// How a process ended.
pub(super) enum Ending {
    /// By itself, or by a signal.
    Exited { success: bool, how: String },
    /// It was killed at its limit, or because the run was cancelled.
    TimedOut,
}

impl Ended {
    /// Everything that was printed.
    pub(super) fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Runs a test binary to its end or its limit; `on_line` sees each line of its standard output.
pub(super) fn run(
    binary: &TestBinary,
    arguments: &[&str],
    limits: (Duration, Option<u64>),
    cancel: &AtomicBool,
    on_line: &mut dyn FnMut(&str),
) -> io::Result<Ended> {
    let (limit, memory_max) = limits;
    let mut child = command(binary, memory_max)
        .args(arguments)
        .current_dir(&binary.package_dir)
        .env("CARGO_MANIFEST_DIR", &binary.package_dir)
        .env("INSTA_UPDATE", "no")
        .env("RUST_BACKTRACE", "0")
        .envs(binary.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut output = Output::of(&mut child, on_line);
    let deadline = Deadline::after(limit);
    let ending = loop {
        if let Some(status) = child.try_wait()? {
            break Ending::Exited {
                success: status.success(),
                how: format!("the test's process ended before the test did: {status}"),
            };
        }
        if deadline.is_over() || cancel.load(Ordering::Relaxed) {
            child.kill()?;
            child.wait()?;
            break Ending::TimedOut;
        }
        if output.next(POLL) == Heard::Closed {
            thread::sleep(Duration::from_millis(1));
        }
    };
    while output.next(GRACE) == Heard::Line {}
    Ok(Ended {
        ending,
        stdout: output.stdout,
        stderr: output.stderr,
    })
}

/// The output of a process, as far as it has been read.
struct Output<'a> {
    lines: Receiver<Line>,
    on_line: &'a mut dyn FnMut(&str),
    stdout: String,
    stderr: String,
}

/// A line of output.
enum Line {
    Stdout(String),
    Stderr(String),
}

/// What came of listening for a line.
#[derive(PartialEq)]
enum Heard {
    Line,
    Nothing,
    Closed,
}

impl<'a> Output<'a> {
    fn of(child: &mut Child, on_line: &'a mut dyn FnMut(&str)) -> Self {
        Self {
            lines: read_lines(child),
            on_line,
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    /// Waits for a line and takes it.
    fn next(&mut self, timeout: Duration) -> Heard {
        match self.lines.recv_timeout(timeout) {
            Ok(Line::Stdout(line)) => {
                (self.on_line)(&line);
                keep(&mut self.stdout, &line);
                Heard::Line
            }
            Ok(Line::Stderr(line)) => {
                keep(&mut self.stderr, &line);
                Heard::Line
            }
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::Closed,
        }
    }
}

/// The program itself, or on Unix a shell that lowers the memory limit and then becomes it.
fn command(binary: &TestBinary, memory_max: Option<u64>) -> Command {
    match memory_max {
        Some(bytes) if cfg!(unix) => {
            let script = format!("ulimit -v {} 2>/dev/null; exec \"$0\" \"$@\"", bytes / 1024);
            let mut command = Command::new("/bin/sh");
            command.arg("-c").arg(script).arg(&binary.executable);
            command
        }
        _ => Command::new(&binary.executable),
    }
}

fn read_lines(child: &mut Child) -> Receiver<Line> {
    let (sender, receiver) = sync_channel(1024);
    if let Some(pipe) = child.stdout.take() {
        read_pipe(pipe, sender.clone(), Line::Stdout);
    }
    if let Some(pipe) = child.stderr.take() {
        read_pipe(pipe, sender, Line::Stderr);
    }
    receiver
}

fn read_pipe(pipe: impl Read + Send + 'static, sender: SyncSender<Line>, line: fn(String) -> Line) {
    thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        // A line without an end is handed on in pieces rather than gathered without limit.
        while let Ok(size) = reader.by_ref().take(1 << 16).read_until(b'\n', &mut bytes) {
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches(['\n', '\r']).to_owned();
            if size == 0 || sender.send(line(text)).is_err() {
                break;
            }
            bytes.clear();
        }
    });
}

fn keep(text: &mut String, line: &str) {
    if text.len() + line.len() < OUTPUT_SIZE_MAX {
        text.push_str(line);
        text.push('\n');
    }
}
