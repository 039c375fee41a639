//! The full screen, driven through a pseudo-terminal as a person would.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a terminal that cannot be used ends the test"
)]

mod fixture;

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use fixture::{ALPHA, Fixture};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a picture is waited for; only a failure takes this long.
const PATIENCE: Duration = Duration::from_mins(1);

/// A terminal with a shell in it, in which the program was started.
struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// Everything written so far, and whether its last picture is whole.
    recent: Vec<u8>,
    whole: bool,
    root: String,
}

impl Terminal {
    /// Starts the program in a terminal of this size. A shell around it shows what is left
    /// of the terminal when the program has gone: it prints `status N` then.
    fn open(course: &Fixture, arguments: &str, columns: u16, rows: u16) -> Terminal {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new("sh");
        let program = env!("CARGO_BIN_EXE_learn");
        // What the program leaves of the terminal's settings is compared with what it found.
        let script = format!(
            "trap : INT; before=$(stty -g); '{program}' {arguments}; status=$?; after=$(stty -g); \
             [ \"$before\" = \"$after\" ] && echo \"same settings\"; echo \"status $status\"; sleep 60"
        );
        command.args(["-c", &script]);
        command.cwd(&course.root);
        command.env("TERM", "xterm-256color");
        command.env_remove("CARGO");
        command.env_remove("DISPLAY");
        for (name, value) in course.environment() {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(size) = reader.read(&mut buffer) {
                if size == 0 || sender.send(buffer[..size].to_vec()).is_err() {
                    break;
                }
            }
        });
        Terminal {
            writer: pair.master.take_writer().unwrap(),
            master: pair.master,
            child,
            output,
            parser: vt100::Parser::new(cells(rows), cells(columns), 0),
            recent: Vec::new(),
            whole: true,
            root: course.root.display().to_string(),
        }
    }

    /// What the terminal shows now.
    fn picture(&self) -> String {
        let text = self.parser.screen().contents();
        let text = text.replace(&self.root, "[course]");
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n")
    }

    /// Takes in what the program wrote.
    fn process(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        self.recent.extend_from_slice(bytes);
        let last = |mark: &[u8]| {
            self.recent
                .windows(mark.len())
                .rposition(|window| window == mark)
        };
        self.whole = last(b"\x1b[?2026l") >= last(b"\x1b[?2026h");
    }

    /// Waits until the picture holds all of these texts and none of those.
    #[track_caller]
    fn wait_for(&mut self, parts: &[&str], without: &[&str]) -> String {
        loop {
            let picture = self.picture();
            let holds = parts.iter().all(|part| picture.contains(part));
            let lacks = without.iter().all(|part| !picture.contains(part));
            // A picture that is still being drawn is none.
            if holds && lacks && self.whole {
                return picture;
            }
            match self.output.recv_timeout(PATIENCE) {
                Ok(bytes) => self.process(&bytes),
                Err(error) => panic!(
                    "{error}: waited for {parts:?} without {without:?}; it shows:\n{picture}"
                ),
            }
        }
    }

    /// Waits until the tests have run and clippy after them.
    #[track_caller]
    fn wait_until_idle(&mut self, part: &str) -> String {
        self.wait_for(&[part], &["building", "testing ", "looking for warnings"])
    }

    fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.parser
            .screen_mut()
            .set_size(cells(rows), cells(columns));
        self.master.resize(size).unwrap();
    }

    /// Whether the program is gone and has given the terminal back as it was.
    #[track_caller]
    fn is_given_back(&mut self, status: i32) {
        self.wait_for(&["same settings", &format!("status {status}")], &["─────"]);
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "the alternate screen was left");
        assert!(!screen.hide_cursor(), "the cursor is shown again");
    }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
fn a_learner_works_through_a_stage() {
    let course = Fixture::new();
    let mut terminal = Terminal::open(&course, "", 80, 24);

    let start = terminal.wait_until_idle("write double (exercises");
    insta::assert_snapshot!("start", start);

    course.edit(ALPHA, "todo!(\"return twice the number\")", "x + 2");
    let red = terminal.wait_until_idle("Likely mistake");
    insta::assert_snapshot!("red", red);

    terminal.press("h");
    terminal.wait_for(&["Which operator doubles?"], &["Multiply by two."]);
    terminal.press("h");
    let hint = terminal.wait_for(&["Multiply by two."], &[]);
    insta::assert_snapshot!("hint", hint);
    terminal.press("\x1b");
    terminal.wait_for(&["Likely mistake"], &["Multiply by two."]);

    terminal.press("d");
    terminal.wait_for(&["Show the solution before your tests are green?"], &[]);
    terminal.press("n");
    terminal.wait_for(&["Likely mistake"], &["Show the solution"]);

    course.edit(ALPHA, "x + 2", "\"two\"");
    let broken = terminal.wait_until_idle("E0308");
    insta::assert_snapshot!("broken", broken);

    course.fill_alpha();
    let green = terminal.wait_until_idle("All 3 tests of stage 01 are green.");
    insta::assert_snapshot!("green", green);

    terminal.press("d");
    terminal.wait_for(&["the same, word for word"], &[]);
    terminal.press("\x1b");
    terminal.press("x");
    terminal.wait_for(&["Put hole 2, triple, back to its beginning?"], &[]);
    terminal.press("y");
    terminal.wait_until_idle("· 2  triple");
    terminal.wait_for(&["Put back: exercises/01-alpha/src/lib.rs."], &[]);
    assert!(
        course
            .read(ALPHA)
            .contains("todo!(\"return three times the number\")")
    );

    terminal.press("q");
    terminal.is_given_back(1);
}

