//! The engine's map: every stage a room, at the place it has in the engine.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::directive::Directive;
use crate::error::{Error, Result};

/// A stage and its place on the map.
struct Room {
    stage: u8,
    title: &'static str,
    about: &'static str,
    x: u16,
    y: u16,
    width: u16,
    height: u16,
}

const fn room(
    stage: u8,
    title: &'static str,
    about: &'static str,
    (x, y): (u16, u16),
    (width, height): (u16, u16),
) -> Room {
    Room {
        stage,
        title,
        about,
        x,
        y,
        width,
        height,
    }
}

/// A room is drawn over those before it, so what contains another comes first.
const ROOMS: [Room; 16] = [
    room(13, "Server", "a known protocol", (6, 12), (168, 58)),
    room(
        14,
        "Replication",
        "copies that follow",
        (186, 12),
        (168, 58),
    ),
    room(15, "Consensus", "agreeing on one log", (366, 12), (168, 58)),
    room(16, "Cluster", "many machines", (546, 12), (168, 58)),
    room(
        12,
        "Transactions",
        "several changes at once, or none",
        (6, 84),
        (708, 54),
    ),
    room(10, "Engine", "", (6, 152), (708, 258)),
    room(
        3,
        "Write-ahead log",
        "every write, first",
        (22, 194),
        (152, 84),
    ),
    room(5, "Memtable", "newest data", (218, 194), (272, 84)),
    room(4, "Skip list", "sorted", (360, 206), (118, 60)),
    room(8, "Merge", "many into one", (534, 194), (166, 84)),
    room(9, "Manifest", "which tables count", (22, 312), (152, 84)),
    room(7, "Sorted table", "older data", (218, 312), (272, 84)),
    room(6, "Blocks", "packed", (360, 324), (118, 60)),
    room(
        11,
        "Compaction",
        "fewer, larger tables",
        (534, 312),
        (166, 84),
    ),
    room(
        2,
        "File format",
        "headers, integers and checksums of every file",
        (6, 424),
        (528, 54),
    ),
    room(
        1,
        "Key-value store",
        "the model in tests",
        (546, 424),
        (168, 54),
    ),
];

/// What flows between the rooms: a path, and a word at a place.
const FLOWS: [(&str, &str, u16, u16); 8] = [
    ("M98 154V192", "put", 104, 180),
    ("M174 236H216", "then", 181, 229),
    ("M262 278V310", "flush", 270, 299),
    ("M218 354H176", "lists", 181, 347),
    ("M490 228H532", "", 0, 0),
    ("M490 330H510V250H532", "", 0, 0),
    ("M490 366H532", "", 0, 0),
    ("M617 194V156", "get", 624, 180),
];

/// The pages of the chapters that exist, by stage, as links from the page that shows the map.
pub(crate) type Chapters = BTreeMap<u8, String>;

/// The chapters of a book: those that its SUMMARY names and that are called as a stage is.
pub(crate) fn chapters(summary: &str) -> Chapters {
    let names = summary
        .split('(')
        .filter_map(|rest| rest.split_once(".md)"));
    names
        .filter_map(|(name, _)| {
            let stage = name.split_once('-')?.0.parse().ok()?;
            Some((stage, format!("{name}.html")))
        })
        .collect()
}

/// Expands `{{#map}}` and `{{#map 03}}`. `up` leads from the page to the root of the book.
pub(crate) fn directive(directive: &Directive, chapters: &Chapters, up: &str) -> Result<String> {
    let lit = match directive.arguments.as_slice() {
        [] => None,
        [stage] => Some(
            stage
                .parse()
                .ok()
                .filter(|stage| (1..=16).contains(stage))
                .ok_or_else(|| {
                    Error::Directive(format!("there is no stage `{stage}`; they are 01 to 16"))
                })?,
        ),
        _ => {
            return Err(Error::Directive(
                "expected `{{#map}}` or `{{#map NN}}`".into(),
            ));
        }
    };
    Ok(svg(lit, chapters, up))
}

