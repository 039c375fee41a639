//! Damages a log in every way of one kind and counts the answers that were never true.

use std::fmt::Write;

use crate::Balances;
use crate::page_cache::PageCache;
use crate::step_2::{delete_line, set_line};
use crate::{step_2, step_3};

/// How a version of the store makes sense of a log.
type Replay = fn(&[u8]) -> Balances;

/// A morning at the till: six changes, a line each.
pub fn morning() -> Vec<String> {
    vec![
        set_line("card-7", "1500"),
        set_line("card-9", "250"),
        set_line("card-7", "1275"),
        delete_line("card-9"),
        set_line("card-12", "10000"),
        set_line("card-7", "75"),
    ]
}

/// The balances before the first line, after it, after the second, and so on.
pub fn history(lines: &[String]) -> Vec<Balances> {
    let logs = (0..=lines.len()).map(|n| lines[..n].concat());
    logs.map(|log| step_2::replay(log.as_bytes())).collect()
}

/// How many damaged logs there were, and the ones that gave balances that never were.
#[derive(Debug, Default)]
pub struct Tally {
    /// Damaged logs tried.
    pub tried: usize,
    /// What was done to the log, and the balances that came out of it.
    pub wrong: Vec<(String, Balances)>,
}

impl Tally {
    fn judge(&mut self, damage: String, found: Balances, history: &[Balances]) {
        self.tried += 1;
        if !history.contains(&found) {
            self.wrong.push((damage, found));
        }
    }
}

/// Cuts the log after every byte, as a crash in the middle of a write does.
pub fn every_cut(lines: &[String], replay: Replay) -> Tally {
    let (log, history) = (lines.concat(), history(lines));
    let mut tally = Tally::default();
    for cut in 0..log.len() {
        let last = log[..cut].lines().last().unwrap_or_default();
        let damage = format!("cut after byte {cut}, in \"{last}\"");
        tally.judge(damage, replay(&log.as_bytes()[..cut]), &history);
    }
    tally
}

/// Flips every bit of the log, one at a time, as an ageing disk does.
pub fn every_flip(lines: &[String], replay: Replay) -> Tally {
    let (log, history) = (lines.concat(), history(lines));
    let mut tally = Tally::default();
    for bit in 0..log.len() * 8 {
        let mut bytes = log.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let damage = format!("bit {} of byte {} flipped", bit % 8, bit / 8);
        tally.judge(damage, replay(&bytes), &history);
    }
    tally
}

/// The first experiment: a cut after every byte.
pub fn cuts() -> String {
    let mut out = String::new();
    report(
        &mut out,
        "any line counts",
        &every_cut(&morning(), step_2::replay),
    );
    report(
        &mut out,
        "whole lines count",
        &every_cut(&morning(), step_3::replay),
    );
    out
}

/// The second experiment: every bit flipped.
pub fn flips() -> String {
    let mut out = String::new();
    report(
        &mut out,
        "whole lines count",
        &every_flip(&morning(), step_3::replay),
    );
    out
}

fn report(out: &mut String, rule: &str, tally: &Tally) {
    let Tally { tried, wrong } = tally;
    let count = wrong.len();
    let _ = writeln!(
        out,
        "{rule}: {count} of {tried} damaged logs gave a wrong answer"
    );
    for (damage, found) in wrong.iter().step_by(count.div_ceil(4).max(1)) {
        let _ = writeln!(out, "  {damage}: {}", show(found));
    }
}

/// The third experiment: the power goes after every change was written, and none was synced.
pub fn power_cut() -> String {
    let mut out = String::new();
    let cases: [(&str, bool, &[usize]); 3] = [
        (
            "never synced, the kernel wrote nothing back yet",
            false,
            &[],
        ),
        (
            "never synced, the kernel wrote back page 0 and page 2",
            false,
            &[0, 2],
        ),
        ("synced after every line", true, &[]),
    ];
    for (case, sync, pages) in cases {
        let mut file = PageCache::new(32);
        for line in morning() {
            file.write(line.as_bytes());
            if sync {
                file.sync();
            }
        }
        for &page in pages {
            file.write_back(page);
        }
        let found = step_3::replay(&file.power_cut());
        let _ = writeln!(out, "{case}:\n  {}", show(&found));
    }
    out
}

fn show(balances: &Balances) -> String {
    let pairs = balances
        .iter()
        .map(|(card, amount)| format!("{card} has {amount}"));
    let text = pairs.collect::<Vec<_>>().join(", ");
    let text = if text.is_empty() {
        "no cards".to_owned()
    } else {
        text
    };
    text.escape_default().to_string()
}
