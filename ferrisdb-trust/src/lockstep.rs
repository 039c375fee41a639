//! Long random histories, the database and a map side by side.

use std::panic::{self, AssertUnwindSafe};

use ferrisdb_testkit::{FaultyFs, MemFs};

use crate::history::{Generator, Step};
use crate::subject::{Setup, Subject};

/// How many steps one database lives through.
const LIFE: u64 = 400;

/// Lives until so many steps are done in all. Returns how many there were.
pub(crate) fn run(first_seed: u64, operations: u64) -> Result<u64, String> {
    let mut done = 0;
    let mut seed = first_seed;
    while done < operations {
        let steps = Generator::new(seed).steps(LIFE);
        if let Err(failure) = life(seed, &steps) {
            return Err(explain(seed, steps, &failure));
        }
        done += LIFE;
        seed += 1;
    }
    Ok(done)
}

/// One database through a list of steps.
fn life(seed: u64, steps: &[Step]) -> Result<(), String> {
    let attempt = || {
        let mut subject = Subject::new(Setup::from_seed(seed), FaultyFs::new(MemFs::new()));
        subject.open()?;
        for (index, step) in steps.iter().enumerate() {
            let result = subject.step(step);
            result.map_err(|said| {
                let said = said.unwrap_or_else(|| "an error on a disk that works".to_owned());
                format!("step {}, {step:?}: {said}", index + 1)
            })?;
        }
        Ok(())
    };
    panic::catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        Err(format!("it panicked: {}", text.unwrap_or_default()))
    })
}

/// Leaves out steps as long as what is left still fails, and tells the story.
fn explain(seed: u64, mut steps: Vec<Step>, failure: &str) -> String {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let mut last = failure.to_owned();
    let mut size = steps.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + size).min(steps.len()));
            match life(seed, &fewer) {
                Err(failure) => {
                    last = failure;
                    steps = fewer;
                }
                Ok(()) => at += size,
            }
        }
        size /= 2;
    }
    panic::set_hook(hook);
    let story = steps.iter().enumerate();
    let story = story.map(|(index, step)| format!("  {}. {step:?}", index + 1));
    let story = story.collect::<Vec<_>>().join("\n");
    format!(
        "{last}\nseed {seed}, {:?}\nthe shortest history that was found:\n{story}",
        Setup::from_seed(seed)
    )
}
