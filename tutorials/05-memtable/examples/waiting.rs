//! The first experiment: who waits while the report is made?

fn main() {
    print!("{}", tutorial_memtable::experiment::waiting());
}
