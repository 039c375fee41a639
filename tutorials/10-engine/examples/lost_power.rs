//! The third experiment: a power cut, and nothing was synced.

use std::fmt::Write;
use std::io;
use std::path::Path;

use tutorial_engine::experiment::{lost_after, name};
use tutorial_engine::step_3::Task;

fn main() -> io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", power_cut(directory.path())?);
    Ok(())
}

/// Each task is on the disk, or is not.
fn power_cut(directory: &Path) -> io::Result<String> {
    let mut out = String::new();
    for bits in 0..8_u8 {
        let all = [Task::Table, Task::Manifest, Task::Log];
        let kept: Vec<Task> = (0..3)
            .filter(|n| bits >> n & 1 == 1)
            .map(|n| all[n])
            .collect();
        let names: Vec<&str> = kept.iter().map(|&task| name(task)).collect();
        let names = if names.is_empty() {
            "nothing".to_owned()
        } else {
            names.join(", ")
        };
        let _ = writeln!(
            out,
            "{names:20} on the disk: {}",
            lost_after(directory, &kept)?
        );
    }
    Ok(out)
}
