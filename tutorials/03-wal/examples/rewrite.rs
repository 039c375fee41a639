//! What everybody does first: write the whole state to a file after every change.

use std::fmt::Write;
use std::fs::{self, File};
use std::io;

fn main() -> io::Result<()> {
    let path = std::env::temp_dir().join(format!("gift-cards-{}.txt", std::process::id()));
    let state = (0..1000).fold(String::new(), |mut state, card| {
        let _ = writeln!(state, "card-{card} 1500");
        state
    });
    fs::write(&path, &state)?;
    let (size, line) = (state.len(), "card-123 1275\n".len());
    println!("{} cards are a file of {size} bytes", state.lines().count());
    println!(
        "1000 changes, the file rewritten for each: {} bytes",
        1000 * size
    );
    println!("1000 changes, a line added for each: {} bytes", 1000 * line);

    // `fs::write` empties the file, then writes it. This is the first half, then a kill.
    File::create(&path)?;
    let cards = fs::read_to_string(&path)?.lines().count();
    println!("killed in the middle of a rewrite: {cards} cards");
    fs::remove_file(&path)
}
