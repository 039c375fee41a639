//! One failed test in a form for a person: what was expected, then where; no noise.
//!
//! libtest prints a banner, the panic, the left and right side, a note on backtraces and
//! perhaps a backtrace. A learner needs the sentence that the test's author wrote, the two
//! values, and the line to open.

use std::path::Path;

use crate::paths::normal;

use super::ansi;

/// What a failed test said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `BINARY::test`.
    pub test: String,
    /// The message, first line first; never empty.
    pub message: Vec<String>,
    /// `path:line` from the course's root, where the panic happened.
    pub place: Option<String>,
    /// The text of the `todo!` that was reached, if that is why it failed.
    pub todo: Option<String>,
    /// Whether it panicked, rather than hang, die, or return an error.
    pub panicked: bool,
}

/// The most lines of a message worth showing: a shrunken case or a snapshot's difference fits.
const LINES_MAX: usize = 40;

impl Failure {
    /// Reads what a failed test printed. `workspace` is the folder that the paths in panics start from.
    pub fn read(test: &str, output: &str, root: &Path, workspace: &Path) -> Failure {
        let output = ansi::strip(output);
        let lines: Vec<&str> = output.lines().collect();
        let Some((at, place)) = panic_place(&lines) else {
            return Failure::without_panic(test, &lines);
        };
        let mut message = panic_message(&lines[at + 1..]);
        let mut told: Vec<String> = snapshot_difference(&lines[..at]);
        if told.is_empty() {
            told = printed_before(&lines[..at]);
        } else {
            message.retain(|line| !line.starts_with("snapshot assertion for"));
            told.insert(
                0,
                "The snapshot differs: - is expected, + is what your code did.".to_owned(),
            );
        }
        let todo = message.first().and_then(|line| todo_reached(line));
        message.extend(told);
        message.truncate(LINES_MAX);
        if message.is_empty() {
            message.push("The test panicked without a message.".to_owned());
        }
        Failure {
            test: test.to_owned(),
            message,
            place: snapshot_place(&lines[..at], root, workspace)
                .or_else(|| from_root(place, root, workspace)),
            todo,
            panicked: true,
        }
    }

    /// A test that failed without a panic: it returned an error, or the process died.
    fn without_panic(test: &str, lines: &[&str]) -> Failure {
        let mut message: Vec<String> = lines
            .iter()
            .filter(|line| !is_noise(line))
            .map(|line| line.trim_end().to_owned())
            .collect();
        message.truncate(LINES_MAX);
        if message.is_empty() {
            message.push("The test failed without saying anything.".to_owned());
        }
        Failure {
            test: test.to_owned(),
            message,
            place: None,
            todo: None,
            panicked: false,
        }
    }
}

/// The nearest line of the exercise on the way to the last panic, from a backtrace: for panics inside
/// of a library, where nobody can mend anything. Relative paths in it start from `package`.
pub fn nearest_line(output: &str, root: &Path, package: &Path) -> Option<String> {
    let output = ansi::strip(output);
    let lines: Vec<&str> = output.lines().collect();
    let start = lines.iter().rposition(|line| *line == "stack backtrace:")?;
    let mut places = lines[start..]
        .iter()
        .filter_map(|line| line.trim_start().strip_prefix("at "))
        .filter_map(|place| from_root(place, root, package));
    places.find(|place| is_exercise(place))
}

/// Whether a place from the course's root lies in an exercise, tests included.
pub fn is_exercise(place: &str) -> bool {
    place.starts_with("exercises/")
}

/// The first line of the last panic's report and the place in it.
///
/// The last, because a property test panics once for every smaller case that it tries. One that only
/// says that another thread has panicked counts if there is no other.
fn panic_place<'a>(lines: &[&'a str]) -> Option<(usize, &'a str)> {
    let panics = lines.iter().enumerate().rev().filter_map(|(index, line)| {
        let place = line.split_once(" panicked at ")?.1;
        line.starts_with("thread '")
            .then_some((index, place.trim_end_matches(':')))
    });
    let is_first_hand = |(index, _): &(usize, &str)| {
        lines
            .get(index + 1)
            .is_none_or(|message| !is_passed_on(message))
    };
    panics
        .clone()
        .find(is_first_hand)
        .or_else(|| panics.clone().next())
}

/// What a thread says when another one, which it waits for or shares a lock with, has panicked.
fn is_passed_on(message: &str) -> bool {
    message == "a scoped thread panicked"
        || message.ends_with("Any { .. }")
        || message.contains("PoisonError")
}

