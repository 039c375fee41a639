//! The static text of the crash slider: what recovery returns after a crash at each step.

use std::fmt::Write as _;

use serde::Deserialize;

use super::broken;
use crate::error::Result;
use crate::html::escape;

/// A trace of the crash slider.
#[derive(Debug, Deserialize)]
pub(super) struct Crash {
    steps: Vec<Step>,
    segments: Vec<Segment>,
    crashes: Vec<CrashPoint>,
}

#[derive(Debug, Deserialize)]
struct Step {
    label: String,
    kind: String,
}

#[derive(Debug, Deserialize)]
struct Segment {
    number: u64,
    regions: Vec<Region>,
}

#[derive(Debug, Deserialize)]
struct Region {
    step: usize,
}

#[derive(Debug, Deserialize)]
struct CrashPoint {
    after: usize,
    images: Vec<Image>,
}

#[derive(Debug, Deserialize)]
struct Image {
    lost: String,
    recovered: Vec<String>,
    report: String,
}

impl Crash {
    pub(super) fn fallback(&self) -> Result<String> {
        let count = self.steps.len();
        for segment in &self.segments {
            if segment.regions.iter().any(|region| region.step >= count) {
                let number = segment.number;
                return Err(broken(format!(
                    "segment {number} names a step that is not there"
                )));
            }
        }
        if let Some(point) = self.crashes.iter().find(|point| point.after > count) {
            return Err(broken(format!(
                "a crash after step {} of {count}",
                point.after
            )));
        }
        let mut out = String::from(
            "<div class=\"scroll\"><table><thead><tr><th>after step</th><th>the disk lost</th>\
             <th>recovery returned</th><th>and said</th></tr></thead><tbody>\n",
        );
        for CrashPoint { after, images } in &self.crashes {
            let step = match after.checked_sub(1).and_then(|index| self.steps.get(index)) {
                Some(Step { label, kind }) => {
                    format!("{after}. {} ({})", escape(label), escape(kind))
                }
                None => "0. before anything".to_owned(),
            };
            for (
                index,
                Image {
                    lost,
                    recovered,
                    report,
                },
            ) in images.iter().enumerate()
            {
                let step = if index == 0 { step.as_str() } else { "" };
                let recovered = if recovered.is_empty() {
                    "nothing".into()
                } else {
                    recovered.join(", ")
                };
                let _ = writeln!(
                    out,
                    "<tr><td>{step}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                    escape(lost),
                    escape(&recovered),
                    escape(report)
                );
            }
        }
        out.push_str("</tbody></table></div>\n");
        Ok(out)
    }
}
