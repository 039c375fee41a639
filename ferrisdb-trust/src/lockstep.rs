//! Long random histories, the database and a map side by side.

use ferrisdb_testkit::{FaultyFs, MemFs};

use crate::failure::caught;
use crate::history::{Generator, Step};
use crate::setup::Setup;
use crate::subject::Subject;

/// How many steps one database lives through.
const LIFE: u64 = 400;

/// Lives until so many steps are done in all, and counts them.
pub(crate) fn run(first_seed: u64, operations: u64, done: &mut u64) -> Result<(), String> {
    for seed in first_seed.. {
        let steps = Generator::new(seed).steps(LIFE);
        let failed = life(seed, &steps, done);
        failed.map_err(|failure| explain(seed, steps, &failure))?;
        if *done >= operations {
            break;
        }
    }
    Ok(())
}

/// One database through a list of steps, which it counts.
fn life(seed: u64, steps: &[Step], done: &mut u64) -> Result<(), String> {
    caught(|| {
        let mut subject = Subject::new(Setup::from_seed(seed), FaultyFs::new(MemFs::new()));
        subject.open()?;
        for (index, step) in steps.iter().enumerate() {
            *done += 1;
            let result = subject.step(step);
            result.map_err(|said| {
                let said = said.unwrap_or_else(|| "an error on a disk that works".to_owned());
                format!("step {}, {step:?}: {said}", index + 1)
            })?;
        }
        Ok(())
    })
}

/// Leaves out steps as long as what is left still fails, and tells the story.
fn explain(seed: u64, mut steps: Vec<Step>, failure: &str) -> String {
    let mut last = failure.to_owned();
    let mut size = steps.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + size).min(steps.len()));
            match life(seed, &fewer, &mut 0) {
                Err(failure) => {
                    last = failure;
                    steps = fewer;
                }
                Ok(()) => at += size,
            }
        }
        size /= 2;
    }
    let story = steps.iter().enumerate();
    let story = story.map(|(index, step)| format!("  {}. {step:?}", index + 1));
    let story = story.collect::<Vec<_>>().join("\n");
    format!(
        "{last}\nseed {seed}, {:?}\nthe shortest history that was found:\n{story}",
        Setup::from_seed(seed)
    )
}
