//! A terminal in which to play with the store of stage 01.
//!
//! Each line typed is one call. The lab makes the call on the store, prints the answer, and
//! draws the whole map with a mark at each entry that the call had to do with. Time stands
//! still until `tick` moves it. With `--text` it plays a fixed demonstration instead.
//!
//! A call that reaches a hole which is not filled yet says so, and the lab goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, IsTerminal, Write};
use std::panic::{self, AssertUnwindSafe};

use kv_store::{Entry, Store, prefix_end};

const HELP: &str = r#"
  set KEY VALUE [TTL]          write, for good or for TTL milliseconds
  get KEY                      read
  delete KEY                   remove
  scan [START [END]]           all keys, those from START on, or START..END
  prefix PREFIX                the keys that begin with PREFIX
  cas KEY EXPECTED NEW [TTL]   write NEW if KEY holds EXPECTED; - means "nothing"
  find KEY                     look up, ignoring upper and lower case
  tick MS                      let MS milliseconds go by
  purge                        free what has expired
  dump                         draw the map
  help, quit

  Words are separated by spaces. "" is the empty word, \xFF the byte 255.

  Marks: + new   ~ changed   - removed   > returned   x expired, still in memory
"#;

const DEMO: &str = r"
set cherry dark
set apple red
set banana yellow 3000
scan b
tick 2999
get banana
tick 1
get banana
cas banana yellow brown
cas banana - green 500
set Apple fruit
find APPLE
set app\xFF edge
prefix app
tick 500
delete banana
dump
";

fn main() -> io::Result<()> {
    // A hole that is not filled yet panics; `Lab::call` reports it in its own words.
    panic::set_hook(Box::new(|_| {}));
    let mut lab = Lab::default();
    if std::env::args().any(|argument| argument == "--text") {
        for line in DEMO.trim().lines() {
            println!("> {line}");
            lab.line(line);
        }
        return Ok(());
    }
    println!("A store, and a clock that only `tick` moves. Type `help` for the calls.");
    let typed = io::stdin().is_terminal();
    let mut lines = io::stdin().lock().split(b'\n');
    loop {
        print!("> ");
        io::stdout().flush()?;
        let Some(line) = lines.next().transpose()? else {
            println!();
            return Ok(());
        };
        let line = String::from_utf8_lossy(&line);
        if !typed {
            println!("{line}");
        }
        if line.trim() == "quit" {
            return Ok(());
        }
        lab.line(&line);
    }
}

/// What is in memory: the lab compares it before and after a call.
type Map = BTreeMap<Vec<u8>, Entry>;

/// A pair that a call returned.
type Pair = (Vec<u8>, Vec<u8>);

/// What a call answered: a line of text, and the keys that it returned.
struct Answer {
    text: String,
    returned: BTreeSet<Vec<u8>>,
}

#[derive(Default)]
struct Lab {
    store: Store,
    now_ms: u64,
}

impl Lab {
    /// Runs one line and prints what became of it.
    fn line(&mut self, line: &str) {
        let words: Result<Vec<_>, String> = line.split_whitespace().map(unescape).collect();
        let words = match words {
            Ok(words) => words,
            Err(problem) => return println!("  {problem}"),
        };
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        match words[..] {
            [] => {}
            [b"help"] => println!("{HELP}"),
            _ => {
                let before = self.map();
                match self.call(&words) {
                    Ok(answer) => self.draw(&before, &answer),
                    Err(problem) => println!("  {problem}"),
                }
            }
        }
    }

    /// Makes the call that the words stand for. A panic inside the store becomes an error.
    fn call(&mut self, words: &[&[u8]]) -> Result<Answer, String> {
        let calling = panic::catch_unwind(AssertUnwindSafe(|| self.dispatch(words)));
        calling.unwrap_or_else(|payload| {
            let message = payload.downcast_ref::<String>().map(String::as_str);
            let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
            let message = message.unwrap_or("no message");
            Err(match message.strip_prefix("not yet implemented: ") {
                Some(todo) => format!("this call needs a hole that is still empty: {todo}"),
                None => format!("your code panicked: {message}"),
            })
        })
    }