/// The lines that belong to the panic itself, in the order in which they are worth reading.
fn panic_message(lines: &[&str]) -> Vec<String> {
    let mut message: Vec<String> = lines
        .iter()
        .take_while(|line| !is_end_of_panic(line))
        .filter(|line| !is_count_of_proptest(line))
        .map(|line| line.trim_end().to_owned())
        .collect();
    while message.last().is_some_and(String::is_empty) {
        message.pop();
    }
    if let Some(first) = message.first_mut() {
        // "assertion `left == right` failed: MESSAGE" is long before it says anything.
        if let Some((operator, said)) = first
            .strip_prefix("assertion `")
            .and_then(|rest| rest.split_once("` failed: "))
        {
            let (operator, said) = (operator.to_owned(), said.to_owned());
            *first = said;
            if operator != "left == right" {
                message.push(format!("(asserted: {operator})"));
            }
        }
    }
    message
}

/// The text of the `todo!` in a panic's first line, also where proptest passes it on.
pub fn todo_reached(line: &str) -> Option<String> {
    let said = line.strip_prefix("Test failed: ").unwrap_or(line);
    let text = said.strip_prefix("not yet implemented")?;
    Some(
        text.trim_matches(|c| c == ':' || c == ' ' || c == '.')
            .to_owned(),
    )
}

/// Where the message ends and the noise begins.
fn is_end_of_panic(line: &str) -> bool {
    line.starts_with("note: run with `RUST_BACKTRACE")
        || line.starts_with("stack backtrace:")
        || line.starts_with("thread '")
}

/// proptest's counts below a minimal failing input.
fn is_count_of_proptest(line: &str) -> bool {
    let line = line.trim_start();
    ["successes: ", "local rejects: ", "global rejects: "]
        .iter()
        .any(|count| line.starts_with(count))
}

/// The difference that insta prints before it panics.
fn snapshot_difference(lines: &[&str]) -> Vec<String> {
    let Some(start) = lines
        .iter()
        .rposition(|line| line.contains("Snapshot Summary"))
    else {
        return Vec::new();
    };
    lines[start + 1..]
        .iter()
        .filter(|line| line.contains('│'))
        .map(|line| compact_snapshot_line(line))
        .collect()
}

/// `    3     │-old` becomes `- old`; the line numbers of insta's table are not the learner's.
fn compact_snapshot_line(line: &str) -> String {
    let text = line.split_once('│').map_or(line, |(_, text)| text);
    let (sign, rest) = match text.chars().next() {
        Some(sign @ ('-' | '+')) => (sign, &text[1..]),
        _ => (' ', text.strip_prefix(' ').unwrap_or(text)),
    };
    format!("{sign} {}", rest.trim_end())
}

/// What the test printed itself before it panicked.
fn printed_before(lines: &[&str]) -> Vec<String> {
    let after_last_panic = lines
        .iter()
        .rposition(|line| line.starts_with("thread '"))
        .map_or(0, |index| index + 1);
    if after_last_panic > 0 {
        return Vec::new();
    }
    let printed: Vec<String> = lines
        .iter()
        .filter(|line| !is_noise(line))
        .map(|line| line.trim_end().to_owned())
        .collect();
    if printed.is_empty() {
        return printed;
    }
    let mut told = vec!["It printed:".to_owned()];
    told.extend(printed);
    told
}

/// Lines of libtest that say nothing to a learner.
fn is_noise(line: &str) -> bool {
    let line = line.trim();
    line.is_empty()
        || (line.starts_with("---- ") && line.ends_with(" ----"))
        || line.starts_with("note: run with `RUST_BACKTRACE")
        || line.starts_with("running ")
        || line.starts_with("test result:")
}

/// Where the test compared with a snapshot: insta panics in its own sources.
fn snapshot_place(lines: &[&str], root: &Path, workspace: &Path) -> Option<String> {
    let start = lines
        .iter()
        .rposition(|line| line.contains("Snapshot Summary"))?;
    let source = lines[start..]
        .iter()
        .find_map(|line| line.strip_prefix("Source: "))?;
    from_root(&format!("{source}:1"), root, workspace)
}

/// `02-file-format/tests/header.rs:34:5` as a path from the course's root, without the
/// column; none for a place in the standard library or a dependency, which nobody can mend.
fn from_root(place: &str, root: &Path, workspace: &Path) -> Option<String> {
    let mut parts = place.rsplitn(3, ':');
    let (_column, line, path) = (parts.next()?, parts.next()?, parts.next()?);
    // A test file that the crate takes in is `03-wal/src/../tests/a.rs` to the compiler.
    let absolute = normal(&workspace.join(path));
    let shown = absolute.strip_prefix(root).ok()?;
    Some(format!("{}:{line}", slashes(shown)))
}

