//! Your log, byte by byte, and what your recovery returns after a power cut at every step.
//!
//! Prints a trace for the crash slider of the book, or with `--text` the same for a terminal.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, IsTerminal, Write as _};
use std::path::Path;

use ferrisdb_core::{Batch, Timestamp};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, Io, IoKind, MemFs, When};
use ferrisdb_wal::{Kind, Place, Record, Result, SegmentFile, SyncMode, Writer};
use serde_json::{Value, json};

use support::{open, segment_path, segments_of};

#[path = "tests/support/mod.rs"]
mod support;

const SEGMENT_SIZE: u64 = 170;

/// The trace of the book, recorded from our crate.
const OURS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../book/src/traces/03.json");

fn main() -> io::Result<()> {
    let lab = Lab::run();
    let mut out = io::stdout().lock();
    if std::env::args().any(|argument| argument == "--text") {
        let colours = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        out.write_all(lab.text(colours).as_bytes())
    } else {
        out.write_all(lab.trace().as_bytes())
    }
}

/// The morning at the till from the chapter, as a program.
fn morning(writer: &mut Writer) -> Result<()> {
    let set = |card: &str, amount: &str| {
        let mut batch = Batch::new();
        batch.put(card, amount);
        batch
    };
    let mut batches = [
        set("card-7", "1500"),
        set("card-9", "250"),
        set("card-7", "1275"),
        set("card-12", "10000"),
        set("card-7", "75"),
    ];
    batches[2].delete("card-9");
    for (batch, n) in batches.iter().zip(1..) {
        writer.append(Timestamp(n), batch)?;
        if n == 1 || n == 4 {
            writer.sync(SyncMode::Data)?;
        }
    }
    Ok(())
}

/// Runs the program until something fails.
fn run(fs: &FaultyFs) -> Result<()> {
    let (mut writer, ..) = open(fs.clone(), segments_of(SEGMENT_SIZE))?;
    morning(&mut writer)?;
    writer.close()
}

/// A piece of a segment that was written at once.
struct Region {
    start: u64,
    size: u64,
    kind: &'static str,
    label: String,
    step: usize,
}

/// One way in which a crash can leave the disk, and what recovery makes of it.
#[derive(PartialEq, Eq)]
struct Image {
    lost: String,
    recovered: Vec<String>,
    report: String,
}

struct Lab {
    steps: Vec<Io>,
    disk: MemFs,
    segments: Vec<(u64, Vec<Region>)>,
    crashes: Vec<Vec<Image>>,
}

impl Lab {
    fn run() -> Self {
        let fs = FaultyFs::new(MemFs::new());
        if let Err(error) = run(&fs) {
            eprintln!("The program stopped: {error}");
        }
        let is_step = |io: &Io| {
            io.kind.changes_disk() && !matches!(io.kind, IoKind::CreateDir | IoKind::Lock)
        };
        let steps: Vec<Io> = fs.log().into_iter().filter(is_step).collect();
        let disk = fs.disk().clone();
        let numbers = steps.iter().map(|step| step.number);
        let crashes = numbers.chain([fs.operations()]).map(crash_before).collect();
        let mut lab = Self {
            steps,
            disk,
            segments: Vec::new(),
            crashes,
        };
        lab.find_regions();
        lab
    }

    fn find_regions(&mut self) {
        for step in 0..self.steps.len() {
            let io = &self.steps[step];
            let Some(number) = number_of(&io.path) else {
                continue;
            };
            if io.kind == IoKind::Create {
                self.segments.push((number, Vec::new()));
            }
            if io.kind != IoKind::Write {
                continue;
            }
            let bytes = self.disk.read(&io.path).unwrap_or_default();
            let (kind, label) = describe(&bytes, number, io.offset);
            let region = Region {
                start: io.offset,
                size: io.size,
                kind,
                label,
                step,
            };
            if let Some((_, regions)) = self.segments.iter_mut().find(|(n, _)| *n == number) {
                regions.push(region);
            }
        }
    }

    /// A step in words, with the kind that the slider knows.
    fn step(&self, index: usize) -> (&'static str, String) {
        let io = &self.steps[index];
        let name = number_of(&io.path).map_or("the directory".into(), |n| format!("segment {n}"));
        match io.kind {
            IoKind::Create => ("create", format!("create {name}")),
            IoKind::Write => {
                let bytes = self.disk.read(&io.path).unwrap_or_default();
                let number = number_of(&io.path).unwrap_or_default();
                let (_, label) = describe(&bytes, number, io.offset);
                ("write", format!("write {label} to {name}"))
            }
            _ => ("sync", format!("sync {name}")),
        }
    }
}

/// The number of the segment that a path names.
fn number_of(path: &Path) -> Option<u64> {
    SegmentFile::from_path(path).map(|file| file.number)
}

/// What lies at an offset of a segment.
fn describe(bytes: &[u8], file_number: u64, offset: u64) -> (&'static str, String) {
    if offset == 0 {
        return ("header", "header".into());
    }
    let place = Place {
        file_number,
        offset,
    };
    let at = usize::try_from(offset).unwrap_or(usize::MAX);
    match Record::decode(bytes.get(at..).unwrap_or_default(), place) {
        Ok(record) if record.kind == Kind::Mark => ("mark", "mark".into()),
        Ok(record) => ("record", format!("batch {}", timestamp_of(record.payload))),
        Err(_) => ("record", "?".into()),
    }
}

