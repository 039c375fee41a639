//! The second experiment: flip every bit of the log.

fn main() {
    print!("{}", tutorial_wal::experiment::flips());
}
