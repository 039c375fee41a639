//! Where a learner stands in one stage: the one picture that the plain commands print and
//! the full screen draws.
//!
//! A hole is done when its tests are green. A test that ran into a `todo!` is not a failure
//! but work to come, so it is told apart from one that found something wrong.

use super::failure::Failure;

/// What is known of a test or a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Not run yet.
    Unknown,
    /// A `todo!` stands in its way.
    Todo,
    /// Found something wrong.
    Red,
    /// Done.
    Green,
}

impl Mark {
    /// One character that says it without colour.
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Unknown => " ",
            Mark::Todo => "·",
            Mark::Red => "✗",
            Mark::Green => "✓",
        }
    }
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestLine {
    /// `BINARY::test`.
    pub name: String,
    /// How it went.
    pub mark: Mark,
}

/// One hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoleLine {
    /// As the lesson calls it.
    pub item: String,
    /// The item's name without its modules.
    pub name: String,
    /// What is to be done.
    pub todo: String,
    /// How long it takes.
    pub minutes: u32,
    /// `path:line` of its body, if the source could be read.
    pub place: Option<String>,
    /// Whether the learner has written anything in it.
    pub started: bool,
    /// Its tests, in the order of the lesson.
    pub tests: Vec<TestLine>,
}

impl HoleLine {
    /// How many of its tests are green.
    pub fn green(&self) -> usize {
        count(&self.tests, Mark::Green)
    }

    /// The sum of its tests. An untouched hole is work to come, whatever its tests found.
    pub fn mark(&self) -> Mark {
        let has = |mark| self.tests.iter().any(|test| test.mark == mark);
        if !self.tests.is_empty() && self.green() == self.tests.len() {
            Mark::Green
        } else if !self.started {
            Mark::Todo
        } else if has(Mark::Red) {
            Mark::Red
        } else if has(Mark::Todo) {
            Mark::Todo
        } else {
            Mark::Unknown
        }
    }
}

/// Why no test could be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// rustc refused the code.
    Compile {
        /// rustc's own messages, with its colours.
        rendered: String,
        /// `path:line` of the first conflict marker of an update, if there is one.
        conflict: Option<String>,
    },
    /// Files of the exercise are gone.
    Missing(Vec<String>),
    /// Cargo could not do its work; the text says why and what to do.
    Other(String),
}

impl Trouble {
    /// Whether it has nothing to do with what the learner wrote.
    pub fn is_not_code(&self) -> bool {
        !matches!(self, Trouble::Compile { .. })
    }
}

/// A mistake that people make, recognised by the tests that fail and by what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// In words.
    pub mistake: String,
    /// The heading of the chapter to read again.
    pub reread: String,
    /// Whether the tests say the same of it; otherwise only their names are the same.
    pub sure: bool,
}

impl Mistake {
    /// How sure we are, as the beginning of a sentence.
    pub fn heading(&self) -> &'static str {
        if self.sure {
            "Likely mistake:"
        } else {
            "Perhaps:"
        }
    }
}

/// Where a learner stands in one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// "03".
    pub number: String,
    /// "03-wal".
    pub name: String,
    /// "The write-ahead log".
    pub title: String,
    /// The package.
    pub package: String,
    /// The chapter's file from the course's root.
    pub chapter: String,
    /// In the order in which they are to be filled.
    pub holes: Vec<HoleLine>,
    /// Tests that are not the course's: the learner's own.
    pub own: Vec<TestLine>,
    /// Why no test could be run, if so.
    pub trouble: Option<Trouble>,
    /// The failure to look at first.
    pub failure: Option<Failure>,
    /// What probably went wrong.
    pub mistake: Option<Mistake>,
    /// What else a person should know: changed tests, an added dependency, a new version.
    pub notices: Vec<String>,
    /// The first later stage that is not finished: "04".
    pub next_stage: Option<String>,
    /// The earlier stages that are not finished: "01".
    pub left_out: Vec<String>,
    /// Whether the engine can run on this crate.
    pub in_engine: bool,
}

impl Report {
    /// The number of the first hole that is not done, counted from 0.
    pub fn current(&self) -> Option<usize> {
        self.holes
            .iter()
            .position(|hole| hole.mark() != Mark::Green)
    }

    /// The hole called like that by name or by number, else the current one.
    pub fn hole(&self, asked: Option<&str>) -> Option<usize> {
        let Some(asked) = asked else {
            return self.current();
        };
        let number = asked.parse::<usize>().ok();
        number
            .filter(|number| (1..=self.holes.len()).contains(number))
            .map_or_else(
                || {
                    let wanted = asked.trim_end_matches("()");
                    let exact = self
                        .holes
                        .iter()
                        .position(|hole| hole.item == wanted || hole.name == wanted);
                    exact.or_else(|| {
                        let suffix = format!("::{wanted}");
                        self.holes
                            .iter()
                            .position(|hole| hole.item.ends_with(&suffix))
                    })
                },
                |number| Some(number - 1),
            )
    }

    /// Green tests and all tests.
    pub fn tests(&self) -> (usize, usize) {
        let green = self.holes.iter().map(HoleLine::green).sum();
        (green, self.holes.iter().map(|hole| hole.tests.len()).sum())
    }

    /// Whether every test is green.
    pub fn is_green(&self) -> bool {
        self.trouble.is_none() && self.current().is_none() && self.red_own().is_none()
    }

    fn red_own(&self) -> Option<&TestLine> {
        self.own.iter().find(|test| test.mark != Mark::Green)
    }

