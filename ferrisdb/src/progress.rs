//! A bar on the terminal for what takes long.

use std::cell::RefCell;
use std::fmt;
use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressState, ProgressStyle};

/// How often a bar moves that nobody moves.
const TICK: Duration = Duration::from_millis(100);

/// A bar on standard error, if that is a terminal and nobody asked for quiet.
#[derive(Debug)]
pub(crate) struct Bar {
    is_shown: bool,
    bar: RefCell<Option<ProgressBar>>,
}

impl Bar {
    pub(crate) fn new(is_quiet: bool) -> Self {
        Self {
            is_shown: !is_quiet && stderr().is_terminal(),
            bar: RefCell::new(None),
        }
    }

    /// Begins, with how many bytes there are, if that is known.
    pub(crate) fn begin(&self, what: &'static str, total: Option<u64>) {
        let template = if total.is_some() {
            "{msg} [{wide_bar}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left"
        } else {
            "{msg} {spinner} {bytes}, {bytes_per_sec}"
        };
        self.show(what, total, template);
    }

    /// Begins, with how many things there are to do.
    pub(crate) fn begin_count(&self, what: &'static str, total: u64) {
        let template = "{msg:17} [{wide_bar}] {human_pos} of {human_len}, {rate}, {eta} left";
        self.show(what, Some(total), template);
    }

    /// Begins something that does not tell how far it is: what can be seen is that it goes on.
    pub(crate) fn begin_unknown(&self, what: &'static str) {
        self.show(what, None, "{msg} {spinner} {elapsed}");
        if let Some(bar) = &*self.bar.borrow() {
            bar.enable_steady_tick(TICK);
        }
    }

    fn show(&self, what: &'static str, total: Option<u64>, template: &str) {
        if !self.is_shown {
            return;
        }
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        if let Ok(style) = ProgressStyle::with_template(template) {
            let style = style.with_key("rate", rate);
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what);
        self.bar.replace(Some(bar));
    }

    /// So many more are done.
    pub(crate) fn add(&self, bytes: u64) {
        if let Some(bar) = &*self.bar.borrow() {
            bar.inc(bytes);
        }
    }

    /// So many are done in all.
    pub(crate) fn set(&self, bytes: u64) {
        if let Some(bar) = &*self.bar.borrow() {
            bar.set_position(bytes);
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// How many are done a second, without digits behind the point.
fn rate(state: &ProgressState, out: &mut dyn fmt::Write) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is not negative, and whole numbers are enough"
    )]
    let rate = HumanCount(state.per_sec() as u64);
    // Writing into a `String` cannot fail.
    let _ = write!(out, "{rate}/s");
}
