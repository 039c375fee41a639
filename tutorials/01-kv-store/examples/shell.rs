//! The store as a program: type commands, read answers.

use std::io;

use tutorial_kv_store::{Store, shell};

fn main() -> io::Result<()> {
    let mut store = Store::new();
    for line in io::stdin().lines() {
        println!("{}", shell::run(&mut store, &line?));
    }
    Ok(())
}
