//! What does it cost to keep cards in order?

fn main() {
    print!("{}", tutorial_skip_list::experiment::sorted());
}
