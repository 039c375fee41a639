//! The first experiment: the same program, run twenty times.

use std::{env, io};

use tutorial_kv_store::experiment;

fn main() -> io::Result<()> {
    if env::args().any(|argument| argument == "list") {
        println!("{}", experiment::list().join("\n"));
        return Ok(());
    }
    let mut lists = Vec::new();
    for _run in 0..20 {
        let printed = experiment::run_again("list")?;
        lists.push(printed.lines().map(str::to_owned).collect());
    }
    print!("{}", experiment::order(&lists));
    Ok(())
}
