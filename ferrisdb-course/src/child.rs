//! Child processes that end when the learner wants them to.
//!
//! A program started from the full screen gets a process group of its own, because the
//! terminal no longer turns Ctrl-C into a signal for everyone; ending it means ending the
//! group, so that no compiler is left behind. In plain commands everything stays in the
//! terminal's group, where Ctrl-C reaches all of it.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Whether and how a child can be ended.
#[derive(Debug, Clone, Copy)]
pub struct Leash<'a> {
    /// Set when it is to end.
    pub cancel: &'a AtomicBool,
    /// Whether it gets a group of its own.
    pub own_group: bool,
}

/// What a child printed and how it ended.
#[derive(Debug)]
pub struct Captured {
    /// How it ended; `None` if it was ended.
    pub status: Option<ExitStatus>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Captured {
    /// Whether it ended by itself and well.
    pub fn success(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

/// Runs a program to its end, without input, and keeps what it prints.
pub fn capture(mut command: Command, leash: Leash<'_>) -> std::io::Result<Captured> {
    if leash.own_group {
        set_own_group(&mut command);
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = read_all(child.stdout.take());
    let stderr = read_all(child.stderr.take());
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if leash.cancel.load(Ordering::Relaxed) {
            end(&mut child, leash.own_group);
            break None;
        }
        thread::sleep(Duration::from_millis(5));
    };
    Ok(Captured {
        status,
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
    })
}

fn read_all(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth showing.
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Makes a program that is about to start the head of a group of its own.
pub fn set_own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Ends a child, and its group if it has one of its own, and waits for it.
pub fn end(child: &mut Child, own_group: bool) {
    #[cfg(unix)]
    if own_group {
        // It may have ended in this very moment; then there is nobody left to signal.
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", child.id())])
            .stderr(Stdio::null())
            .status();
    }
    #[cfg(windows)]
    if own_group {
        let _ = Command::new("taskkill")
            .args(["/T", "/F", "/PID", &child.id().to_string()])
            .output();
    }
    #[cfg(not(any(unix, windows)))]
    let _ = own_group;
    let _ = child.kill();
    let _ = child.wait();
}
