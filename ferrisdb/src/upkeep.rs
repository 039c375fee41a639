//! Looking after a database: `stats`, `verify`, `checkpoint`, `compact`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use ferrisdb_storage::{Db, Metrics};
use serde_json::{Value, json};

use crate::data::Range;
use crate::directory::amid_writes;
use crate::failure::{Failure, Result, chain};
use crate::output::Output;
use crate::progress::Bar;
use crate::text::{count, escape, size};

/// What a database consists of.
pub(crate) fn stats(db: &Db, directory: &Path, json: bool) -> Result {
    let metrics = db.metrics();
    let mut out = io::stdout();
    if json {
        writeln!(out, "{:#}", stats_json(db, &metrics, directory))?;
        return Ok(());
    }
    let version = db.version();
    let entries: u64 = version.tables().map(|(_, table)| table.entries).sum();
    let deletions: u64 = version.tables().map(|(_, table)| table.deletions).sum();
    writeln!(out, "{}: {}", directory.display(), db.recovery())?;
    writeln!(out)?;
    write!(out, "{}", picture(&metrics))?;
    writeln!(out)?;
    writeln!(
        out,
        "{} in tables, {}",
        count(entries, "entry", "entries"),
        count(deletions, "of them a deletion", "of them deletions")
    )?;
    writeln!(
        out,
        "read amplification: a key is looked for in at most {}",
        count(runs(&metrics) as u64, "place", "places")
    )?;
    if let Some(space) = space_amplification(&metrics) {
        writeln!(
            out,
            "space amplification: {space:.2} bytes for each byte of the last level"
        )?;
    }
    Ok(())
}

fn stats_json(db: &Db, metrics: &Metrics, directory: &Path) -> Value {
    let version = db.version();
    let levels = metrics.levels.iter().enumerate();
    let levels = levels.map(
        |(level, (tables, bytes))| json!({ "level": level, "tables": tables, "bytes": bytes }),
    );
    let tables = version.tables().map(|(level, table)| {
        json!({
            "level": level,
            "number": table.number,
            "bytes": table.size,
            "entries": table.entries,
            "deletions": table.deletions,
            "smallest": escape(&table.smallest.user_key),
            "largest": escape(&table.largest.user_key),
        })
    });
    json!({
        "directory": directory.display().to_string(),
        "levels": levels.collect::<Vec<_>>(),
        "tables": tables.collect::<Vec<_>>(),
        "table_bytes": metrics.table_bytes,
        "memtable_bytes": metrics.memtable_bytes,
        "log_batches_replayed": db.recovery().batches,
        "read_amplification_max": runs(metrics),
        "space_amplification": space_amplification(metrics),
        "last_timestamp": db.recovery().last_timestamp.0,
    })
}

/// The levels, a line each, with a bar of their size.
fn picture(metrics: &Metrics) -> String {
    const WIDTH: u64 = 40;
    let largest = metrics
        .levels
        .iter()
        .map(|level| level.1)
        .max()
        .unwrap_or(0)
        .max(1);
    let mut text = format!(
        "memory   {:>6} {}  {:>10}\n",
        metrics.memtable_versions,
        if metrics.memtable_versions == 1 {
            "version "
        } else {
            "versions"
        },
        size(metrics.memtable_bytes as u64)
    );
    let last = metrics
        .levels
        .iter()
        .rposition(|level| level.0 > 0)
        .unwrap_or(0);
    for (level, (tables, bytes)) in metrics.levels.iter().enumerate().take(last + 1) {
        let cells = (bytes.saturating_mul(WIDTH)).div_ceil(largest);
        let bar = "█".repeat(usize::try_from(cells).unwrap_or(0));
        let name = if *tables == 1 { "table   " } else { "tables  " };
        // Writing into a `String` cannot fail.
        let _ = writeln!(
            text,
            "level {level}  {tables:>6} {name}  {:>10}  {bar}",
            size(*bytes)
        );
    }
    text
}

/// In how many places a key may have to be looked for.
fn runs(metrics: &Metrics) -> usize {
    let deeper = metrics
        .levels
        .iter()
        .skip(1)
        .filter(|level| level.0 > 0)
        .count();
    1 + metrics.memtables_waiting + metrics.levels.first().map_or(0, |level| level.0) + deeper
}

/// The bytes of all tables for each byte of the last level.
#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
fn space_amplification(metrics: &Metrics) -> Option<f64> {
    let last = metrics.levels.iter().rfind(|level| level.0 > 0)?;
    Some(metrics.table_bytes as f64 / last.1.max(1) as f64)
}

