//! A line of text in, a line of text out.

use crate::Store;

/// Runs one command on the store and returns its answer.
pub fn run(store: &mut Store, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["set", key, value] => {
            store.set(key, value);
            "done".to_owned()
        }
        ["get", key] => store.get(key).unwrap_or("nothing").to_owned(),
        ["delete", key] => store.delete(key).to_string(),
        _ => "try: set KEY VALUE, get KEY, delete KEY".to_owned(),
    }
}
