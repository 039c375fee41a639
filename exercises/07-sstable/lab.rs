//! Your table as a map of blocks, and what your reader does to find a key in it.
//!
//! Prints a trace for the picture in the book, or with `--text` the same for a terminal.
//! Everything is recorded: what a lookup touched is what it tells, and the reads are those that
//! the file system saw.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::sync::Arc;

use ferrisdb_core::{Found, InternalKey, Operation, Timestamp};
use ferrisdb_sstable::{
    Cache, Cursor, Handle, Kind, Options, Origin, OwnedKey, Part, Piece, ReadOptions, Result,
    Table, Touch, Writer,
};
use ferrisdb_testkit::{FaultyFs, IoKind, MemFs};
use serde_json::{Value, json};

use support::{delete, directory, environment, open_with, path, put};

#[path = "tests/support/mod.rs"]
mod support;

const NUMBER: u64 = 7;

/// The shop's fruit, in order; every fourth price was changed, every ninth article is gone.
const FRUIT: [&str; 30] = [
    "apple",
    "apricot",
    "avocado",
    "banana",
    "bilberry",
    "blackberry",
    "blueberry",
    "cherry",
    "clementine",
    "coconut",
    "currant",
    "date",
    "elderberry",
    "fig",
    "gooseberry",
    "grape",
    "grapefruit",
    "guava",
    "kiwi",
    "lemon",
    "lime",
    "lychee",
    "mango",
    "melon",
    "orange",
    "papaya",
    "peach",
    "pear",
    "plum",
    "quince",
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

/// Writes the table. Blocks and parts of the index are small, so that there are some.
fn write(fs: &FaultyFs) -> Result<()> {
    let options = Options::default()
        .block_size(150)
        .restart_interval(4)
        .index_part_size(100);
    let environment = environment(fs.clone());
    let mut writer = Writer::create(&environment, directory(), NUMBER, options)?;
    for (n, fruit) in (0..).zip(FRUIT) {
        let price = |cents: u64| format!("{} cents, and {} cents a box", cents, cents * 10);
        if n % 9 == 8 {
            writer.add(delete(fruit.as_bytes(), 9), b"")?;
        }
        if n % 4 == 3 {
            writer.add(put(fruit.as_bytes(), 8), price(55 + n).as_bytes())?;
        }
        writer.add(put(fruit.as_bytes(), 3), price(50 + n).as_bytes())?;
    }
    writer.finish().map(drop)
}

/// A part of the file, with what is in it.
struct Block {
    piece: Piece,
    kind: &'static str,
    /// What a data block holds.
    data: Option<Data>,
}

struct Data {
    first: String,
    last: String,
    entries: usize,
    raw: usize,
    compression: &'static str,
}

/// Something that was asked of the table, and what your crate did.
struct Lookup {
    label: String,
    result: String,
    steps: Vec<Value>,
}

struct Lab {
    fs: FaultyFs,
    size: u64,
    blocks: Vec<Block>,
    lookups: Vec<Lookup>,
}

impl Lab {
    fn run() -> Result<Self> {
        let fs = FaultyFs::new(MemFs::new());
        write(&fs)?;
        let mut lab = Self {
            size: 0,
            blocks: Vec::new(),
            lookups: Vec::new(),
            fs,
        };
        lab.find_blocks()?;
        let table = lab.open()?;
        lab.get(&table, "grape", 9)?;
        lab.get(&table, "grape", 9)?;
        lab.get(&table, "elderberry", 2)?;
        lab.get(&table, "tomato", 9)?;
        let stranger = false_positive(&table)?;
        lab.get(&table, &stranger, 9)?;
        lab.scan(&table, "lemon", 9)?;
        Ok(lab)
    }

    /// The map of the file. The table that is asked for it has a cache of its own.
    fn find_blocks(&mut self) -> Result<()> {
        let cache = Arc::new(Cache::new(1 << 20));
        let table = open_with(self.fs.clone(), NUMBER, &cache, &ReadOptions::default())?;
        let bytes = self.fs.disk().read(path(NUMBER)).unwrap_or_default();
        self.size = table.size();
        for piece in table.pieces()? {
            let kind = match piece.part {
                Part::Header => "header",
                Part::Data => "data",
                Part::Index if piece.handle == table.footer().index => "top",
                Part::Index => "index",
                Part::Filter => "filter",
                Part::Properties => "properties",
                _ => "footer",
            };
            let data = (piece.part == Part::Data)
                .then(|| data_of(&table, piece.handle, &bytes))
                .transpose()?;
            let kind = match kind {
                "top" if table.footer().index_levels == 1 => "index",
                kind => kind,
            };
            self.blocks.push(Block { piece, kind, data });
        }
        Ok(())
    }

    /// The number of the part at an offset.
    fn at(&self, offset: u64) -> usize {
        let behind = |block: &Block| block.piece.handle.offset <= offset;
        self.blocks.iter().rposition(behind).unwrap_or(0)
    }

    /// What the file system has read since there were `before` operations.
    fn reads_since(&self, before: u64) -> Vec<Value> {
        let log = self.fs.log();
        let reads = log
            .iter()
            .filter(|io| io.number >= before && io.kind == IoKind::Read);
        let read = |offset: u64, size: u64| {
            let (first, last) = (self.at(offset), self.at(offset + size.saturating_sub(1)));
            let mut step = json!({"what": "read", "block": first, "bytes": size});
            if last > first {
                step["through"] = json!(last);
            }
            step["text"] = json!(self.read_text(first, last));
            step
        };
        reads.map(|io| read(io.offset, io.size)).collect()
    }

    fn read_text(&self, first: usize, last: usize) -> String {
        let Block { kind, data, .. } = &self.blocks[first];
        match (*kind, data) {
            _ if last > first && *kind != "data" => {
                "everything behind the data: index, filter, properties".into()
            }
            _ if last > first => {
                format!("{} blocks at once, for what comes next", last - first + 1)
            }
            ("header", _) => "the header: right magic, checksum, file number".into(),
            ("footer", _) => "the footer: where everything else is".into(),
            (_, Some(data)) if data.compression == "none" => "checksum right".into(),
            (_, Some(data)) => {
                format!("checksum right; {} bytes once decompressed", data.raw)
            }
            (kind, None) => format!("the {kind}"),
        }
    }

    fn open(&mut self) -> Result<Table> {
        let before = self.fs.operations();
        let cache = Arc::new(Cache::new(1 << 20));
        let table = open_with(self.fs.clone(), NUMBER, &cache, &ReadOptions::default())?;
        let properties = table.properties();
        let key = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
        let result = format!(
            "{} entries in {} data blocks, keys {} to {}",
            properties.entries,
            properties.data_blocks,
            key(&properties.smallest_key),
            key(&properties.largest_key)
        );
        let steps = self.reads_since(before);
        self.lookups.push(Lookup {
            label: "open".into(),
            result,
            steps,
        });
        Ok(table)
    }

    fn get(&mut self, table: &Table, key: &str, as_of: u64) -> Result<()> {
        let mut touched = Vec::new();
        let mut tell = |touch| touched.push(touch);
        let found = table.lookup(key.as_bytes(), Timestamp(as_of), &mut tell)?;
        let result = match &found {
            Some(Found::Value(value)) => String::from_utf8_lossy(value).into_owned(),
            Some(Found::Deleted) => "deleted".into(),
            None => "not in this table".into(),
        };
        let mut steps = Vec::new();
        for (n, touch) in touched.iter().enumerate() {
            steps.extend(self.step(touch, touched.get(n + 1)));
        }
        if let Some(last) = touched.last().filter(|touch| touch.part == Part::Data) {
            let block = self.at(last.handle.offset);
            steps.push(match &found {
                Some(_) => json!({"what": "entry", "block": block, "text": self.entry(block, key, as_of)}),
                None => json!({"what": "none", "block": block, "text": format!("no version of {key} in it")}),
            });
        }
        self.lookups.push(Lookup {
            label: format!("get {key} as of {as_of}"),
            result,
            steps,
        });
        Ok(())
    }

    /// One part that was touched, as a step or two.
    fn step(&self, touch: &Touch, next: Option<&Touch>) -> Vec<Value> {
        let block = self.at(touch.handle.offset);
        let mut steps = match touch.from {
            Origin::Memory => Vec::new(),
            Origin::Cache => {
                vec![json!({"what": "hit", "block": block, "text": "it is in the cache"})]
            }
            Origin::File => {
                let (bytes, text) = (touch.handle.size, self.read_text(block, block));
                vec![json!({"what": "read", "block": block, "bytes": bytes, "text": text})]
            }
        };
        match (touch.part, next) {
            (Part::Filter, _) => {
                let answer = next.is_some();
                let text = if answer {
                    "it may be there"
                } else {
                    "certainly not there"
                };
                steps.push(
                    json!({"what": "filter", "block": block, "answer": answer, "text": text}),
                );
            }
            (Part::Index, Some(next)) => {
                let to = self.at(next.handle.offset);
                let text = match &self.blocks[to].piece.separator {
                    Some(key) => format!("the first key at or behind it is {}", short(key)),
                    None => "it leads on".into(),
                };
                steps.push(json!({"what": "index", "block": block, "to": to, "text": text}));
            }
            (Part::Index, None) => {
                let text = "all keys of the table are below it";
                steps.push(json!({"what": "none", "block": block, "text": text}));
            }
            _ => {}
        }
        steps
    }

    /// The version that a reader finds in a block, as text.
    fn entry(&self, block: usize, key: &str, as_of: u64) -> String {
        let find = || {
            let cache = Arc::new(Cache::new(0));
            let table = open_with(self.fs.clone(), NUMBER, &cache, &ReadOptions::default()).ok()?;
            let handle = self.blocks[block].piece.handle;
            let block = table.block(Kind::Data, handle, &mut |_| ()).ok()?;
            let mut cursor = block.cursor();
            cursor.seek(put(key.as_bytes(), as_of)).ok()?;
            cursor
                .is_valid()
                .then(|| entry_text(cursor.key(), cursor.value()))
        };
        find().unwrap_or_else(|| "?".into())
    }

    /// A scan over the border of two blocks.
    fn scan(&mut self, table: &Table, from: &str, as_of: u64) -> Result<()> {
        let mut cursor = table.cursor();
        let mut steps = Vec::new();
        let mut keys = Vec::new();
        let mut block = usize::MAX;
        let before = self.fs.operations();
        cursor.seek(put(from.as_bytes(), as_of))?;
        self.arrive(&cursor, before, &mut block, &mut steps);
        while cursor.is_valid() {
            keys.push(String::from_utf8_lossy(cursor.key().user_key).into_owned());
            if keys.len() == 6 {
                break;
            }
            let before = self.fs.operations();
            cursor.next()?;
            self.arrive(&cursor, before, &mut block, &mut steps);
        }
        self.lookups.push(Lookup {
            label: format!("scan from {from} on, six entries"),
            result: keys.join(", "),
            steps,
        });
        Ok(())
    }

    /// A cursor has arrived at an entry: what was read for it, and the entry.
    fn arrive(&self, cursor: &Cursor<&Table>, before: u64, at: &mut usize, steps: &mut Vec<Value>) {
        let reads = self.reads_since(before);
        if !cursor.is_valid() {
            return;
        }
        let key = cursor.key();
        let holds = |block: &Block| {
            let separator = block.piece.separator.as_ref();
            block.data.is_some() && separator.is_some_and(|last| key <= last.as_key())
        };
        let block = self.blocks.iter().position(holds).unwrap_or(0);
        if block != *at && reads.is_empty() {
            steps.push(json!({"what": "hit", "block": block, "text": "it was read before"}));
        }
        *at = block;
        steps.extend(reads);
        let text = entry_text(key, cursor.value());
        steps.push(json!({"what": "entry", "block": block, "text": text}));
    }
}

/// What a data block holds.
fn data_of(table: &Table, handle: Handle, bytes: &[u8]) -> Result<Data> {
    let block = table.block(Kind::Data, handle, &mut |_| ())?;
    let mut keys = Vec::new();
    let mut cursor = block.cursor();
    let mut found = cursor.seek_to_first();
    while found.is_ok() && cursor.is_valid() {
        keys.push(short(&cursor.key().into()));
        found = cursor.next();
    }
    // The frame says how its payload is stored.
    let at = usize::try_from(handle.offset).unwrap_or(0) + 5;
    let compression = match bytes.get(at) {
        Some(1) => "lz4",
        Some(2) => "zstd",
        _ => "none",
    };
    Ok(Data {
        first: keys.first().cloned().unwrap_or_default(),
        last: keys.last().cloned().unwrap_or_default(),
        entries: keys.len(),
        raw: block.size(),
        compression,
    })
}

/// A key that is not in the table, and that the filter lets pass.
fn false_positive(table: &Table) -> Result<String> {
    for n in 0..10_000 {
        let key = format!("kiwi-{n}");
        let mut touches = 0;
        table.lookup(key.as_bytes(), Timestamp(9), &mut |touch: Touch| {
            touches += usize::from(touch.part == Part::Index);
        })?;
        if touches > 0 {
            return Ok(key);
        }
    }
    Ok("kiwi-".into())
}

fn short(key: &OwnedKey) -> String {
    let user_key = String::from_utf8_lossy(&key.user_key);
    format!("{user_key} @{}", key.timestamp.0)
}

fn entry_text(key: InternalKey<'_>, value: &[u8]) -> String {
    let shown = short(&key.into());
    match key.operation {
        Operation::Put => format!("{shown} = {}", String::from_utf8_lossy(value)),
        Operation::Delete => format!("{shown} is deleted"),
    }
}

// For the page.

/// Values in brackets, one a line.
fn lines(values: &[Value]) -> String {
    let lines: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!("[\n{}\n]", lines.join(",\n"))
}

impl Lab {
    fn trace(&self) -> String {
        let blocks: Vec<Value> = self.blocks.iter().map(Block::json).collect();
        let lookups: Vec<String> = self
            .lookups
            .iter()
            .map(|lookup| {
                let (label, result) = (json!(lookup.label), json!(lookup.result));
                let steps = lines(&lookup.steps);
                format!("{{\"label\":{label},\"result\":{result},\"steps\":{steps}}}")
            })
            .collect();
        format!(
            "{{\"widget\":\"table\",\"title\":\"A table of {} bytes, and seven questions\",\"size\":{},\n\
             \"blocks\":{},\n\"lookups\":[\n{}\n]}}\n",
            self.size,
            self.size,
            lines(&blocks),
            lookups.join(",\n")
        )
    }
}

impl Block {
    fn json(&self) -> Value {
        let Handle { offset, size } = self.piece.handle;
        let mut block = json!({"offset": offset, "size": size, "kind": self.kind});
        if let Some(data) = &self.data {
            block["first"] = json!(data.first);
            block["last"] = json!(data.last);
            block["entries"] = json!(data.entries);
            block["raw"] = json!(data.raw);
            block["compression"] = json!(data.compression);
        }
        block
    }
}

// For the terminal.

impl Lab {
    fn text(&self, colours: bool) -> String {
        let mut text = format!("Your table, {} bytes, part by part:\n\n", self.size);
        text += "  part  offset  size\n";
        for (n, block) in self.blocks.iter().enumerate() {
            let Handle { offset, size } = block.piece.handle;
            let kind = paint(block.kind, colours);
            let _ = write!(text, "  {n:>4}  {offset:>6}  {size:>4}  {kind}");
            if let Some(data) = &block.data {
                let Data {
                    first, last, raw, ..
                } = data;
                let entries = match data.entries {
                    1 => format!("1 entry, {first}"),
                    many => format!("{many} entries, {first} to {last}"),
                };
                let _ = write!(text, "  {entries}");
                if data.compression != "none" {
                    let _ = write!(
                        text,
                        "; {}, {raw} bytes once decompressed",
                        data.compression
                    );
                }
            }
            text.push('\n');
        }
        for lookup in &self.lookups {
            let _ = write!(text, "\n{}: {}\n", lookup.label, lookup.result);
            for step in &lookup.steps {
                let what = step["what"].as_str().unwrap_or_default();
                let block = &step["block"];
                let place = match &step["through"] {
                    Value::Null => format!("part {block}"),
                    last => format!("parts {block} to {last}"),
                };
                let bytes = match &step["bytes"] {
                    Value::Null => String::new(),
                    bytes => format!("{bytes} bytes, "),
                };
                let said = step["text"].as_str().unwrap_or_default();
                let leads = match &step["to"] {
                    Value::Null => String::new(),
                    to => format!(": part {to}"),
                };
                let _ = writeln!(text, "  {what:<6}  {place:<14}  {bytes}{said}{leads}");
            }
        }
        text
    }
}

fn paint(kind: &str, colours: bool) -> String {
    let colour = match kind {
        "data" => 32,
        "index" | "top" => 33,
        "filter" => 35,
        _ => 36,
    };
    let kind = format!("{kind:<10}");
    if colours {
        format!("\x1b[{colour}m{kind}\x1b[0m")
    } else {
        kind
    }
}
