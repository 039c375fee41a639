//! Reports as a picture.

use std::fmt::Write as _;

use crate::Report;
use crate::report::thousands;

const COLORS: [&str; 6] = [
    "#d9541e", "#4878a8", "#6a9a4c", "#9a6aa8", "#b8963c", "#5c5c5c",
];
const BAR: u32 = 14;
const LEFT: u32 = 150;
const WIDTH: u32 = 560;

/// Draws operations a second as an SVG: one group of bars for each workload, a bar for each
/// store. The scale is logarithmic, since workloads differ a thousandfold. Behind each bar stand
/// the figure and, where there are several stores, its ratio to the first one's.
#[must_use]
pub fn plot(title: &str, reports: &[Report]) -> String {
    let (mut engines, mut workloads) = (Vec::new(), Vec::new());
    for report in reports {
        remember(&mut engines, &report.engine);
        remember(&mut workloads, &name(report));
    }
    let speeds = || reports.iter().map(Report::operations_per_second);
    let lowest = speeds().fold(1e12, f64::min).max(1.0).log10().floor();
    let highest = speeds()
        .fold(1.0, f64::max)
        .log10()
        .ceil()
        .max(lowest + 1.0);
    let place = |speed: f64| {
        let share = (speed.max(1.0).log10() - lowest) / (highest - lowest);
        f64::from(WIDTH) * share.clamp(0.002, 1.0)
    };
    let group = BAR * u32::try_from(engines.len()).unwrap_or(1) + 12;
    let bottom = 60 + group * u32::try_from(workloads.len()).unwrap_or(0);
    let mut svg = head(title, bottom + 50);
    axis(&mut svg, lowest, highest, bottom, &place);
    let mut y = 60;
    for workload in &workloads {
        let of = |engine: &String| {
            let is_it = |report: &&Report| report.engine == *engine && name(report) == *workload;
            reports.iter().find(is_it)
        };
        let middle = y + (group - 12) / 2 + 4;
        text(&mut svg, LEFT - 8, middle, "end", workload);
        let first = engines
            .first()
            .and_then(of)
            .map(Report::operations_per_second);
        for (engine, color) in engines.iter().zip(COLORS.iter().cycle()) {
            if let Some(report) = of(engine) {
                let speed = report.operations_per_second();
                let ratio = first.filter(|_| engines.len() > 1);
                let ratio = ratio.map_or(String::new(), |first| format!(" ({:.2})", speed / first));
                let label = format!("{}{ratio}", thousands(speed));
                bar(&mut svg, y, place(speed), color, &label);
            }
            y += BAR;
        }
        y += 12;
    }
    legend(&mut svg, &engines, bottom + 40);
    svg.push_str("</svg>\n");
    svg
}

fn bar(svg: &mut String, y: u32, width: f64, color: &str, label: &str) {
    // Writing into a `String` cannot fail.
    let _ = writeln!(
        svg,
        r#"<rect x="{LEFT}" y="{y}" width="{width:.1}" height="{}" fill="{color}"/>
<text x="{:.1}" y="{}">{label}</text>"#,
        BAR - 2,
        f64::from(LEFT) + width + 5.0,
        y + BAR - 4
    );
}

/// A workload with what sets it apart from others of its name.
fn name(report: &Report) -> String {
    let mut name = report.workload.clone();
    if report.batch > 1 {
        let _ = write!(name, " ×{}", report.batch);
    }
    if report.threads > 1 {
        let _ = write!(name, ", {} threads", report.threads);
    }
    name
}

fn remember(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

fn head(title: &str, height: u32) -> String {
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="sans-serif" font-size="11" fill="#808080">
"##,
        width = LEFT + WIDTH + 130,
    );
    text(&mut svg, LEFT, 22, "start", title);
    text(
        &mut svg,
        LEFT,
        38,
        "start",
        "operations a second, longer is better",
    );
    svg
}

/// A line for each power of ten.
fn axis(svg: &mut String, lowest: f64, highest: f64, bottom: u32, place: &dyn Fn(f64) -> f64) {
    let mut power = lowest;
    while power <= highest {
        let speed = 10_f64.powf(power);
        let x = f64::from(LEFT) + if power > lowest { place(speed) } else { 0.0 };
        let _ = writeln!(
            svg,
            r##"<line x1="{x:.1}" y1="50" x2="{x:.1}" y2="{bottom}" stroke="#808080" stroke-opacity="0.3"/>
<text x="{x:.1}" y="{}" text-anchor="middle">{}</text>"##,
            bottom + 14,
            thousands(speed)
        );
        power += 1.0;
    }
}

fn legend(svg: &mut String, engines: &[String], y: u32) {
    let mut x = LEFT;
    for (engine, color) in engines.iter().zip(COLORS.iter().cycle()) {
        let _ = writeln!(
            svg,
            r#"<rect x="{x}" y="{}" width="10" height="10" fill="{color}"/>"#,
            y - 9
        );
        text(svg, x + 14, y, "start", engine);
        x += 110;
    }
}

fn text(svg: &mut String, x: u32, y: u32, anchor: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        r#"<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>"#
    );
}
