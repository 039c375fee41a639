//! Speaks the protocol of Chrome's developer tools with a headless Chromium over a pipe.
//!
//! With `--remote-debugging-pipe` the browser reads commands from file descriptor 3 and writes
//! answers and events to 4: JSON texts, each ended by a zero byte. A shell connects those to our
//! ends of its standard input and output, so neither a socket nor `unsafe` is needed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::error::{Error, Result};

/// How long the browser may say nothing while something is awaited.
const PATIENCE: Duration = Duration::from_secs(30);

/// The names under which Chromium is installed.
const PROGRAMS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Quiet, alone, and without a word to the internet.
const FLAGS: [&str; 13] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
];

/// A running browser with one page.
#[derive(Debug)]
pub(crate) struct Browser {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    session: String,
    last_id: u64,
    events: Vec<Value>,
}

/// The name of an installed Chromium, if there is one that can be driven here.
pub(crate) fn program() -> Option<&'static str> {
    if !cfg!(unix) {
        return None;
    }
    PROGRAMS.into_iter().find(|program| {
        let quiet = Stdio::null;
        let mut command = Command::new(program);
        command.arg("--version").stdout(quiet()).stderr(quiet());
        command.status().is_ok_and(|status| status.success())
    })
}

impl Browser {
    /// Starts a browser that keeps its files in `profile`, an empty folder.
    pub(crate) fn start(program: &str, profile: &Path) -> Result<Self> {
        let trouble = |error: std::io::Error| Error::Browser(format!("{program}: {error}"));
        let mut child = Command::new("sh")
            .args([
                "-c",
                "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1",
                program,
            ])
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(trouble)?;
        let (Some(commands), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Browser("no pipe to the browser".into()));
        };
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(answers).split(0) {
                let Ok(message) = message else { break };
                let Ok(message) = serde_json::from_slice(&message) else {
                    continue;
                };
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut browser = Self {
            child,
            commands,
            messages,
            session: String::new(),
            last_id: 0,
            events: Vec::new(),
        };
        browser.attach()?;
        Ok(browser)
    }

    /// Opens the page and asks to hear of everything that happens in it.
    fn attach(&mut self) -> Result<()> {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let arguments = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.call("Target.attachToTarget", &arguments)?;
        let session = attached["sessionId"].as_str().unwrap_or_default();
        session.clone_into(&mut self.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), &json!({}))?;
        }
        Ok(())
    }

    /// Sends a command and waits for its answer. Events that come meanwhile are kept.
    pub(crate) fn call(&mut self, method: &str, arguments: &Value) -> Result<Value> {
        self.last_id += 1;
        let id = self.last_id;
        let mut command = json!({ "id": id, "method": method, "params": arguments });
        if !self.session.is_empty() {
            command["sessionId"] = json!(self.session);
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.commands
            .write_all(&bytes)
            .map_err(|error| Error::Browser(format!("{method}: {error}")))?;
        loop {
            let mut message = self.receive(method)?;
            if message["id"] != json!(id) {
                self.events.push(message);
            } else if message["error"].is_object() {
                let said = &message["error"]["message"];
                return Err(Error::Browser(format!("{method}: {said}")));
            } else {
                return Ok(message["result"].take());
            }
        }
    }

    /// Goes to a page and waits until it has loaded.
    pub(crate) fn open(&mut self, url: &str) -> Result<()> {
        self.events.clear();
        let went = self.call("Page.navigate", &json!({ "url": url }))?;
        if let Some(reason) = went["errorText"].as_str() {
            return Err(Error::Browser(format!("{url}: {reason}")));
        }
        let loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(loaded) {
            let event = self.receive(url)?;
            self.events.push(event);
        }
        Ok(())
    }

    /// Evaluates an expression in the page, waiting for it if it is a promise.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let arguments =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", &arguments)?;
        let thrown = &answer["exceptionDetails"];
        if thrown.is_object() {
            let said = thrown["exception"]["description"].as_str();
            let said = said.or(thrown["text"].as_str()).unwrap_or("an exception");
            return Err(Error::Browser(said.to_owned()));
        }
        Ok(answer["result"]["value"].take())
    }

    /// What happened since the page was opened.
    pub(crate) fn events(&self) -> &[Value] {
        &self.events
    }

    fn receive(&self, awaited: &str) -> Result<Value> {
        self.messages.recv_timeout(PATIENCE).map_err(|error| {
            Error::Browser(match error {
                RecvTimeoutError::Timeout => format!("no answer to {awaited}"),
                RecvTimeoutError::Disconnected => format!("it ended during {awaited}"),
            })
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session.clear();
        // It is asked to end, so that its helper processes end with it, and then made to.
        let _ = self.call("Browser.close", &json!({}));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Decodes the base64 text in which screenshots come.
pub(crate) fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_le_bytes()[0]);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded() {
        assert_eq!(base64("RmVycmlzREI="), b"FerrisDB");
        assert_eq!(base64("/+8="), [0xff, 0xef]);
        assert_eq!(base64(""), b"");
    }
}
