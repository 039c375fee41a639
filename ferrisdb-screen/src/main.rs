//! The full screen: a thin loop around [`event::update`] and [`render::render`], which
//! touch nothing but the state.
//!
//! ```text
//!   keys, saves, jobs ──▶ update(state, event) ──▶ effect ──▶ a job, a file, another program
//!                              │
//!                         render(state)
//! ```

mod ansi;
mod checklist;
mod detail;
mod event;
mod jobs;
mod panes;
mod render;
mod state;
mod terminal;
mod wrap;

use std::io::{BufRead, BufReader};
use std::process::{Child, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ferrisdb_course::child;
use ferrisdb_course::course::Stage;
use ferrisdb_course::error::{Error, Result};
use ferrisdb_course::learn::session::Session;
use ferrisdb_course::learn::view::Lab;
use ferrisdb_course::learn::watch::{self, Watch};
use ferrisdb_course::learn::{self, Status, book, diff, hint, reset, swap};
use ferrisdb_course::lesson::LabKind;
use ratatui::crossterm::event as input;

use ansi::Paint;
use event::{Effect, Event, Update};
use jobs::{Jobs, Message};
use state::State;
use terminal::Screen;

/// How long a key is waited for before everything else is looked at again.
const TICK: Duration = Duration::from_millis(25);

/// Opens the full screen on the course of the current directory, or says in lines why not.
fn main() -> ExitCode {
    learn::in_course(|session, stop| {
        match fits() {
            Ok(()) => return run(session, stop),
            Err(Some(why)) => println!("{why}\n"),
            Err(None) => {}
        }
        learn::overview(session, stop)
    })
}

/// Whether the full screen can be used; if not, the sentence that says why, if one is needed.
fn fits() -> Result<(), Option<String>> {
    if !learn::is_full_terminal() {
        return Err(None);
    }
    let (width, height) = ratatui::crossterm::terminal::size().map_err(|_| None)?;
    // Some terminals do not know their size; then the smallest is assumed to fit.
    if (width, height) != (0, 0) && (width < render::WIDTH_MIN || height < render::HEIGHT_MIN) {
        return Err(Some(format!(
            "This window has {width}x{height} characters; the full screen needs {}x{}. Here are lines instead.",
            render::WIDTH_MIN,
            render::HEIGHT_MIN
        )));
    }
    Ok(())
}

/// Opens the full screen and stays until the learner leaves.
fn run(session: &mut Session, stop: &AtomicBool) -> Result<Status> {
    let stage = session.stage(None)?;
    let mut screen = Screen::open()?;
    let mut looped = Loop::new(session, stage, stop);
    looped.effect(&Effect::Check, &mut screen);
    let outcome = looped.run(&mut screen);
    let green = looped.state.report.is_green();
    // Ends what still runs before the terminal is given back.
    drop(looped);
    drop(screen);
    outcome?;
    Ok(if green { Status::Green } else { Status::Red })
}

/// Everything around the state.
struct Loop<'a> {
    session: &'a mut Session,
    /// Set by a request to end.
    stop: &'a AtomicBool,
    stage: Stage,
    state: State,
    jobs: Jobs,
    watch: Option<Watch>,
    book: Option<Child>,
    book_says: Option<Receiver<String>>,
}

