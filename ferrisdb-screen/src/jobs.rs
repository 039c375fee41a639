//! What takes time runs on a thread of its own, one thing at a time, and can be ended.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::ansi::Paint;
use ferrisdb_course::child::Leash;
use ferrisdb_course::learn::check::{self, Cancelled, Happened, Setup};
use ferrisdb_course::learn::report::Report;
use ferrisdb_course::learn::view::Lab;
use ferrisdb_course::learn::{advice, attack, view};

use super::event::{Event, Update};

impl Drop for Jobs {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a job sends.
#[derive(Debug)]
pub(super) enum Message {
    /// For the screen as it is.
    Event(Event),
    /// A run has ended.
    Checked(Box<Report>),
}

/// The job under way and the line to it.
#[derive(Debug)]
pub(super) struct Jobs {
    sender: Sender<(u64, Message)>,
    receiver: Receiver<(u64, Message)>,
    cancel: Arc<AtomicBool>,
    /// Of the newest job; what older ones still send is dropped.
    number: u64,
    thread: Option<JoinHandle<()>>,
}

/// A job's end of the line.
struct Line {
    sender: Sender<(u64, Message)>,
    number: u64,
}

impl Line {
    fn send(&self, message: Message) {
        // When the screen is gone there is nobody left to tell.
        let _ = self.sender.send((self.number, message));
    }

    fn event(&self, event: Event) {
        self.send(Message::Event(event));
    }
}

impl Jobs {
    pub(super) fn new() -> Jobs {
        let (sender, receiver) = channel();
        Jobs {
            sender,
            receiver,
            cancel: Arc::default(),
            number: 0,
            thread: None,
        }
    }

    /// The next message of the newest job, if there is one.
    pub(super) fn next(&self) -> Option<Message> {
        while let Ok((number, message)) = self.receiver.try_recv() {
            if number == self.number {
                return Some(message);
            }
        }
        None
    }

    /// Ends the job under way and waits until its children are gone.
    pub(super) fn end(&mut self) {
        self.cancel.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A job that panicked has ended as well.
            let _ = thread.join();
        }
        self.number += 1;
    }

    fn start(&mut self, job: impl FnOnce(&Line, &AtomicBool) + Send + 'static) {
        self.end();
        self.cancel = Arc::default();
        let cancel = Arc::clone(&self.cancel);
        let line = Line {
            sender: self.sender.clone(),
            number: self.number,
        };
        self.thread = Some(std::thread::spawn(move || job(&line, &cancel)));
    }

    /// Runs the tests, and clippy after them if they are green.
    pub(super) fn check(&mut self, setup: Setup) {
        self.start(move |line, cancel| {
            line.event(Event::Check(Update::Building));
            let Ok(report) = check_with(&setup, line, cancel) else {
                return;
            };
            let green = report.is_green();
            line.send(Message::Checked(Box::new(report)));
            if green {
                line.event(Event::Check(Update::Advising));
                let advice = advice::advice(&setup.course, &setup.stage, leash(cancel));
                line.event(Event::Check(Update::Advice(advice)));
            }
        });
    }

    /// Runs the tests, then the attack.
    pub(super) fn attack(&mut self, setup: Setup, lab: Lab) {
        self.start(move |line, cancel| {
            let Ok(report) = check_with(&setup, line, cancel) else {
                return;
            };
            let paint = Paint { colour: true };
            let attacked = attack::attack(&lab, &report, paint, leash(cancel));
            line.send(Message::Checked(Box::new(report)));
            line.event(match attacked {
                Ok(attacked) => Event::Text {
                    title: "Attack".to_owned(),
                    text: attacked.text,
                },
                Err(error) => Event::Said(error.to_string()),
            });
        });
    }

    /// Makes the lab's page, opens it, and shows its text here.
    pub(super) fn view(&mut self, lab: Lab) {
        self.start(move |line, cancel| {
            let shown = lab.page(leash(cancel)).and_then(|page| {
                let opened = view::open(page.as_os_str())?;
                Ok((page, opened, lab.output(true, leash(cancel))?))
            });
            line.event(match shown {
                Ok((page, opened, text)) => Event::Text {
                    title: "What your code builds".to_owned(),
                    text: format!("{}\n\n{text}", page_line(&page, opened)),
                },
                Err(error) => Event::Text {
                    title: "What your code builds".to_owned(),
                    text: error.to_string(),
                },
            });
        });
    }
}

fn page_line(page: &Path, opened: bool) -> String {
    if opened {
        format!("Opened in the browser: {}", page.display())
    } else {
        format!("As a page: {}", page.display())
    }
}

fn leash(cancel: &AtomicBool) -> Leash<'_> {
    Leash {
        cancel,
        own_group: true,
    }
}

fn check_with(setup: &Setup, line: &Line, cancel: &AtomicBool) -> Result<Report, Cancelled> {
    check::check(setup, cancel, &|happened| {
        let update = match happened {
            Happened::Testing(total) => Update::Testing(total),
            Happened::Tested(test, mark) => Update::Tested(test, mark),
            Happened::Isolated(test) => Update::Alone(test),
        };
        line.event(Event::Check(update));
    })
}
