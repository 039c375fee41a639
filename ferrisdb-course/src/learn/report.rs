//! Where a learner stands in one stage: the one picture that the plain commands print and
//! the full screen draws.
//!
//! A hole is done when its tests are green. A test that ran into a `todo!` is not a failure
//! but work to come, so it is told apart from one that found something wrong.

use super::failure::Failure;

/// What is known of a test or a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
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
    pub(crate) fn sign(self) -> &'static str {
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
pub(crate) struct TestLine {
    /// `BINARY::test`.
    pub(crate) name: String,
    /// How it went.
    pub(crate) mark: Mark,
}

/// One hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HoleLine {
    /// As the lesson calls it.
    pub(crate) item: String,
    /// The item's name without its modules.
    pub(crate) name: String,
    /// What is to be done.
    pub(crate) todo: String,
    /// How long it takes.
    pub(crate) minutes: u32,
    /// `path:line` of its body, if the source could be read.
    pub(crate) place: Option<String>,
    /// Whether the learner has written anything in it.
    pub(crate) started: bool,
    /// Its tests, in the order of the lesson.
    pub(crate) tests: Vec<TestLine>,
}

impl HoleLine {
    /// How many of its tests are green.
    pub(crate) fn green(&self) -> usize {
        count(&self.tests, Mark::Green)
    }

    /// The sum of its tests. An untouched hole is work to come, whatever its tests found.
    pub(crate) fn mark(&self) -> Mark {
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
pub(crate) enum Trouble {
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
    pub(crate) fn is_not_code(&self) -> bool {
        !matches!(self, Trouble::Compile { .. })
    }
}

/// A mistake that people make, recognised by the tests that fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// In words.
    pub(crate) mistake: String,
    /// The heading of the chapter to read again.
    pub(crate) reread: String,
}

/// Where a learner stands in one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    /// "03".
    pub(crate) number: String,
    /// "03-wal".
    pub(crate) name: String,
    /// "The write-ahead log".
    pub(crate) title: String,
    /// The package.
    pub(crate) package: String,
    /// The chapter's file from the course's root.
    pub(crate) chapter: String,
    /// In the order in which they are to be filled.
    pub(crate) holes: Vec<HoleLine>,
    /// Tests that are not the course's: the learner's own.
    pub(crate) own: Vec<TestLine>,
    /// Why no test could be run, if so.
    pub(crate) trouble: Option<Trouble>,
    /// The failure to look at first.
    pub(crate) failure: Option<Failure>,
    /// What probably went wrong.
    pub(crate) mistake: Option<Mistake>,
    /// What else a person should know: changed tests, an added dependency, a new version.
    pub(crate) notices: Vec<String>,
    /// The first stage that is not finished, other than this one: "04".
    pub(crate) next_stage: Option<String>,
    /// Whether the engine can run on this crate.
    pub(crate) in_engine: bool,
}

impl Report {
    /// The number of the first hole that is not done, counted from 0.
    pub(crate) fn current(&self) -> Option<usize> {
        self.holes
            .iter()
            .position(|hole| hole.mark() != Mark::Green)
    }

    /// The hole called like that by name or by number, else the current one.
    pub(crate) fn hole(&self, asked: Option<&str>) -> Option<usize> {
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
    pub(crate) fn tests(&self) -> (usize, usize) {
        let green = self.holes.iter().map(HoleLine::green).sum();
        (green, self.holes.iter().map(|hole| hole.tests.len()).sum())
    }

    /// Whether every test is green.
    pub(crate) fn is_green(&self) -> bool {
        self.trouble.is_none() && self.current().is_none() && self.red_own().is_none()
    }

    fn red_own(&self) -> Option<&TestLine> {
        self.own.iter().find(|test| test.mark != Mark::Green)
    }

    /// Whether every test has been run.
    pub(crate) fn is_known(&self) -> bool {
        let mut tests = self.holes.iter().flat_map(|hole| &hole.tests);
        tests.all(|test| test.mark != Mark::Unknown)
    }

    /// How a test went.
    pub(crate) fn mark(&self, test: &str) -> Option<Mark> {
        let mut tests = self.holes.iter().flat_map(|hole| &hole.tests);
        tests.find(|line| line.name == test).map(|line| line.mark)
    }

    /// Notes how a test went.
    pub(crate) fn set(&mut self, test: &str, mark: Mark) {
        let tests = self.holes.iter_mut().flat_map(|hole| &mut hole.tests);
        for line in tests.filter(|line| line.name == test) {
            line.mark = mark;
        }
    }

    /// The test whose failure is worth looking at first: of the first started hole that has
    /// one, for the holes after it stand on it.
    pub(crate) fn first_red(&self) -> Option<&str> {
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
    pub(crate) fn next(&self) -> Next {
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
pub(crate) enum Next {
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

    /// A report of three holes; each letter of `marks` is a test: `g`reen, `r`ed, `t`odo, `u`nknown;
    /// a capital first letter means that the hole is started.
    pub(crate) fn report(marks: [&str; 3]) -> Report {
        let names = ["Header::encode", "Header::decode", "checksum"];
        let todos = [
            "lay the fields out as in the diagram, then fill in the checksum",
            "check length, magic, checksum and version, in this order",
            "run CRC32 over the bytes",
        ];
        let holes = (0..3).map(|index| HoleLine {
            item: format!("header::{}", names[index]),
            name: names[index].to_owned(),
            todo: todos[index].to_owned(),
            minutes: 15,
            place: Some(format!(
                "exercises/02-file-format/src/header.rs:{}",
                40 * (index + 1)
            )),
            started: marks[index].starts_with(char::is_uppercase),
            tests: tests_of(index, marks[index]),
        });
        Report {
            number: "02".to_owned(),
            name: "02-file-format".to_owned(),
            title: "The file format".to_owned(),
            package: "ferrisdb-format".to_owned(),
            chapter: "book/src/02-file-format.md".to_owned(),
            holes: holes.collect(),
            own: Vec::new(),
            trouble: None,
            failure: None,
            mistake: None,
            notices: Vec::new(),
            next_stage: Some("03".to_owned()),
            in_engine: true,
        }
    }

    fn tests_of(hole: usize, marks: &str) -> Vec<TestLine> {
        let names = [
            [
                "encode_matches_the_golden_bytes",
                "the_magic_comes_first",
                "the_rest_is_zero",
            ],
            [
                "decode_undoes_encode",
                "every_flipped_bit_is_noticed",
                "a_short_header_is_an_error",
            ],
            [
                "the_empty_checksum_is_zero",
                "known_values",
                "pieces_equal_the_whole",
            ],
        ];
        marks
            .to_lowercase()
            .chars()
            .enumerate()
            .map(|(index, letter)| TestLine {
                name: format!("header::{}", names[hole][index]),
                mark: match letter {
                    'g' => Mark::Green,
                    'r' => Mark::Red,
                    't' => Mark::Todo,
                    _ => Mark::Unknown,
                },
            })
            .collect()
    }

    pub(crate) fn failure(test: &str) -> Failure {
        Failure {
            test: test.to_owned(),
            message: vec![
                "the first eight bytes name the kind of file".to_owned(),
                "  left: [70, 68, 66, 95]".to_owned(),
                " right: [0, 0, 0, 0]".to_owned(),
            ],
            place: Some("exercises/02-file-format/tests/header.rs:34".to_owned()),
            todo: None,
        }
    }

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