#[test]
fn control_c_during_a_run_ends_everything() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return twice the number\")", "loop {}");
    let mut terminal = Terminal::open(&course, "", 80, 24);
    terminal.wait_for(&["testing "], &[]);
    terminal.press("\x03");
    terminal.is_given_back(1);
    assert!(no_process_below(&course), "the hanging test was ended too");
}

#[test]
fn a_request_to_end_gives_the_terminal_back() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return twice the number\")", "loop {}");
    let mut terminal = Terminal::open(&course, "", 80, 24);
    terminal.wait_for(&["testing "], &[]);
    let learn = processes(&course)
        .into_iter()
        .find(|(_, command)| command.ends_with("/learn"))
        .expect("it runs");
    let killed = std::process::Command::new("kill")
        .arg(learn.0.to_string())
        .status()
        .unwrap();
    assert!(killed.success());
    terminal.is_given_back(1);
    assert!(no_process_below(&course), "the hanging test was ended too");
}

#[test]
fn a_save_during_a_run_begins_a_new_one() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return twice the number\")", "loop {}");
    let mut terminal = Terminal::open(&course, "", 80, 24);
    terminal.wait_for(&["testing "], &[]);
    course.fill_alpha();
    terminal.wait_until_idle("All 3 tests of stage 01 are green.");
    terminal.press("q");
    terminal.is_given_back(0);
}

#[test]
fn the_window_may_change_its_size() {
    let course = Fixture::new();
    let mut terminal = Terminal::open(&course, "", 80, 24);
    terminal.wait_until_idle("write double (exercises");
    terminal.resize(40, 10);
    terminal.wait_for(&["Make it larger"], &[]);
    terminal.resize(120, 30);
    let wide = terminal.wait_for(&["write double (exercises", "│"], &["Make it larger"]);
    insta::assert_snapshot!("wide", wide);
    terminal.press("l");
    terminal.wait_for(&["The stages", "Gamma"], &[]);
    terminal.press("jj\r");
    terminal.wait_until_idle("use beta's six_times");
    terminal.press("q");
    terminal.is_given_back(1);
}

#[test]
fn a_window_that_is_too_small_gets_lines() {
    let course = Fixture::new();
    let mut terminal = Terminal::open(&course, "", 50, 30);
    terminal.wait_for(&["This window has 50x30", "status 0"], &[]);
}

#[test]
fn watching_in_lines_reruns_on_a_save_and_ends_with_control_c() {
    let course = Fixture::new();
    let mut terminal = Terminal::open(&course, "--plain test 01 --watch", 100, 40);
    terminal.wait_for(&["write double (exercises", "waiting for a save"], &[]);
    course.fill_alpha();
    terminal.wait_for(&["All 3 tests of stage 01 are green."], &[]);
    course.edit(ALPHA, "x * 2", "loop {}");
    terminal.wait_for(&["running 3 tests"], &[]);
    terminal.press("\x03");
    terminal.is_given_back(0);
    assert!(no_process_below(&course), "the hanging test was ended too");
}

#[test]
fn control_c_at_a_question_changes_nothing() {
    let course = Fixture::new();
    course.fill_alpha();
    let mut terminal = Terminal::open(&course, "reset 01", 100, 40);
    terminal.wait_for(
        &["back to its beginning? A copy of yours is kept. [y/N]"],
        &[],
    );
    terminal.press("\x03");
    terminal.is_given_back(2);
    assert!(course.read(ALPHA).contains("x * 2"));

    let mut terminal = Terminal::open(&course, "reset 01 triple", 100, 40);
    terminal.wait_for(&["[y/N]"], &[]);
    terminal.press("y\n");
    terminal.is_given_back(0);
    assert!(!course.read(ALPHA).contains("x * 3"));
}

/// The processes whose program or folder lies in the course, or that are the course's program.
fn processes(course: &Fixture) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(number) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let folder = std::fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        let program = std::fs::read_link(entry.path().join("exe")).unwrap_or_default();
        if folder.starts_with(&course.root) {
            found.push((number, program.display().to_string()));
        }
    }
    found
}

/// Whether no test of the course runs any more. Where there is no `/proc`, nothing is seen.
fn no_process_below(course: &Fixture) -> bool {
    let target = course.path("target").display().to_string();
    processes(course)
        .iter()
        .all(|(_, program)| !program.starts_with(&target))
}
