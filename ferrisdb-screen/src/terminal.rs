//! The terminal itself: taken over while the full screen is open, given back whatever
//! happens, a panic included.

use std::io;
use std::path::Path;

use ratatui::DefaultTerminal;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};

use super::render::render;
use super::state::State;
use ferrisdb_course::error::{Error, IoContext, Result};

/// The terminal in full-screen mode.
pub(super) struct Screen {
    terminal: DefaultTerminal,
}

impl Screen {
    /// Takes the terminal over. From here on a panic gives it back before it is reported.
    pub(super) fn open() -> Result<Screen> {
        let terminal = ratatui::try_init().map_err(error)?;
        Ok(Screen { terminal })
    }

    pub(super) fn draw(&mut self, state: &State) -> Result<()> {
        // A terminal that knows these shows the picture when it is whole; others ignore them.
        let mut out = io::stdout();
        execute!(out, BeginSynchronizedUpdate).map_err(error)?;
        self.terminal
            .draw(|frame| render(state, frame))
            .map_err(error)?;
        execute!(out, EndSynchronizedUpdate).map_err(error)
    }

    /// Gives the terminal to another program, and takes it back.
    pub(super) fn leave<T>(&mut self, during: impl FnOnce() -> T) -> Result<T> {
        ratatui::restore();
        let outcome = during();
        self.terminal = ratatui::try_init().map_err(error)?;
        self.terminal.clear().map_err(error)?;
        Ok(outcome)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// What the terminal refused, as an error of ours.
pub(super) fn error(source: io::Error) -> Error {
    let failed: Result<()> = Err(source).context("use", Path::new("the terminal"));
    failed.expect_err("it was made from an error")
}
