//! Three versions of one file: the cut that the learner began from (base), the learner's
//! (yours), and the cut of today (the course's). What to do with them, decided without
//! touching the disk.

use diffy::{ConflictStyle, MergeOptions};

/// What becomes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Merged {
    /// The learner's file stays as it is.
    Keep,
    /// The course's file is new to the learner, or the learner never touched it.
    Take(String),
    /// Both sides changed different places.
    Combined(String),
    /// Both sides changed the same place; the text has markers.
    Conflict(String),
    /// The course no longer has the file, and the learner never touched it.
    Remove,
    /// The course no longer has the file, but the learner worked on it.
    Orphan,
}

/// Decides on one file. `None` stands for a file that is not there.
pub(crate) fn merge(base: Option<&str>, yours: Option<&str>, course: Option<&str>) -> Merged {
    match (yours, course) {
        (None, Some(course)) => Merged::Take(course.to_owned()),
        (Some(yours), None) if base == Some(yours) => Merged::Remove,
        (Some(_), None) if base.is_some() => Merged::Orphan,
        (_, None) => Merged::Keep,
        (Some(yours), Some(course)) if yours == course || base == Some(course) => Merged::Keep,
        (Some(yours), Some(course)) if base == Some(yours) => Merged::Take(course.to_owned()),
        (Some(yours), Some(course)) => combine(base.unwrap_or_default(), yours, course),
    }
}

fn combine(base: &str, yours: &str, course: &str) -> Merged {
    let mut options = MergeOptions::new();
    options
        .set_conflict_style(ConflictStyle::Merge)
        .set_incomplete_hunk_style(diffy::IncompleteHunkStyle::Git);
    match options.merge(base, yours, course) {
        Ok(text) if text == yours => Merged::Keep,
        Ok(text) => Merged::Combined(text),
        Err(text) => Merged::Conflict(name_the_sides(&text)),
    }
}

/// The marker lines that begin a learner's side and end the course's.
pub(crate) const YOURS: &str = "<<<<<<< yours";
const COURSE: &str = ">>>>>>> the course's new version";

fn name_the_sides(text: &str) -> String {
    let mut named = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        match line.trim_end() {
            "<<<<<<< ours" => named.extend([YOURS, "\n"]),
            ">>>>>>> theirs" => named.extend([COURSE, "\n"]),
            _ => named.push_str(line),
        }
    }
    named
}

/// The line, counted from 1, of the first conflict marker in a text.
pub(crate) fn conflict_line(text: &str) -> Option<usize> {
    text.lines()
        .position(|line| line.starts_with("<<<<<<< "))
        .map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "fn a() {\n    todo!()\n}\n\nfn b() {\n    todo!()\n}\n";

    #[test]
    fn changes_in_different_places_are_combined() {
        let yours = BASE.replacen("todo!()", "1", 1);
        let course = format!("// New.\n{BASE}");
        let both = format!("// New.\n{yours}");
        assert_eq!(
            merge(Some(BASE), Some(&yours), Some(&course)),
            Merged::Combined(both)
        );
    }

    #[test]
    fn changes_in_one_place_are_marked_and_nothing_is_lost() {
        let yours = BASE.replacen("todo!()", "1", 1);
        let course = BASE.replacen("todo!()", "todo!(\"better\")", 1);
        let Merged::Conflict(text) = merge(Some(BASE), Some(&yours), Some(&course)) else {
            panic!("the same line was changed twice");
        };
        assert!(text.contains("<<<<<<< yours\n    1\n=======\n    todo!(\"better\")\n>>>>>>> the course's new version\n"), "{text}");
        assert_eq!(conflict_line(&text), Some(2));
    }

    #[test]
    fn the_same_change_on_both_sides_is_no_conflict() {
        let yours = BASE.replacen("todo!()", "1", 2);
        let course = BASE.replacen("todo!()", "1", 1);
        assert_eq!(merge(Some(BASE), Some(&yours), Some(&course)), Merged::Keep);
        assert_eq!(merge(Some(BASE), Some(&yours), Some(&yours)), Merged::Keep);
    }

    #[test]
    fn an_untouched_file_follows_the_course() {
        assert_eq!(
            merge(Some(BASE), Some(BASE), Some("new")),
            Merged::Take("new".to_owned())
        );
        assert_eq!(merge(Some(BASE), Some(BASE), None), Merged::Remove);
        assert_eq!(
            merge(None, None, Some("new")),
            Merged::Take("new".to_owned())
        );
    }

    #[test]
    fn work_on_a_file_that_the_course_dropped_stays() {
        assert_eq!(merge(Some(BASE), Some("mine"), None), Merged::Orphan);
        assert_eq!(merge(None, Some("mine"), None), Merged::Keep);
    }

    #[test]
    fn a_missing_file_comes_back() {
        assert_eq!(
            merge(Some(BASE), None, Some(BASE)),
            Merged::Take(BASE.to_owned())
        );
    }
}