fn timestamp_of(payload: &[u8]) -> u64 {
    payload
        .first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// What recovery makes of a power cut before an operation: the outcomes that differ.
fn crash_before(operation: u64) -> Vec<Image> {
    let fs = FaultyFs::new(MemFs::new());
    fs.inject(When::From(operation), Fault::Error(ErrorKind::Other));
    let _ = run(&fs);
    let mut images: Vec<Image> = Vec::new();
    for plan in fs.disk().crash_plans(0) {
        if matches!(plan, CrashPlan::TearLastWrite(size) if size != 20) {
            continue;
        }
        let image = recover(&plan, &fs.crash(&plan));
        let same =
            |other: &Image| other.recovered == image.recovered && other.report == image.report;
        if !images.iter().any(same) {
            images.push(image);
        }
    }
    images
}

fn recover(plan: &CrashPlan, disk: &MemFs) -> Image {
    let lost = plan.to_string().replace("/db/", "").replace("db/", "");
    match open(disk.clone(), segments_of(SEGMENT_SIZE)) {
        Ok((_, found, recovery)) => Image {
            lost,
            recovered: found
                .iter()
                .map(|(n, _)| format!("batch {}", n.0))
                .collect(),
            report: recovery.to_string().replace("/db/", ""),
        },
        Err(error) => Image {
            lost,
            recovered: Vec::new(),
            report: error.to_string().replace("/db/", ""),
        },
    }
}

// For the page.

/// Values in brackets, one a line.
fn lines(values: &[Value]) -> String {
    let lines: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!("[\n{}\n]", lines.join(",\n"))
}

fn images_of(images: &[Image]) -> Vec<Value> {
    let image = |image: &Image| json!({"lost": image.lost, "recovered": image.recovered, "report": image.report});
    images.iter().map(image).collect()
}

impl Lab {
    fn trace(&self) -> String {
        let steps: Vec<Value> = (0..self.steps.len())
            .map(|index| {
                let (kind, label) = self.step(index);
                let io = &self.steps[index];
                // A directory is no segment: 0 is below all of them.
                let segment = number_of(&io.path).unwrap_or(0);
                json!({"label": label, "kind": kind, "segment": segment, "offset": io.offset, "size": io.size})
            })
            .collect();
        let segments: Vec<String> = self
            .segments
            .iter()
            .map(|(number, regions)| {
                let regions: Vec<Value> = regions
                    .iter()
                    .map(|Region { start, size, kind, label, step }| {
                        json!({"start": start, "size": size, "kind": kind, "label": label, "step": step})
                    })
                    .collect();
                format!("{{\"number\":{number},\"regions\":{}}}", lines(&regions))
            })
            .collect();
        let crashes: Vec<String> = self
            .crashes
            .iter()
            .enumerate()
            .map(|(after, images)| {
                let images = lines(&images_of(images));
                format!("{{\"after\":{after},\"images\":{images}}}")
            })
            .collect();
        format!(
            "{{\"widget\":\"crash\",\"title\":\"Five batches in three segments: cut the power after any step\",\n\
             \"steps\":{},\n\"segments\":[\n{}\n],\n\"crashes\":[\n{}\n]}}\n",
            lines(&steps),
            segments.join(",\n"),
            crashes.join(",\n"),
        )
    }
}

// For the terminal.

impl Lab {
    fn text(&self, colours: bool) -> String {
        let mut text = String::from("Your log, as it lies on the disk in the end:\n\n");
        for (number, regions) in &self.segments {
            let _ = write!(text, "  {}  ", segment_name(*number));
            for region in regions {
                text += &bar(region, colours);
            }
            text.push('\n');
        }
        text += "\nThe power goes off after each step. What does your recovery return?\n";
        for (after, images) in self.crashes.iter().enumerate() {
            let step = match after.checked_sub(1) {
                Some(index) => self.step(index).1,
                None => "nothing yet".into(),
            };
            let _ = write!(text, "\n{after:3}  {step}\n");
            for image in images {
                let recovered = match image.recovered.as_slice() {
                    [] => "no batch".into(),
                    batches => batches.join(", "),
                };
                let _ = write!(text, "     {}\n       {recovered}\n", image.lost);
                let _ = writeln!(text, "       {}", image.report);
            }
        }
        let ours = std::fs::read_to_string(OURS).ok();
        if let Some(ours) = ours.and_then(|text| serde_json::from_str(&text).ok()) {
            let _ = writeln!(text, "\n{}", self.beside(&ours));
        }
        text
    }

    /// Whether all outcomes are those of our crate, whose trace this is.
    fn beside(&self, ours: &Value) -> String {
        let labels = (0..self.steps.len()).map(|index| json!(self.step(index).1));
        let our_steps = ours["steps"].as_array().into_iter().flatten();
        if !labels.eq(our_steps.map(|step| step["label"].clone())) {
            return "Your log makes other calls than ours, or makes them in another order, so the \
                    outcomes cannot be compared one by one. The tests say whether they are right."
                .into();
        }
        for (after, images) in self.crashes.iter().enumerate() {
            if ours["crashes"][after]["images"] != Value::Array(images_of(images)) {
                return format!("After step {after} the outcomes are not those of our crate.");
            }
        }
        let count: usize = self.crashes.iter().map(Vec::len).sum();
        format!("All {count} outcomes are those of our crate.")
    }
}

fn segment_name(number: u64) -> String {
    let path = segment_path(number);
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// A piece of a segment, as wide as it has bytes, 6 to a column.
fn bar(region: &Region, colours: bool) -> String {
    let width = usize::try_from(region.size / 6).unwrap_or(0);
    let width = width.max(region.label.len() + 2);
    let bar = format!("[{:^width$}]", region.label, width = width - 2);
    let colour = match region.kind {
        "header" => 36,
        "mark" => 35,
        _ => 32,
    };
    if colours {
        format!("\x1b[{colour}m{bar}\x1b[0m")
    } else {
        bar
    }
}
