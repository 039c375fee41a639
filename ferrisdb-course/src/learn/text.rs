//! The report as lines of text, for the plain commands.

use super::ansi::{Paint, Tone};
use super::failure::Failure;
use super::next::{self, Way};
use super::report::{HoleLine, Mark, Report, TestLine, Trouble};

/// Everything that `cargo learn test` says about a stage.
pub(crate) fn report(report: &Report, verbose: bool, paint: Paint) -> String {
    let mut out = Lines::new(paint);
    out.title(report);
    match &report.trouble {
        None => out.holes(report, verbose),
        Some(trouble) => out.trouble(trouble),
    }
    if report.trouble.is_none() {
        if let Some(failure) = &report.failure {
            out.failure(failure);
        }
        out.mistake(report);
    }
    for notice in &report.notices {
        out.blank();
        out.push(&paint.tone(Tone::Warn, &format!("note: {notice}")));
    }
    out.next(report);
    out.text
}

/// The lines so far.
struct Lines {
    text: String,
    paint: Paint,
}

impl Lines {
    fn new(paint: Paint) -> Lines {
        Lines {
            text: String::new(),
            paint,
        }
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn title(&mut self, report: &Report) {
        let title = format!("{}  {}", report.number, report.title);
        let title = self.paint.tone(Tone::Strong, &title);
        self.push(&title);
        self.blank();
    }

    fn holes(&mut self, report: &Report, verbose: bool) {
        let width = report
            .holes
            .iter()
            .map(|hole| hole.name.chars().count())
            .max()
            .unwrap_or(0);
        let current = report.current();
        for (index, hole) in report.holes.iter().enumerate() {
            self.hole(index, hole, width);
            let open = Some(index) == current || hole.mark() == Mark::Red;
            if verbose || open {
                let told = |test: &&TestLine| verbose || test.mark != Mark::Green;
                for test in hole.tests.iter().filter(told) {
                    self.test(test);
                }
            }
        }
    }

    fn hole(&mut self, index: usize, hole: &HoleLine, width: usize) {
        let mark = mark(hole.mark(), self.paint);
        let name = format!("{:width$}", hole.name);
        let minutes = self
            .paint
            .tone(Tone::Dim, &format!("{:3} min", hole.minutes));
        let tests = format!("{} of {} tests", hole.green(), hole.tests.len());
        let tests = self.paint.tone(Tone::Dim, &tests);
        self.push(&format!(
            "  {mark} {}  {name}  {minutes}   {tests}",
            index + 1
        ));
    }

    fn test(&mut self, test: &TestLine) {
        let mark = mark(test.mark, self.paint);
        self.push(&format!("       {mark} {}", test.name));
    }

    fn trouble(&mut self, trouble: &Trouble) {
        match trouble {
            Trouble::Compile { rendered, .. } => {
                let rendered = self.paint.keep(rendered.trim_end());
                self.text.push_str(&rendered);
                self.blank();
                self.blank();
                let sentence = self
                    .paint
                    .tone(Tone::Bad, "It does not compile yet, so no test was run.");
                self.push(&sentence);
            }
            Trouble::Missing(files) => {
                self.push("Files of the exercise are missing:");
                for file in files {
                    self.push(&format!("  {file}"));
                }
            }
            Trouble::Other(text) => {
                let text = self.paint.keep(text.trim_end());
                self.push(&text);
            }
        }
    }

    fn failure(&mut self, failure: &Failure) {
        self.blank();
        let heading = self.paint.tone(Tone::Bad, &format!("✗ {}", failure.test));
        self.push(&heading);
        for line in &failure.message {
            self.push(&format!("  {line}"));
        }
        if let Some(place) = &failure.place {
            let place = self.paint.tone(Tone::Link, place);
            self.push(&format!("  at {place}"));
        }
    }

    fn mistake(&mut self, report: &Report) {
        let Some(mistake) = &report.mistake else {
            return;
        };
        self.blank();
        let heading = self.paint.tone(Tone::Warn, mistake.heading());
        self.push(&format!("{heading} {}", mistake.mistake));
        self.push(&format!(
            "  Read \"{}\" again in {}",
            mistake.reread, report.chapter
        ));
    }

    fn next(&mut self, report: &Report) {
        self.blank();
        if report.is_green() {
            let (green, _) = report.tests();
            let sentence = format!("All {green} tests of stage {} are green.", report.number);
            let sentence = self.paint.tone(Tone::Good, &sentence);
            self.push(&sentence);
            self.blank();
        }
        let text = steps(report, self.paint);
        self.text.push_str(&text);
    }
}

/// `next: WHAT` and below it the other steps, their commands in a column.
pub(crate) fn steps(report: &Report, paint: Paint) -> String {
    let steps = next::steps(report, Way::Commands);
    let with_command = steps.iter().filter(|step| step.how.is_some());
    let width = with_command
        .map(|step| step.what.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for (index, step) in steps.iter().enumerate() {
        let head = if index == 0 {
            paint.tone(Tone::Strong, "next:")
        } else {
            "     ".to_owned()
        };
        let line = match &step.how {
            Some(how) => format!(
                "{head} {:width$}  {}",
                step.what,
                paint.tone(Tone::Link, how)
            ),
            None => format!("{head} {}", step.what),
        };
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The sign of a mark in its colour.
pub(crate) fn mark(mark: Mark, paint: Paint) -> String {
    let tone = match mark {
        Mark::Green => Tone::Good,
        Mark::Red => Tone::Bad,
        Mark::Todo | Mark::Unknown => Tone::Dim,
    };
    paint.tone(tone, mark.sign())
}

#[cfg(test)]
mod tests {
    use super::super::report::Mistake;
    use super::super::report::tests::{failure, report as example};
    use super::*;

    const PLAIN: Paint = Paint { colour: false };

    #[test]
    fn a_red_stage() {
        let mut red = example(["Gg", "Ggr", "tt"]);
        red.failure = Some(failure("header::a_short_header_is_an_error"));
        red.mistake = Some(Mistake {
            mistake: "The checksum covers its own four bytes.".to_owned(),
            reread: "The bytes".to_owned(),
            sure: true,
        });
        red.notices = vec!["tests/header.rs was changed.".to_owned()];
        insta::assert_snapshot!(report(&red, false, PLAIN));
    }

    #[test]
    fn an_untouched_stage() {
        insta::assert_snapshot!(report(&example(["tt", "tt", "tt"]), false, PLAIN));
    }

    #[test]
    fn a_finished_stage() {
        insta::assert_snapshot!(report(&example(["Gg", "Ggg", "Gg"]), true, PLAIN));
    }

    #[test]
    fn code_that_does_not_compile() {
        let mut broken = example(["uu", "uu", "uu"]);
        broken.trouble = Some(Trouble::Compile {
            rendered: "\x1b[31merror\x1b[0m: expected `;`\n".to_owned(),
            conflict: None,
        });
        insta::assert_snapshot!(report(&broken, false, PLAIN));
    }
}