impl<'a> Loop<'a> {
    fn new(session: &'a mut Session, stage: Stage, stop: &'a AtomicBool) -> Loop<'a> {
        let mut screen_state = State::new(session.report(&stage), session.stage_lines());
        screen_state
            .report
            .notices
            .extend(session.notices.iter().cloned());
        let mut looped = Loop {
            session,
            stop,
            stage,
            state: screen_state,
            jobs: Jobs::new(),
            watch: None,
            book: None,
            book_says: None,
        };
        looped.watch();
        looped
    }

    /// Watches the current stage.
    fn watch(&mut self) {
        let folders = watch::folders(&self.stage, &self.session.mine_below(&self.stage));
        self.watch = Some(Watch::start(&folders));
    }

    fn run(&mut self, screen: &mut Screen) -> Result<()> {
        let mut dirty = true;
        loop {
            if dirty {
                screen.draw(&self.state)?;
            }
            dirty = false;
            while let Some(event) = self.next_event()? {
                dirty = true;
                if let Some(effect) = event::update(&mut self.state, event) {
                    if effect == Effect::Quit {
                        return Ok(());
                    }
                    self.effect(&effect, screen);
                }
            }
            // Waits for a key, but only so long that nothing else is kept waiting.
            input::poll(TICK).map_err(terminal::error)?;
        }
    }

    /// The next thing that has happened, if anything has.
    fn next_event(&mut self) -> Result<Option<Event>> {
        if self.stop.load(Ordering::Relaxed) {
            return Ok(Some(Event::Stop));
        }
        while input::poll(Duration::ZERO).map_err(terminal::error)? {
            match input::read().map_err(terminal::error)? {
                input::Event::Key(key) if key.kind != input::KeyEventKind::Release => {
                    return Ok(Some(Event::Key(key)));
                }
                input::Event::Resize(..) => return Ok(Some(Event::Resized)),
                _ => {}
            }
        }
        if let Some(message) = self.jobs.next() {
            return Ok(Some(self.received(message)));
        }
        if let Some(line) = self
            .book_says
            .as_ref()
            .and_then(|says| says.try_recv().ok())
        {
            return Ok(Some(Event::Said(line)));
        }
        let saved = self.watch.as_ref().is_some_and(Watch::saved);
        Ok(saved.then_some(Event::Saved))
    }

    fn received(&mut self, message: Message) -> Event {
        match message {
            Message::Event(event) => event,
            Message::Checked(mut report) => {
                self.session.record(&report);
                report.notices.extend(self.session.behind(&self.stage));
                report.notices.extend(self.session.notices.iter().cloned());
                Event::Check(Update::Done(report, self.session.stage_lines()))
            }
        }
    }

    /// Does what follows from an event; what goes wrong is said on the screen.
    fn effect(&mut self, effect: &Effect, screen: &mut Screen) {
        if let Err(error) = self.try_effect(effect, screen) {
            self.state.phase = state::Phase::Idle;
            self.state.notice = Some(error.to_string());
        }
    }

    fn try_effect(&mut self, effect: &Effect, screen: &mut Screen) -> Result<()> {
        match effect {
            Effect::Quit => {}
            Effect::Check => {
                let mut setup = self.session.setup(&self.stage, true);
                // What is on the screen is newer than what was remembered.
                setup.report = self.state.report.clone();
                setup.report.notices.clear();
                self.jobs.check(setup);
            }
            Effect::Cancel => self.jobs.end(),
            Effect::Hint(hole) => {
                let hole = *hole;
                let shown = hint::one_more(self.session, &self.stage, hole);
                event::update(&mut self.state, Event::Hints { hole, shown });
            }
            Effect::Diff => {
                let text = diff::text(&self.stage, None, Paint { colour: true })?;
                let title = "Your code and the solution".to_owned();
                event::update(&mut self.state, Event::Text { title, text });
            }
            Effect::Reset(hole) => {
                let done = reset::hole(&self.session.kept, &self.stage, *hole)?;
                self.state.notice = Some(done.sentence());
                self.try_effect(&Effect::Check, screen)?;
            }
            Effect::PutBack => {
                let done = reset::missing(&self.session.kept, &self.stage)?;
                self.state.notice = Some(done.sentence());
                self.try_effect(&Effect::Check, screen)?;
            }
            Effect::View => self.view(screen)?,
            Effect::Attack => {
                let setup = self.session.setup(&self.stage, true);
                self.jobs.attack(setup, self.lab());
            }
            Effect::Book => self.open_book()?,
            Effect::Open(index) => self.open(*index, screen)?,
        }
        Ok(())
    }

    fn lab(&self) -> Lab {
        Lab {
            course: self.session.course.clone(),
            stage: self.stage.clone(),
            arguments: swap::arguments(&self.session.mine_below(&self.stage)),
        }
    }

    fn view(&mut self, screen: &mut Screen) -> Result<()> {
        let lab = self.lab();
        if lab.kind()? == LabKind::Page {
            self.jobs.view(lab);
            return Ok(());
        }
        self.jobs.end();
        screen
            .leave(|| {
                let status = lab.command("lab", false).status();
                println!("\nPress Enter to go back to the course.");
                let mut line = String::new();
                // If nothing can be read any more, the screen comes back at once.
                let _ = std::io::stdin().lock().read_line(&mut line);
                status
            })?
            .map_err(|source| Error::Program {
                program: "cargo run".to_owned(),
                message: source.to_string(),
            })?;
        // Ctrl-C in there ended the lab, not the course.
        self.stop.store(false, Ordering::Relaxed);
        self.state.phase = state::Phase::Idle;
        Ok(())
    }

    fn open(&mut self, index: usize, screen: &mut Screen) -> Result<()> {
        self.stage = self.session.course.stages[index].clone();
        let name = self.stage.name.clone();
        self.session
            .store
            .change(|progress| progress.current = Some(name));
        self.state = State::new(self.session.report(&self.stage), self.session.stage_lines());
        self.watch();
        self.try_effect(&Effect::Check, screen)
    }

    /// Starts the book at the chapter; what it says first is where it is.
    fn open_book(&mut self) -> Result<()> {
        self.close_book();
        let mut command = book::background(&self.session.course, &self.stage.lesson.chapter);
        child::set_own_group(&mut command);
        let mut child = command.spawn().map_err(|source| Error::Program {
            program: "cargo run -p ferrisdb-book".to_owned(),
            message: source.to_string(),
        })?;
        let (sender, receiver) = channel();
        let stdout = child.stdout.take();
        std::thread::spawn(move || {
            let lines = stdout
                .map(BufReader::new)
                .into_iter()
                .flat_map(BufRead::lines);
            let mut said = false;
            for line in lines.map_while(std::result::Result::ok) {
                said = true;
                let _ = sender.send(line.replace("(Ctrl-C ends)", "").trim().to_owned());
            }
            if !said {
                let _ = sender
                    .send("The book could not be built; `cargo learn book` says why.".to_owned());
            }
        });
        self.book = Some(child);
        self.book_says = Some(receiver);
        self.state.notice = Some("Building the book; the first time takes a minute.".to_owned());
        Ok(())
    }

    fn close_book(&mut self) {
        self.book_says = None;
        if let Some(mut book) = self.book.take() {
            child::end(&mut book, true);
        }
    }
}

impl Drop for Loop<'_> {
    fn drop(&mut self) {
        self.close_book();
    }
}
