//! A database in ten lines. Run it twice: the second run finds what the first one wrote.

use ferrisdb_storage::{Db, Error};

fn main() -> Result<(), Error> {
    let db = Db::open("hello.db")?;
    let runs = db.get("runs")?.map_or(0, |value| value.len());
    db.put("runs", "x".repeat(runs + 1))?;
    db.put(format!("run {runs}"), "was here")?;
    for pair in db.scan("run ".."run!") {
        let (key, value) = pair?;
        println!("{} {}", key.escape_ascii(), value.escape_ascii());
    }
    db.close()
}
