//! The third experiment: a power cut, with and without `sync`.

fn main() {
    print!("{}", tutorial_wal::experiment::power_cut());
}
