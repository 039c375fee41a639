//! The problem: a million prices are loaded to look up one.

fn main() {
    print!("{}", tutorial_sstable::experiment::load_all());
}