/// The map with one stage lit, or none.
fn svg(lit: Option<u8>, chapters: &Chapters, up: &str) -> String {
    let id = lit.map_or("map".to_owned(), |stage| format!("map-{stage:02}"));
    let here = ROOMS.iter().find(|room| Some(room.stage) == lit);
    let title = here.map_or("The engine's map".to_owned(), |room| {
        format!(
            "The engine's map; you are at stage {}, {}",
            room.stage, room.title
        )
    });
    let mut out = format!(
        "<figure class=\"map\">\n<svg class=\"diagram\" viewBox=\"0 0 720 492\" role=\"group\" aria-labelledby=\"{id}\">\n\
         <title id=\"{id}\">{title}</title>\n\
         <defs><marker id=\"{id}-tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\"><path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n"
    );
    for room in &ROOMS {
        let chapter = chapters
            .get(&room.stage)
            .filter(|_| lit != Some(room.stage));
        if let Some(chapter) = chapter {
            let _ = write!(out, "<a href=\"{up}{chapter}\">");
        }
        draw(&mut out, room, lit);
        out.push_str(if chapter.is_some() { "</a>\n" } else { "\n" });
    }
    for (path, word, x, y) in FLOWS {
        let _ = write!(
            out,
            "<path class=\"arrow\" marker-end=\"url(#{id}-tip)\" d=\"{path}\"/>"
        );
        if !word.is_empty() {
            let _ = write!(
                out,
                "<text class=\"flow\" x=\"{x}\" y=\"{y}\">{word}</text>"
            );
        }
        out.push('\n');
    }
    if let Some(room) = here {
        mark(&mut out, room);
    }
    let caption = here.map_or(
        "The engine, a room for each stage. Numbers are stages.".to_owned(),
        |room| format!("The engine's map. You are at stage {}.", room.stage),
    );
    let _ = write!(out, "</svg>\n<figcaption>{caption}</figcaption>\n</figure>");
    out
}

fn draw(out: &mut String, room: &Room, lit: Option<u8>) {
    let Room {
        stage,
        title,
        about,
        x,
        y,
        width,
        height,
    } = room;
    let state = match lit {
        Some(lit) if lit == *stage => " lit",
        Some(lit) if lit < *stage => " ahead",
        _ => "",
    };
    // The large rooms have others inside, so their texts stay at the top.
    let top = if *height > 100 {
        y + 24
    } else {
        y + height / 2 - if about.is_empty() { 0 } else { 4 }
    };
    let outside = if *stage == 1 { " outside" } else { "" };
    let frame = if *stage == 10 { " frame" } else { "" };
    let (number_x, title_x) = (x + 14, x + 38);
    // The frame's title stands in the middle, between the arrows of `put` and `get`.
    let (number_x, title_x) = if *stage == 10 {
        (218, 242)
    } else {
        (number_x, title_x)
    };
    let _ = write!(
        out,
        "<g class=\"room{state}{outside}{frame}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"7\"/>\
         <text class=\"number\" x=\"{number_x}\" y=\"{top}\">{stage}</text>\
         <text class=\"name\" x=\"{title_x}\" y=\"{top}\">{title}</text>"
    );
    if !about.is_empty() {
        let below = top + 18;
        let _ = write!(
            out,
            "<text class=\"about\" x=\"{title_x}\" y=\"{below}\">{about}</text>"
        );
    }
    out.push_str("</g>");
}

/// The sign that says "you are here" in words, on the room's lower edge.
fn mark(out: &mut String, room: &Room) {
    let x = room.x + room.width - 94;
    let y = room.y + room.height - 10;
    let _ = writeln!(
        out,
        "<g class=\"here\"><rect x=\"{x}\" y=\"{y}\" width=\"86\" height=\"20\" rx=\"10\"/><text x=\"{}\" y=\"{}\">you are here</text></g>",
        x + 43,
        y + 14
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_has_one_room() {
        let mut stages: Vec<u8> = ROOMS.iter().map(|room| room.stage).collect();
        stages.sort_unstable();
        assert_eq!(stages, (1..=16).collect::<Vec<u8>>());
    }

    #[test]
    fn the_lit_room_is_marked_in_words_and_has_no_empty_line() {
        let chapters = Chapters::new();
        let map = svg(Some(3), &chapters, "../");
        assert_eq!(map.matches("class=\"room lit\"").count(), 1);
        assert!(map.contains("you are here"));
        assert!(
            !map.contains("\n\n"),
            "an empty line would end the HTML block in Markdown"
        );
        assert!(!svg(None, &chapters, "").contains("lit"));
    }

    #[test]
    fn rooms_lead_to_the_chapters_that_exist() {
        let summary = "[Map](map.md)\n- [Log](03-wal.md)\n- [List](04-skip-list.md)\n- [Later]()\n";
        let chapters = chapters(summary);
        assert_eq!(chapters.len(), 2);
        let map = svg(Some(3), &chapters, "../");
        assert!(map.contains("<a href=\"../04-skip-list.html\">"));
        assert!(!map.contains("03-wal"), "the reader is there already");
        assert_eq!(map.matches("<a ").count(), map.matches("</a>").count());
    }
}
