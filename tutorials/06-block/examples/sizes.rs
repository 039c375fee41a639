//! See `tutorial_block::experiment::sizes`.

fn main() {
    print!("{}", tutorial_block::experiment::sizes());
}
