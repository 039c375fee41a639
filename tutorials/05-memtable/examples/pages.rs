//! The second experiment: a report in pages, and a transfer between two of them.

fn main() {
    print!("{}", tutorial_memtable::experiment::pages());
}
