//! The first experiment: cut the log after every byte.

fn main() {
    print!("{}", tutorial_wal::experiment::cuts());
}
