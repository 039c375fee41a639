//! Step 4: a line for each change as a whole, appended.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::step_3::whole_lines;
use crate::{Change, Files};

/// Appends the change.
pub fn append(path: &Path, change: &Change) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(line(change).as_bytes())?;
    file.sync_data()
}

/// The line of a change.
pub fn line(change: &Change) -> String {
    format!("{}\n", json!({"remove": change.remove, "add": change.add}))
}

/// Follows all changes from the first. A line that is none is passed over.
pub fn load(path: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for line in whole_lines(&fs::read_to_string(path)?) {
        if let Ok(value) = serde_json::from_str::<Value>(line) {
            let numbers = |of: &str| {
                let array = value[of].as_array().into_iter().flatten();
                array.filter_map(Value::as_u64).collect()
            };
            let (add, remove) = (numbers("add"), numbers("remove"));
            files = Change { add, remove }.apply(&files);
        }
    }
    Ok(files)
}
