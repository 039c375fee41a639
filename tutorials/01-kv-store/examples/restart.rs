//! The third experiment: one process writes, the next one reads.

use std::{env, io};

use tutorial_kv_store::experiment;

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("first") => print!(
            "{}",
            experiment::session(&["set session/ada/phone logged-in", "get session/ada/phone"])
        ),
        Some(_) => print!("{}", experiment::session(&["get session/ada/phone"])),
        None => {
            println!(
                "the first process:\n{}",
                experiment::run_again("first")?.trim_end()
            );
            println!(
                "the second process:\n{}",
                experiment::run_again("second")?.trim_end()
            );
        }
    }
    Ok(())
}
