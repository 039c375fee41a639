//! The database as a program: `cargo run -p tutorial-engine --example toy -- DIRECTORY`, then type
//! commands. With `--demo` it runs some of its own in a directory that goes away.

use std::io;
use std::path::Path;

use tutorial_engine::shell;
use tutorial_engine::step_3::Toy;

const FULL: usize = 4;

fn main() -> io::Result<()> {
    match std::env::args().nth(1) {
        None => {
            eprintln!("In which directory? Try: --example toy -- /tmp/toy");
            Ok(())
        }
        Some(argument) if argument == "--demo" => demo(tempfile::tempdir()?.path()),
        Some(directory) => {
            let mut toy = Toy::open(Path::new(&directory), FULL)?;
            for line in io::stdin().lines() {
                match shell::run(&mut toy, &line?) {
                    Ok(answer) => println!("{answer}"),
                    Err(error) => println!("error: {error}"),
                }
            }
            Ok(())
        }
    }
}

fn demo(directory: &Path) -> io::Result<()> {
    let before = [
        "put apple red",
        "put plum blue",
        "put grape green",
        "state",
        "put cherry dark red",
        "state",
        "delete plum",
        "put apple green",
    ];
    let after = ["state", "get apple", "get plum", "get cherry", "scan"];
    let mut toy = Toy::open(directory, FULL)?;
    for (n, command) in before.into_iter().chain(after).enumerate() {
        if n == before.len() {
            println!("-- killed, and opened again --");
            toy = Toy::open(directory, FULL)?;
        }
        println!("> {command}\n{}", shell::run(&mut toy, command)?);
    }
    Ok(())
}
