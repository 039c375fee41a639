//! A block of yours, entry by entry, the steps of your searches in it, and the bits of your filter.
//!
//! Prints a trace for the picture in the book, or with `--text` the same for a terminal.
//!
//! What a search reads is found without looking into it: every entry of a copy of the block is
//! made invalid, the search runs into the first one that it reads and names its offset, that one
//! is healed, and so on until the search succeeds.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};

use bytes::Bytes;
use ferrisdb_block::{Block, Builder, Cursor, Error, Filter, FilterBuilder};
use ferrisdb_core::{InternalKey, Operation, Timestamp};
use ferrisdb_format::get_varint;
use serde_json::{Value, json};

const RESTART_INTERVAL: usize = 4;
const BITS_PER_KEY: usize = 5;
const LINE_BITS: usize = 512;

/// Key, timestamp and value; `None` is a delete.
const FRUIT: [(&str, u64, Option<&str>); 12] = [
    ("apple", 9, Some("red")),
    ("apple", 4, None),
    ("apple", 2, Some("green")),
    ("apricot", 7, Some("orange")),
    ("banana", 8, Some("yellow")),
    ("bilberry", 3, Some("")),
    ("blackberry", 6, Some("black")),
    ("blueberry", 5, Some("blue")),
    ("cherry", 12, Some("dark red")),
    ("cherry", 1, Some("red")),
    ("clementine", 10, None),
    ("date", 11, Some("brown")),
];

const SEEKS: [(&str, u64); 5] = [
    ("cherry", 12),
    ("apple", 5),
    ("bread", 9),
    ("a", 1),
    ("zebra", 1),
];

fn main() -> io::Result<()> {
    let lab = match Lab::run() {
        Ok(lab) => lab,
        Err(error) => {
            eprintln!("The lab cannot go on: {error}");
            std::process::exit(1);
        }
    };
    let mut out = io::stdout().lock();
    if std::env::args().any(|argument| argument == "--text") {
        let colours = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        out.write_all(lab.text(colours).as_bytes())
    } else {
        out.write_all(lab.trace().as_bytes())
    }
}

fn internal(user_key: &str, timestamp: u64, operation: Operation) -> InternalKey<'_> {
    InternalKey {
        user_key: user_key.as_bytes(),
        timestamp: Timestamp(timestamp),
        operation,
    }
}

