//! Questions and signs of life on a terminal that shows lines.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::check::Happened;

/// Asks on a terminal; where nobody can answer, `flag` is the way to say yes.
pub(crate) fn ask(question: &str, flag: &str, cancel: &AtomicBool) -> bool {
    if !std::io::stdin().is_terminal() {
        println!("{question} Nobody can be asked here; {flag} says yes.");
        return false;
    }
    print!("{question} [y/N] ");
    // If the question cannot be shown, it must not be taken as answered.
    if std::io::stdout().flush().is_err() {
        return false;
    }
    // Read on a thread of its own: a read does not end with Ctrl-C, but the program should.
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        let _ = sender.send(read.map(|_| answer).unwrap_or_default());
    });
    while !cancel.load(Ordering::Relaxed) {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(answer) => return matches!(answer.trim(), "y" | "Y" | "yes"),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    println!();
    false
}

/// Says on a terminal that something takes its time, and takes the line back.
pub(crate) struct Patience {
    shows: bool,
}

impl Patience {
    /// Begins with the build.
    pub(crate) fn begin() -> Patience {
        let patience = Patience {
            shows: std::io::stderr().is_terminal() && std::io::stdout().is_terminal(),
        };
        patience.say("building; the first time takes up to a minute");
        patience
    }

    /// Says what happens during a run.
    pub(crate) fn happened(&self, happened: &Happened) {
        match happened {
            Happened::Testing(total) => self.say(&format!("running {total} tests")),
            Happened::Isolated(test) => self.say(&format!("running {test} by itself")),
            Happened::Tested(..) => {}
        }
    }

    /// Says something else.
    pub(crate) fn say(&self, text: &str) {
        if self.shows {
            eprint!("\r\x1b[2K{text}");
        }
    }

    /// Says it where there is no terminal, too, for whoever waits for minutes.
    pub(crate) fn tell(&self, text: &str) {
        if self.shows {
            self.say(text);
        } else {
            eprintln!("{text}");
        }
    }

    /// Takes the line back.
    pub(crate) fn end(&self) {
        if self.shows {
            eprint!("\r\x1b[2K");
        }
    }
}