    fn dispatch(&mut self, words: &[&[u8]]) -> Result<Answer, String> {
        let now_ms = self.now_ms;
        let store = &mut self.store;
        let answer = match words {
            [b"set", key, value] => {
                store.set(key, value);
                answer("done", [])
            }
            [b"set", key, value, ttl_ms] => {
                store.set_with_ttl(key, value, number(ttl_ms)?, now_ms);
                answer("done", [])
            }
            [b"get", key] => match store.get(key, now_ms) {
                Some(value) => answer(quoted(value), [key.to_vec()]),
                None => answer("nothing", []),
            },
            [b"delete", key] => answer(store.delete(key, now_ms).to_string(), []),
            [b"scan"] => found("all keys", store.iter(now_ms).map(owned)),
            [b"scan", start] => found(
                &format!("from {}", quoted(start)),
                store.scan(*start.., now_ms).map(owned),
            ),
            [b"scan", start, end] => found(
                &format!("{}..{}", quoted(start), quoted(end)),
                store.scan(*start..*end, now_ms).map(owned),
            ),
            [b"prefix", prefix] => {
                let end = prefix_end(prefix).map_or("the end".to_owned(), |end| quoted(&end));
                let range = format!("from {} to {end}", quoted(prefix));
                found(&range, store.scan_prefix(prefix, now_ms).map(owned))
            }
            [b"find", key] => {
                let pairs = store.find_ignoring_case(key, now_ms);
                found("in any case", pairs.into_iter().map(owned))
            }
            [b"cas", key, expected, new, rest @ ..] => {
                let new = match rest {
                    [] => Entry::forever(new),
                    [ttl_ms] => Entry::expiring(new, number(ttl_ms)?, now_ms),
                    _ => return Err("too many words for `cas`; see `help`".to_owned()),
                };
                let expected = (*expected != b"-").then_some(*expected);
                match store.compare_and_set(key, expected, new, now_ms) {
                    Ok(()) => answer("done", []),
                    Err(conflict) => answer(format!("conflict: {conflict}"), []),
                }
            }
            [b"tick", ms] => {
                self.now_ms = now_ms.saturating_add(number(ms)?);
                answer(format!("it is {} ms", self.now_ms), [])
            }
            [b"purge"] => answer(format!("{} freed", store.purge_expired(now_ms)), []),
            [b"dump"] => answer(format!("{} in memory", store.entries().len()), []),
            _ => return Err("no such call; type `help`".to_owned()),
        };
        Ok(answer)
    }

    fn map(&self) -> Map {
        let entries = self.store.entries();
        entries
            .map(|(key, entry)| (key.to_vec(), entry.clone()))
            .collect()
    }

    /// Prints the answer, and the map with its marks.
    fn draw(&self, before: &Map, answer: &Answer) {
        println!("  {}", answer.text);
        let after = self.map();
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let widths = keys.iter().map(|key| quoted(key).len());
        let width = widths.max().unwrap_or(0);
        println!("    ┌─ {} ms", self.now_ms);
        for key in keys {
            let (old, new) = (before.get(key), after.get(key));
            let Some(entry) = new.or(old) else { continue };
            let expired = entry.expires_at_ms().is_some_and(|end| end <= self.now_ms);
            let mark = match (old, new) {
                (None, _) => '+',
                (_, None) => '-',
                (Some(old), Some(new)) if old != new => '~',
                _ if answer.returned.contains(key) => '>',
                _ if expired => 'x',
                _ => ' ',
            };
            let (key, value) = (quoted(key), quoted(entry.value()));
            let until = self.until(entry);
            println!("  {mark} │ {key:width$}  {value}{until}");
        }
        println!("    └─");
    }

    /// When an entry ends, seen from now.
    fn until(&self, entry: &Entry) -> String {
        match entry.expires_at_ms() {
            None => String::new(),
            Some(end) if end <= self.now_ms => format!("  expired at {end} ms"),
            Some(end) => format!("  until {end} ms, {} left", end - self.now_ms),
        }
    }
}

fn answer<const N: usize>(text: impl Into<String>, returned: [Vec<u8>; N]) -> Answer {
    Answer {
        text: text.into(),
        returned: returned.into(),
    }
}

/// The answer of a call that returns pairs.
fn found(what: &str, pairs: impl Iterator<Item = Pair>) -> Answer {
    let pairs: Vec<_> = pairs.collect();
    let keys: Vec<_> = pairs.iter().map(|(key, _)| quoted(key)).collect();
    Answer {
        text: format!("{what}: {} found: {}", keys.len(), keys.join(" "))
            .trim_end_matches([':', ' '])
            .to_owned(),
        returned: pairs.into_iter().map(|(key, _)| key).collect(),
    }
}

fn owned((key, value): (&[u8], &[u8])) -> Pair {
    (key.to_vec(), value.to_vec())
}

fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

fn number(word: &[u8]) -> Result<u64, String> {
    let text = String::from_utf8_lossy(word);
    text.parse()
        .map_err(|_| format!("{text:?} is no number of milliseconds"))
}

/// A word as typed to the bytes it means: `""` is empty, `\xFF` a byte, `\\` a backslash.
fn unescape(word: &str) -> Result<Vec<u8>, String> {
    if word == "\"\"" {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    let mut rest = word.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, rest) {
            (b'\\', [b'\\', after @ ..]) => {
                bytes.push(b'\\');
                rest = after;
            }
            (b'\\', [b'x', high, low, after @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).unwrap_or("");
                let value = u8::from_str_radix(digits, 16);
                bytes.push(value.map_err(|_| format!("{word}: two digits 0-9, A-F after \\x"))?);
                rest = after;
            }
            (b'\\', _) => {
                return Err(format!(
                    "{word}: write \\\\ for a backslash, \\xFF for a byte"
                ));
            }
            _ => bytes.push(byte),
        }
    }
    Ok(bytes)
}