/// An entry as it lies in the block, read by the lab itself.
struct Entry {
    offset: usize,
    restart: bool,
    shared: usize,
    operation_at: usize,
    fields: [(&'static str, Vec<u8>); 7],
}

/// One look of a search at an entry.
struct Look {
    entry: usize,
    /// The restart points that were still in question, and which one this is.
    restart: Option<(usize, usize, usize)>,
    order: &'static str,
}

struct Search {
    label: String,
    found: Option<usize>,
    looks: Vec<Look>,
}

struct Probe {
    key: String,
    present: bool,
    bits: Vec<usize>,
    answer: bool,
}

struct Lab {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    restarts: Vec<usize>,
    searches: Vec<Search>,
    filter: Vec<u8>,
    probes: Vec<Probe>,
}

impl Lab {
    fn run() -> Result<Self, Error> {
        let mut builder = Builder::new(RESTART_INTERVAL);
        for (key, timestamp, value) in FRUIT {
            let operation = value.map_or(Operation::Delete, |_| Operation::Put);
            let value = value.unwrap_or_default().as_bytes();
            builder.add(internal(key, timestamp, operation), value)?;
        }
        let bytes = builder.finish().to_vec();
        let restarts = restarts_of(&bytes);
        let entries = entries_of(&bytes, &restarts);
        let mut lab = Self {
            bytes,
            entries,
            restarts,
            searches: Vec::new(),
            filter: Vec::new(),
            probes: Vec::new(),
        };
        for (key, timestamp) in SEEKS {
            let search = lab.search(key, timestamp)?;
            lab.searches.push(search);
        }
        lab.probe()?;
        Ok(lab)
    }

    /// Finds out what a seek reads, one entry after the other.
    fn search(&self, key: &str, timestamp: u64) -> Result<Search, Error> {
        let target = internal(key, timestamp, Operation::Put);
        let mut bytes = self.bytes.clone();
        for entry in &self.entries {
            bytes[entry.operation_at] = 0xee;
        }
        let mut looks: Vec<Look> = Vec::new();
        let (mut low, mut high) = (0, self.restarts.len().saturating_sub(1));
        let found = loop {
            let mut cursor = Block::parse(Bytes::from(bytes.clone()))?.cursor();
            let offset = match cursor.seek(target) {
                Ok(()) => break Self::entry_at(&cursor),
                Err(Error::Damaged { offset, .. }) => offset,
                Err(error) => return Err(error),
            };
            let at = |entry: &Entry| entry.offset == offset;
            let Some(entry) = self.entries.iter().position(at) else {
                return Err(Block::parse(Bytes::new()).expect_err("it is no block"));
            };
            let heal = self.entries[entry].operation_at;
            bytes[heal] = self.bytes[heal];
            let order = Self::order(entry, target);
            let searching = looks.iter().all(|look| look.restart.is_some());
            let number = self.restarts.iter().position(|&restart| restart == offset);
            let restart = number
                .filter(|_| searching)
                .map(|number| (low, high, number));
            if let Some((.., number)) = restart {
                match order {
                    "less" => low = number + 1,
                    _ => high = number.saturating_sub(1),
                }
            }
            looks.push(Look {
                entry,
                restart,
                order,
            });
        };
        let last = looks.last().filter(|look| look.restart.is_none());
        if let Some(entry) = found.filter(|&found| last.is_none_or(|look| look.entry != found)) {
            // Its bytes had been healed by the binary search.
            let order = Self::order(entry, target);
            let restart = None;
            looks.push(Look {
                entry,
                restart,
                order,
            });
        }
        let label = format!("seek {key} @{timestamp}");
        Ok(Search {
            label,
            found,
            looks,
        })
    }

    fn entry_at(cursor: &Cursor) -> Option<usize> {
        let key = cursor.is_valid().then(|| cursor.key())?;
        FRUIT.iter().position(|&(user_key, timestamp, _)| {
            user_key.as_bytes() == key.user_key && timestamp == key.timestamp.0
        })
    }

    /// How the key of an entry compares with a target.
    fn order(entry: usize, target: InternalKey<'_>) -> &'static str {
        let Some(&(key, timestamp, value)) = FRUIT.get(entry) else {
            return "greater";
        };
        let operation = value.map_or(Operation::Delete, |_| Operation::Put);
        match internal(key, timestamp, operation).cmp(&target) {
            std::cmp::Ordering::Less => "less",
            std::cmp::Ordering::Equal => "equal",
            std::cmp::Ordering::Greater => "greater",
        }
    }

    /// A filter of 100 keys in one line, three of them, and six keys that it has never seen.
    fn probe(&mut self) -> Result<(), Error> {
        let key = |n: usize| format!("fruit/{n:03}");
        let mut builder = FilterBuilder::new(BITS_PER_KEY);
        (0..100).for_each(|n| builder.add(key(n).as_bytes()));
        self.filter = builder.finish();
        let filter = Filter::parse(Bytes::from(self.filter.clone()))?;
        let passes = |n: &usize| filter.may_contain(key(*n).as_bytes());
        let mut shown = vec![3, 50, 99];
        shown.extend((100..).filter(|n| !passes(n)).take(5));
        shown.extend((100..10_000).find(passes));
        for n in shown {
            let mut alone = FilterBuilder::new(BITS_PER_KEY);
            alone.add(key(n).as_bytes());
            self.probes.push(Probe {
                key: key(n),
                present: n < 100,
                bits: set_bits(&alone.finish()),
                answer: passes(&n),
            });
        }
        Ok(())
    }

    fn filter_bits(&self) -> &[u8] {
        &self.filter[..LINE_BITS / 8]
    }
}

/// The numbers of the bits that are set in the first line of a filter.
fn set_bits(filter: &[u8]) -> Vec<usize> {
    let is_set = |bit: &usize| filter[bit / 8] & (1 << (bit % 8)) != 0;
    (0..LINE_BITS).filter(is_set).collect()
}

fn restarts_of(bytes: &[u8]) -> Vec<usize> {
    let mut numbers = bytes.rchunks_exact(4).map(|four| {
        let four = four.try_into().unwrap_or_default();
        u32::from_le_bytes(four) as usize
    });
    let count = numbers.next().unwrap_or(0);
    let mut restarts: Vec<usize> = numbers.take(count).collect();
    restarts.reverse();
    restarts
}

/// Reads the entries by the diagram, up to the first that makes no sense.
fn entries_of(bytes: &[u8], restarts: &[usize]) -> Vec<Entry> {
    let end = bytes.len().saturating_sub(4 * (restarts.len() + 1));
    let mut entries = Vec::new();
    let mut offset = 0;
    while let Some(entry) = entry_of(&bytes[..end], offset, restarts) {
        offset += entry
            .fields
            .iter()
            .map(|(_, bytes)| bytes.len())
            .sum::<usize>();
        entries.push(entry);
    }
    entries
}

fn entry_of(bytes: &[u8], offset: usize, restarts: &[usize]) -> Option<Entry> {
    let mut input = bytes.get(offset..).filter(|rest| !rest.is_empty())?;
    let mut varint = || {
        let before = input;
        let value = get_varint(&mut input).ok()?;
        Some((
            usize::try_from(value).ok()?,
            before[..before.len() - input.len()].to_vec(),
        ))
    };
    let (shared, shared_bytes) = varint()?;
    let (suffix, suffix_bytes) = varint()?;
    let (value, value_bytes) = varint()?;
    let operation_at = bytes.len() - input.len();
    let (&operation, rest) = input.split_first()?;
    let mut input = rest;
    let before = input;
    get_varint(&mut input).ok()?;
    let timestamp = before[..before.len() - input.len()].to_vec();
    let (suffix, rest) = input.split_at_checked(suffix)?;
    let value = rest.get(..value)?;
    Some(Entry {
        offset,
        restart: restarts.contains(&offset),
        shared,
        operation_at,
        fields: [
            ("shared", shared_bytes),
            ("suffix size", suffix_bytes),
            ("value size", value_bytes),
            ("operation", vec![operation]),
            ("timestamp", timestamp),
            ("suffix", suffix.to_vec()),
            ("value", value.to_vec()),
        ],
    })
}

fn hex(bytes: &[u8]) -> String {
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.join(" ")
}

/// One value a line, so that a change of the trace can be read.
fn lines(values: &[Value]) -> String {
    let lines: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!("[\n{}\n]", lines.join(",\n"))
}

impl Lab {
    fn trace(&self) -> String {
        let entries: Vec<Value> = (self.entries.iter().zip(FRUIT))
            .map(|(entry, (key, timestamp, value))| {
                let fields = entry
                    .fields
                    .iter()
                    .map(|(name, bytes)| json!([name, hex(bytes)]));
                json!({
                    "offset": entry.offset,
                    "restart": entry.restart,
                    "shared": entry.shared,
                    "key": key,
                    "timestamp": timestamp,
                    "operation": if value.is_some() { "put" } else { "delete" },
                    "value": value.unwrap_or_default(),
                    "fields": fields.collect::<Vec<_>>(),
                })
            })
            .collect();
        let trailer_start = self.bytes.len() - 4 * (self.restarts.len() + 1);
        let trailer: Vec<Value> = (self.bytes[trailer_start..].chunks(4).enumerate())
            .map(|(number, bytes)| {
                let name = match number {
                    number if number == self.restarts.len() => "count".to_owned(),
                    number => format!("restart {number}"),
                };
                json!([name, hex(bytes)])
            })
            .collect();
        let seeks: Vec<Value> = self.searches.iter().map(Search::trace).collect();
        let probes: Vec<Value> = (self.probes.iter())
            .map(|probe| {
                json!({"key": probe.key, "present": probe.present, "bits": probe.bits, "answer": probe.answer})
            })
            .collect();
        format!(
            "{{\"widget\":\"block\",\"title\":\"Twelve versions in a block, and a filter of a hundred keys\",\
             \"size\":{},\"restart_interval\":{RESTART_INTERVAL},\n\
             \"entries\":{},\n\"trailer\":{},\n\"seeks\":{},\n\
             \"filter\":{{\"bytes\":\"{}\",\"bits_per_key\":{BITS_PER_KEY},\"line_bits\":{LINE_BITS},\"probes\":{}}}}}\n",
            self.bytes.len(),
            lines(&entries),
            lines(&trailer),
            lines(&seeks),
            hex(self.filter_bits()),
            lines(&probes),
        )
    }
}

impl Search {
    fn trace(&self) -> Value {
        let steps: Vec<Value> = (self.looks.iter())
            .map(|look| match look.restart {
                Some((low, high, number)) => json!({
                    "phase": "restart", "low": low, "high": high, "restart": number,
                    "entry": look.entry, "order": look.order,
                }),
                None => json!({"phase": "scan", "entry": look.entry, "order": look.order}),
            })
            .collect();
        let found = self.found.map_or(json!(-1), |found| json!(found));
        json!({"label": self.label, "found": found, "steps": steps})
    }
}

impl Lab {
    fn text(&self, colours: bool) -> String {
        let (grey, plain) = if colours {
            ("\x1b[90m", "\x1b[0m")
        } else {
            ("", "")
        };
        let mut text = format!(
            "Your block: {} entries in {} bytes. In parentheses: the part of a key that is not stored.\n\n",
            self.entries.len(),
            self.bytes.len()
        );
        for (entry, (key, timestamp, value)) in self.entries.iter().zip(FRUIT) {
            let (shared, rest) = key.split_at(entry.shared.min(key.len()));
            let shared = if shared.is_empty() {
                String::new()
            } else {
                format!("({shared})")
            };
            let key = format!("{shared}{rest} @{timestamp}");
            let padding = " ".repeat(18_usize.saturating_sub(key.len()));
            let key = key.replacen(
                &shared,
                &format!("{grey}{shared}{plain}"),
                usize::from(!shared.is_empty()),
            );
            let mark = if entry.restart { "restart ->" } else { "" };
            let value = value.map_or("deleted".to_owned(), |value| format!("\"{value}\""));
            let fields = entry.fields.iter().filter(|(_, bytes)| !bytes.is_empty());
            let bytes: Vec<String> = fields.map(|(_, bytes)| hex(bytes)).collect();
            let _ = writeln!(
                text,
                "{mark:>10} {:04x}  {key}{padding} {value:10}  {}",
                entry.offset,
                bytes.join(" ")
            );
        }
        let restarts: Vec<String> = self.restarts.iter().map(|at| format!("{at:04x}")).collect();
        let _ = writeln!(text, "\n  restart points: {}", restarts.join(", "));
        text += "\nWhat your searches looked at: restart points (and which were left to choose from), then\n\
                 entry by entry. What was looked at before is not seen a second time.\n";
        for search in &self.searches {
            text += &search.text();
        }
        self.filter_text(&mut text);
        text
    }

    fn filter_text(&self, text: &mut String) {
        let _ = writeln!(
            text,
            "\nYour filter: 100 keys with {BITS_PER_KEY} bits each in one line of {LINE_BITS} bits, {} of them set (#).\n",
            set_bits(&self.filter).len()
        );
        for line in self.filter_bits().chunks(8) {
            let bit = |n: usize| {
                if line[n / 8] & (1 << (n % 8)) == 0 {
                    '.'
                } else {
                    '#'
                }
            };
            let _ = writeln!(text, "  {}", (0..64).map(bit).collect::<String>());
        }
        text.push('\n');
        let set: BTreeSet<usize> = set_bits(&self.filter).into_iter().collect();
        for probe in &self.probes {
            let bits: Vec<String> = (probe.bits.iter())
                .map(|bit| format!("{bit}{}", if set.contains(bit) { "#" } else { "." }))
                .collect();
            let verdict = match (probe.present, probe.answer) {
                (true, true) => "may be there, and is",
                (false, false) => "is not there",
                (false, true) => "may be there, but is not: a false positive",
                (true, false) => "is not there, says the filter, and that is WRONG",
            };
            let _ = writeln!(
                text,
                "  {:9}  bits {:18} {verdict}",
                probe.key,
                bits.join(" ")
            );
        }
    }
}

impl Search {
    fn text(&self) -> String {
        let found = self
            .found
            .map_or("nothing: it is behind the last".to_owned(), |found| {
                format!("{} @{}", FRUIT[found].0, FRUIT[found].1)
            });
        let mut text = format!("\n  {}: {found}\n", self.label);
        for look in &self.looks {
            let (key, timestamp, _) = FRUIT[look.entry.min(FRUIT.len() - 1)];
            let what = match look.restart {
                Some((low, high, number)) => {
                    format!("restart point {number}, left {low} to {high}")
                }
                None => "entry by entry".to_owned(),
            };
            let order = match look.order {
                "less" => "before the target",
                "equal" => "the target",
                _ => "after the target",
            };
            let _ = writeln!(text, "    {what:28}  {key} @{timestamp}: {order}");
        }
        text
    }
}