/// Reads everything, if the database could be opened. What is needed for opening it may be what is
/// damaged; then that is the answer, and the rest is not read.
pub(crate) fn verify(
    directory: &Path,
    opened: ferrisdb_storage::Result<Db>,
    json: bool,
    bar: &Bar,
) -> Result {
    let or_amid_writes = |error: ferrisdb_storage::Error| {
        amid_writes(directory, &chain(&error)).unwrap_or_else(|| error.into())
    };
    let db = match opened {
        Ok(db) => db,
        Err(error) => match amid_writes(directory, &chain(&error)) {
            Some(failure) => return Err(failure),
            None if error.is_damage() => return unopened(&error, json),
            None => return Err(error.into()),
        },
    };
    bar.begin("verifying", Some(db.metrics().table_bytes));
    let verified = db.verify(|progress| bar.set(progress.bytes));
    bar.end();
    let verified = verified.map_err(or_amid_writes)?;
    let damage: Vec<String> = verified.damage.iter().map(|error| chain(error)).collect();
    if let Some(failure) = damage
        .first()
        .and_then(|sentence| amid_writes(directory, sentence))
    {
        return Err(failure);
    }
    let unfinished = unfinished(&db);
    let mut out = Output::new();
    if json {
        let report = json!({
            "sound": damage.is_empty(),
            "unfinished": unfinished,
            "tables": verified.tables,
            "table_bytes": verified.table_bytes,
            "log_batches": verified.log_batches,
            "damage": damage,
        });
        writeln!(out, "{report:#}")?;
    } else {
        writeln!(
            out,
            "read {} with {}, and {} in the log",
            count(verified.tables as u64, "table", "tables"),
            size(verified.table_bytes),
            count(verified.log_batches, "batch", "batches")
        )?;
        for sentence in &damage {
            writeln!(out, "damaged: {sentence}")?;
        }
        for tail in &unfinished {
            writeln!(
                out,
                "note: {tail}; a crash leaves that, or whoever cuts a file"
            )?;
        }
    }
    match damage.len() {
        0 => Ok(()),
        1 => Err(Failure::No("1 file is damaged".to_owned())),
        count => Err(Failure::No(format!("{count} files are damaged"))),
    }
}

/// What a crash has left at the ends of log and manifest, a sentence each. That it was a crash cannot
/// be known: somebody who cuts the last file of the log leaves the same.
pub(crate) fn unfinished(db: &Db) -> Vec<String> {
    let recovery = db.recovery();
    let log = recovery.torn_tail.iter().map(ToString::to_string);
    let manifest = recovery.torn_manifest.iter().map(ToString::to_string);
    log.chain(manifest).collect()
}

/// The answer of `verify` on a database that is too damaged to be opened.
fn unopened(error: &ferrisdb_storage::Error, json: bool) -> Result {
    let sentence = chain(error);
    let mut out = Output::new();
    if json {
        let report = json!({ "sound": false, "damage": [sentence] });
        writeln!(out, "{report:#}")?;
    } else {
        writeln!(out, "damaged: {sentence}")?;
    }
    let why = "the database cannot be opened, so the rest of it was not read";
    Err(Failure::No(why.to_owned()))
}

pub(crate) fn checkpoint(db: &Db, to: &Path, json: bool) -> Result {
    db.checkpoint(to)?;
    if json {
        writeln!(
            io::stdout(),
            "{}",
            json!({ "checkpoint": to.display().to_string() })
        )?;
    }
    Ok(())
}

pub(crate) fn compact(db: &Db, range: &Range, json: bool, bar: &Bar) -> Result {
    let before = db.metrics();
    bar.begin_unknown("compacting");
    let compacted = db.compact_range::<&[u8]>(range.bounds());
    bar.end();
    compacted?;
    let after = db.metrics();
    if json {
        let report = json!({
            "tables_before": before.tables,
            "tables_after": after.tables,
            "bytes_before": before.table_bytes,
            "bytes_after": after.table_bytes,
        });
        writeln!(io::stdout(), "{report:#}")?;
    } else {
        writeln!(
            io::stdout(),
            "{} with {} before, {} with {} after",
            count(before.tables as u64, "table", "tables"),
            size(before.table_bytes),
            count(after.tables as u64, "table", "tables"),
            size(after.table_bytes)
        )?;
    }
    Ok(())
}
