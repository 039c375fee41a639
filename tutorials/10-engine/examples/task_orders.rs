//! The second experiment: every order of the tasks of a flush.

use std::fmt::Write;
use std::io;
use std::path::Path;

use tutorial_engine::experiment::{lost_after, name};
use tutorial_engine::step_3::Task;

fn main() -> io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", orders(directory.path())?);
    Ok(())
}

/// Every order of the three tasks, killed at every moment.
fn orders(directory: &Path) -> io::Result<String> {
    use Task::{Log, Manifest, Table};
    let mut out = String::new();
    for order in [
        [Table, Log, Manifest],
        [Log, Table, Manifest],
        [Log, Manifest, Table],
        [Manifest, Log, Table],
        [Manifest, Table, Log],
        [Table, Manifest, Log],
    ] {
        let outcomes = (0..=3).map(|done| lost_after(directory, &order[..done]));
        let outcomes = outcomes.collect::<io::Result<Vec<_>>>()?;
        let bad = outcomes
            .iter()
            .filter(|&outcome| outcome != "nothing is lost");
        let [first, second, third] = order.map(name);
        let _ = writeln!(
            out,
            "{first:8} {second:8} {third:8} {} of 4 moments are bad",
            bad.count()
        );
    }
    Ok(out)
}
