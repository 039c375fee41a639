//! See `tutorial_block::experiment::filters`.

fn main() {
    print!("{}", tutorial_block::experiment::filters());
}
