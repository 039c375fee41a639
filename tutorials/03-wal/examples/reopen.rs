//! A shop that remembers: the store is opened, changed, dropped, and opened again.

use std::{fs, io};

use tutorial_wal::step_2::Store;

fn main() -> io::Result<()> {
    let path = std::env::temp_dir().join(format!("gift-cards-{}.log", std::process::id()));
    let mut store = Store::open(&path)?;
    store.set("card-7", "1500")?;
    store.set("card-9", "250")?;
    store.set("card-7", "1275")?;
    store.delete("card-9")?;
    drop(store);

    println!("the log:\n{}", fs::read_to_string(&path)?);
    println!("after a restart: {:?}", Store::open(&path)?.balances());
    fs::remove_file(&path)
}