/// A path with `/` on every system, as it is written in the book.
pub fn slashes(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str) -> Failure {
        Failure::read("a::b", output, Path::new("/c"), Path::new("/c/exercises"))
    }

    #[test]
    fn the_message_of_the_assertion_comes_first() {
        let failure = read(
            "---- b stdout ----\n\nthread 'b' (1234) panicked at 02-x/tests/a.rs:34:5:\n\
             assertion `left == right` failed: the magic comes first\n  left: 1\n right: 2\n\
             note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
        );
        assert_eq!(
            failure.message,
            ["the magic comes first", "  left: 1", " right: 2"]
        );
        assert_eq!(
            failure.place.as_deref(),
            Some("exercises/02-x/tests/a.rs:34")
        );
        assert_eq!(failure.todo, None);
    }

    #[test]
    fn a_hole_that_was_reached_is_told_apart() {
        let failure =
            read("thread 'b' panicked at 02-x/src/lib.rs:3:5:\nnot yet implemented: do this\n");
        assert_eq!(failure.todo.as_deref(), Some("do this"));
    }

    #[test]
    fn a_hole_that_a_property_reached_is_told_apart_too() {
        let failure = read(
            "thread 'b' panicked at t.rs:3:5:\nTest failed: not yet implemented: do this.\n\
             minimal failing input: x = 1\n\tsuccesses: 0\n\tlocal rejects: 0\n\tglobal rejects: 0\n",
        );
        assert_eq!(failure.todo.as_deref(), Some("do this"));
        assert_eq!(
            failure.message.last().map(String::as_str),
            Some("minimal failing input: x = 1")
        );
    }

    #[test]
    fn a_snapshot_shows_its_difference_only() {
        let failure = read(
            "━━━━ Snapshot Summary ━━━━\nSnapshot: x\nSource: /c/exercises/02-x/tests/a.rs:12\n────\nExpression: z\n────\n\
             -old snapshot\n+new results\n────────────┬────\n    1       │-46 44\n          1 │+44 46\n────────────┴────\n\
             thread 'b' panicked at /home/insta/src/runtime.rs:679:13:\nsnapshot assertion for 'x' failed in line 12\n",
        );
        assert_eq!(
            failure.message,
            [
                "The snapshot differs: - is expected, + is what your code did.",
                "- 46 44",
                "+ 44 46"
            ]
        );
        assert_eq!(
            failure.place.as_deref(),
            Some("exercises/02-x/tests/a.rs:12")
        );
    }

    #[test]
    fn the_last_of_many_panics_counts() {
        let failure = read(
            "thread 'b' panicked at t.rs:1:1:\nbig case\nthread 'b' panicked at t.rs:2:1:\nsmall case\n\nstack backtrace:\n  0: x\n",
        );
        assert_eq!(failure.message, ["small case"]);
    }

    #[test]
    fn the_panic_of_another_thread_counts_rather_than_the_news_of_it() {
        for news in [
            "a scoped thread panicked",
            "called `Result::unwrap()` on an `Err` value: Any { .. }",
            "the lock: PoisonError { .. }",
        ] {
            let failure = read(&format!(
                "thread '<unnamed>' (7) panicked at 04-x/src/a.rs:5:1:\nnot yet implemented: swap\n\
                 note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n\
                 thread 'b' (6) panicked at 04-x/tests/t.rs:2:1:\n{news}\n"
            ));
            assert_eq!(failure.todo.as_deref(), Some("swap"));
            assert_eq!(failure.place.as_deref(), Some("exercises/04-x/src/a.rs:5"));
            let alone = read(&format!("thread 'b' panicked at t.rs:2:1:\n{news}\n"));
            assert_eq!(alone.message, [news]);
        }
    }

    #[test]
    fn a_place_in_the_standard_library_is_left_out() {
        let failure = read("thread 'b' panicked at /rustc/abc/library/alloc/x.rs:121:1:\nno\n");
        assert_eq!(failure.place, None);
        assert_eq!(failure.message, ["no"]);
    }

    #[test]
    fn the_nearest_line_of_the_exercise_is_taken_from_a_backtrace() {
        let output = "thread 'b' panicked at /r/alloc/slice.rs:5:1:\nno\nstack backtrace:\n   \
            0: core::panic\n             at /rustc/1/core/p.rs:4:2\n   \
            1: testkit::open\n             at /c/ferrisdb-testkit/src/fs.rs:7:7\n   \
            2: wal::tests::helper\n             at ./src/../tests/a.rs:12:9\n   \
            3: wal::tests::b\n             at ./tests/b.rs:3:9\nnote: Some details\n";
        let (root, package) = (Path::new("/c"), Path::new("/c/exercises/03-wal"));
        assert_eq!(
            nearest_line(output, root, package).as_deref(),
            Some("exercises/03-wal/tests/a.rs:12")
        );
        assert_eq!(nearest_line("no backtrace", root, package), None);
    }

    #[test]
    fn a_place_in_a_test_inside_of_the_crate_is_that_of_its_file() {
        let failure = read("thread 'b' panicked at 04-x/src/../tests/i.rs:12:1:\nno\n");
        assert_eq!(
            failure.place.as_deref(),
            Some("exercises/04-x/tests/i.rs:12")
        );
    }

    #[test]
    fn a_returned_error_is_shown_as_it_is() {
        let failure = read("---- b stdout ----\nError: Truncated\n");
        assert_eq!(failure.message, ["Error: Truncated"]);
        assert_eq!(failure.place, None);
    }
}
