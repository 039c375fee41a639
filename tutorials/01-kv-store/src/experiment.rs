//! The experiments that break the store.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::process::Command;
use std::{env, io};

use crate::{Store, shell};

/// The sessions of three customers, in the order in which they logged in.
pub const LOGINS: [&str; 12] = [
    "session/grace/phone",
    "session/ada/laptop",
    "session/linus/phone",
    "session/ada/phone",
    "session/grace/laptop",
    "session/linus/tablet",
    "session/ada/tablet",
    "session/linus/laptop",
    "session/grace/watch",
    "session/ada/watch",
    "session/linus/watch",
    "session/grace/tablet",
];

/// The list of all sessions, as this process happens to see it.
pub fn list() -> Vec<String> {
    let mut store = Store::new();
    for login in LOGINS {
        store.set(login, "logged in");
    }
    store.starting_with("").found
}

/// Compares the lists of several runs of the program.
pub fn order(lists: &[Vec<String>]) -> String {
    let orders: HashSet<_> = lists.iter().collect();
    let by_login = lists.iter().any(|list| list == &LOGINS);
    let sorted = lists.iter().any(|list| list.is_sorted());
    let answer = |yes| if yes { "yes" } else { "no" };
    format!(
        "runs: {}\nthe same order in all of them: {}\nby key in any of them: {}\nby time of login in any of them: {}\n",
        lists.len(),
        answer(orders.len() == 1),
        answer(sorted),
        answer(by_login),
    )
}

/// Counts the keys looked at to log one customer out of all devices: by the hash map, and by
/// a map that keeps its keys sorted and so can stop early.
pub fn scan() -> String {
    let mut report = format!(
        "{:>9}{:>7}{:>21}{:>24}\n",
        "sessions", "Ada's", "hash map looks at", "sorted map looks at"
    );
    for customers in [25, 2_500, 25_000] {
        let mut store = Store::new();
        let mut sorted = BTreeMap::new();
        for customer in 0..customers {
            for device in ["laptop", "phone", "tablet", "watch"] {
                let name = if customer == 0 {
                    "ada".to_owned()
                } else {
                    format!("user{customer}")
                };
                let key = format!("session/{name}/{device}");
                store.set(&key, "logged in");
                sorted.insert(key, "logged in");
            }
        }
        let search = store.starting_with("session/ada/");
        let (found, looked_at) = (search.found.len(), search.looked_at);
        let looked_at_sorted = starting_with_sorted(&sorted, "session/ada/");
        let total = sorted.len();
        let _ = writeln!(
            report,
            "{total:>9}{found:>7}{looked_at:>21}{looked_at_sorted:>24}"
        );
    }
    report
}

/// How many keys of a sorted map one has to look at to find those that begin with `prefix`.
fn starting_with_sorted(map: &BTreeMap<String, &str>, prefix: &str) -> usize {
    let mut looked_at = 0;
    for (key, _) in map.range(prefix.to_owned()..) {
        looked_at += 1;
        if !key.starts_with(prefix) {
            break;
        }
    }
    looked_at
}

/// Runs two commands, one after the other, on a store of this process.
pub fn session(commands: &[&str]) -> String {
    let mut store = Store::new();
    let mut report = String::new();
    for command in commands {
        let _ = writeln!(report, "  {command}: {}", shell::run(&mut store, command));
    }
    report
}

/// Runs this program once more, as a process of its own, and returns what it prints.
pub fn run_again(argument: &str) -> io::Result<String> {
    let output = Command::new(env::current_exe()?).arg(argument).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
