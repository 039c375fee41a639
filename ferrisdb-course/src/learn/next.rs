//! What to do next, in words; the same words for the plain commands and the full screen,
//! which differ in how they name the way there: a command or a key.

use super::report::{HoleLine, Next, Report};

/// How the reader acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By commands, which the sentences spell out.
    Commands,
    /// By keys of the full screen, which reruns by itself.
    Keys,
}

/// One step: what to do and how, if that is a command or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// In words.
    pub what: String,
    /// `cargo learn …` or a key.
    pub how: Option<String>,
}

/// The next steps; the first is the one that counts.
pub fn steps(report: &Report, way: Way) -> Vec<Step> {
    let number = &report.number;
    match report.next() {
        Next::Test => vec![way.step("run the tests", &format!("test {number}"), "r")],
        Next::Fill(hole) => fill(report, hole, way),
        Next::Mend { hole, test } => mend(report, hole, &test, way),
        Next::Compile => with_rerun(
            "mend the first error; the ones after it often follow from it".to_owned(),
            report,
            way,
        ),
        Next::Resolve(place) => with_rerun(
            format!(
                "choose between your version and the course's at {place}, and take the marker lines out"
            ),
            report,
            way,
        ),
        Next::PutBack => vec![way.step(
            "put the missing files back; the others stay as they are",
            &format!("reset {number} --missing"),
            "x",
        )],
        Next::Doctor => vec![way.step("let the doctor look at the machine", "doctor", "")],
        Next::Finished => finished(report, way),
    }
}

fn fill(report: &Report, hole: usize, way: Way) -> Vec<Step> {
    let line = &report.holes[hole];
    let what = format!("write {}{}: {}", line.name, place(line), line.todo);
    let mut steps = with_rerun(what, report, way);
    if report.holes.iter().all(|hole| !hole.started) {
        let what = format!("read the chapter, {}", report.chapter);
        let chapter = way.step(&what, &format!("book {}", report.number), "b");
        steps.insert(0, chapter);
    }
    steps.push(hint(report, way));
    steps
}

fn mend(report: &Report, hole: Option<usize>, test: &str, way: Way) -> Vec<Step> {
    let short = test.split_once("::").map_or(test, |(_, name)| name);
    let Some(line) = hole.map(|hole| &report.holes[hole]) else {
        let what = format!("find out why {short} fails, a test of your own");
        return with_rerun(what, report, way);
    };
    let what = format!(
        "find out why {short} fails; look at {}{}",
        line.name,
        place(line)
    );
    let mut steps = with_rerun(what, report, way);
    steps.push(hint(report, way));
    steps
}

fn place(hole: &HoleLine) -> String {
    hole.place
        .as_ref()
        .map_or_else(String::new, |place| format!(" ({place})"))
}

fn hint(report: &Report, way: Way) -> Step {
    way.step(
        "stuck: take a hint",
        &format!("hint {}", report.number),
        "h",
    )
}

/// A change of the code, after which the tests run: by themselves on the full screen.
fn with_rerun(what: String, report: &Report, way: Way) -> Vec<Step> {
    let mut steps = vec![Step { what, how: None }];
    if way == Way::Commands {
        steps.push(way.step("test again", &format!("test {}", report.number), ""));
    }
    steps
}

fn finished(report: &Report, way: Way) -> Vec<Step> {
    let number = &report.number;
    let mut steps = vec![
        way.step("compare with our solution", &format!("diff {number}"), "d"),
        Step {
            what: format!("read \"10. Compare\" in {}", report.chapter),
            how: (way == Way::Keys).then(|| "b".to_owned()),
        },
    ];
    if report.in_engine {
        // There is no key for it: the engine's tests take their own time in their own terminal.
        steps.push(Step {
            what: "run the engine on your crate".to_owned(),
            how: Some(format!("cargo learn graduate {number}")),
        });
    }
    match &report.next_stage {
        Some(next) => steps.push(way.step(
            &format!("go on to stage {next}"),
            &format!("test {next}"),
            "n",
        )),
        None => steps.push(Step {
            what: "that was the last stage there is so far".to_owned(),
            how: None,
        }),
    }
    if let Some(first) = report.left_out.first() {
        let what = match report.left_out.len() {
            1 => format!("you left out stage {first}; it can be done at any time"),
            _ => format!(
                "you left out stages {}; they can be done at any time",
                report.left_out.join(", ")
            ),
        };
        steps.push(Step {
            what,
            how: (way == Way::Commands).then(|| format!("cargo learn test {first}")),
        });
    }
    steps
}

impl Way {
    fn step(self, what: &str, command: &str, key: &str) -> Step {
        let how = match self {
            Way::Keys if !key.is_empty() => key.to_owned(),
            _ => format!("cargo learn {command}"),
        };
        Step {
            what: what.to_owned(),
            how: Some(how),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Trouble;
    use super::super::report::tests::{failure, report};
    use super::*;

    fn shown(report: &Report, way: Way) -> String {
        let step = |step: Step| format!("{} | {}", step.what, step.how.unwrap_or_default());
        steps(report, way)
            .into_iter()
            .map(step)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn every_state_has_a_next_step() {
        let mut red = report(["Gg", "Gr", "tt"]);
        red.failure = Some(failure("header::every_flipped_bit_is_noticed"));
        let mut broken = red.clone();
        broken.trouble = Some(Trouble::Compile {
            rendered: String::new(),
            conflict: None,
        });
        let mut gone = red.clone();
        gone.trouble = Some(Trouble::Missing(vec!["src/lib.rs".to_owned()]));
        let mut other = red.clone();
        other.trouble = Some(Trouble::Other("no cargo".to_owned()));
        for state in [
            report(["uu", "uu", "uu"]),
            red,
            broken,
            gone,
            other,
            report(["Gg", "Gg", "Gg"]),
        ] {
            for way in [Way::Commands, Way::Keys] {
                assert!(!steps(&state, way).is_empty());
            }
        }
    }

    #[test]
    fn the_next_hole_comes_with_its_place_and_its_task() {
        insta::assert_snapshot!(shown(&report(["Gg", "tt", "tt"]), Way::Commands), @"
        write Header::decode (exercises/02-file-format/src/header.rs:80): check length, magic, checksum and version, in this order | 
        test again | cargo learn test 02
        stuck: take a hint | cargo learn hint 02
        ");
    }

    #[test]
    fn stages_that_were_left_out_come_last() {
        let mut report = report(["Gg", "Gg", "Gg"]);
        report.left_out = vec!["01".to_owned()];
        let steps = shown(&report, Way::Commands);
        assert!(
            steps.ends_with(
                "go on to stage 03 | cargo learn test 03\n\
                 you left out stage 01; it can be done at any time | cargo learn test 01"
            ),
            "{steps}"
        );
        report.next_stage = None;
        let steps = shown(&report, Way::Commands);
        assert!(
            steps.contains("the last stage there is so far | \n"),
            "{steps}"
        );
    }

    #[test]
    fn a_finished_stage_leads_on() {
        insta::assert_snapshot!(shown(&report(["Gg", "Gg", "Gg"]), Way::Keys), @r#"
        compare with our solution | d
        read "10. Compare" in book/src/02-file-format.md | b
        run the engine on your crate | cargo learn graduate 02
        go on to stage 03 | n
        "#);
    }
}