    /// Whether every test has been run.
    pub fn is_known(&self) -> bool {
        let mut tests = self.holes.iter().flat_map(|hole| &hole.tests);
        tests.all(|test| test.mark != Mark::Unknown)
    }

    /// How a test went.
    pub fn mark(&self, test: &str) -> Option<Mark> {
        let mut tests = self.holes.iter().flat_map(|hole| &hole.tests);
        tests.find(|line| line.name == test).map(|line| line.mark)
    }

    /// Notes how a test went.
    pub fn set(&mut self, test: &str, mark: Mark) {
        let tests = self.holes.iter_mut().flat_map(|hole| &mut hole.tests);
        for line in tests.filter(|line| line.name == test) {
            line.mark = mark;
        }
    }

    /// The test whose failure is worth looking at first: of the first started hole that has
    /// one, for the holes after it stand on it.
    pub fn first_red(&self) -> Option<&str> {
        let reds = |started: bool| {
            self.holes
                .iter()
                .filter(move |hole| hole.started == started)
                .flat_map(|hole| &hole.tests)
                .find(|test| test.mark == Mark::Red)
        };
        reds(true)
            .or_else(|| reds(false))
            .or_else(|| self.red_own())
            .map(|test| test.name.as_str())
    }

    /// What to do next.
    pub fn next(&self) -> Next {
        match &self.trouble {
            Some(Trouble::Missing(_)) => return Next::PutBack,
            Some(Trouble::Compile {
                conflict: Some(place),
                ..
            }) => {
                return Next::Resolve(place.clone());
            }
            Some(Trouble::Compile { .. }) => return Next::Compile,
            Some(Trouble::Other(_)) => return Next::Doctor,
            None => {}
        }
        let Some(current) = self.current().or_else(|| self.failure.as_ref().map(|_| 0)) else {
            return Next::Finished;
        };
        if !self.is_known() && self.failure.is_none() {
            return Next::Test;
        }
        let hole = &self.holes[current];
        match (&self.failure, hole.started) {
            (Some(failure), _) => Next::Mend {
                hole: self.hole_of(&failure.test),
                test: failure.test.clone(),
            },
            (None, false) => Next::Fill(current),
            (None, true) => self.waits_for(current),
        }
    }

    /// A started hole whose tests still run into a `todo!`: its own, or that of another hole.
    fn waits_for(&self, current: usize) -> Next {
        let untouched = self.holes.iter().position(|hole| !hole.started);
        untouched.map_or(Next::Fill(current), Next::Fill)
    }

    fn hole_of(&self, test: &str) -> Option<usize> {
        let names = |hole: &HoleLine| hole.tests.iter().any(|line| line.name == test);
        self.holes.iter().position(names)
    }
}

/// The one thing to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Run the tests.
    Test,
    /// Write this hole.
    Fill(usize),
    /// Find out why this test fails.
    Mend {
        /// The hole that the test belongs to; none if the learner wrote the test.
        hole: Option<usize>,
        /// The test.
        test: String,
    },
    /// Make it compile.
    Compile,
    /// Choose between two versions at this place.
    Resolve(String),
    /// Put back files that are gone.
    PutBack,
    /// Find out what is wrong with the machine.
    Doctor,
    /// Compare, read on, run the engine, go on.
    Finished,
}

/// How many tests have that mark.
fn count(tests: &[TestLine], mark: Mark) -> usize {
    tests.iter().filter(|test| test.mark == mark).count()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    include!("report/fixture.rs");

    #[test]
    fn an_untouched_hole_is_work_to_come_even_if_its_tests_are_red() {
        let report = report(["Gg", "rr", "tt"]);
        assert_eq!(report.holes[1].mark(), Mark::Todo);
        assert_eq!(report.current(), Some(1));
        assert_eq!(report.next(), Next::Fill(1));
    }

    #[test]
    fn the_first_failure_is_that_of_a_started_hole() {
        let report = report(["rt", "Gr", "Rr"]);
        assert_eq!(
            report.first_red(),
            Some("header::every_flipped_bit_is_noticed")
        );
    }

    #[test]
    fn holes_may_be_filled_out_of_order() {
        let report = report(["tt", "Gg", "tt"]);
        assert_eq!(report.next(), Next::Fill(0));
        assert_eq!(report.tests(), (2, 6));
    }

    #[test]
    fn a_started_hole_that_still_meets_a_todo_points_at_the_untouched_one() {
        assert_eq!(report(["Gg", "Tt", "tt"]).next(), Next::Fill(2));
        assert_eq!(report(["Tt", "Gg", "Gg"]).next(), Next::Fill(0));
    }

    #[test]
    fn everything_green_is_finished_and_nothing_known_is_not() {
        assert_eq!(report(["Gg", "Gg", "Gg"]).next(), Next::Finished);
        assert_eq!(report(["uu", "uu", "uu"]).next(), Next::Test);
    }

    #[test]
    fn a_hole_is_found_by_number_and_by_name() {
        let report = report(["Gg", "tt", "tt"]);
        assert_eq!(report.hole(None), Some(1));
        assert_eq!(report.hole(Some("3")), Some(2));
        assert_eq!(report.hole(Some("decode")), Some(1));
        assert_eq!(report.hole(Some("header::Header::encode")), Some(0));
        assert_eq!(report.hole(Some("4")), None);
        assert_eq!(report.hole(Some("nothing")), None);
    }
}
