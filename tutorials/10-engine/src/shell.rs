//! A line of text in, an answer out.

use std::io;

use crate::step_3::Toy;

/// Runs one command on the database.
pub fn run(toy: &mut Toy, line: &str) -> io::Result<String> {
    let mut words = line.splitn(3, ' ');
    let command = words.next().unwrap_or_default();
    match (command, words.next(), words.next()) {
        ("put", Some(key), Some(value)) => toy.write(key, Some(value)).map(|()| "done".to_owned()),
        ("delete", Some(key), None) => toy.write(key, None).map(|()| "done".to_owned()),
        ("get", Some(key), None) => Ok(toy.get(key)?.unwrap_or_else(|| "nothing".to_owned())),
        ("scan", None, None) => {
            let pairs = toy.scan()?.into_iter();
            let pairs = pairs.map(|(key, value)| format!("{key} = {value}"));
            Ok(pairs.collect::<Vec<_>>().join(", "))
        }
        ("flush", None, None) => toy.flush().map(|()| "done".to_owned()),
        ("state", None, None) => Ok(toy.state()),
        _ => Ok("try: put KEY VALUE, get KEY, delete KEY, scan, flush, state".to_owned()),
    }
}
