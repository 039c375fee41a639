//! The second experiment: how many keys it takes to find one customer's.

fn main() {
    print!("{}", tutorial_kv_store::experiment::scan());
}
