//! Looks at every page of the built book in a headless browser.
//!
//! A page passes if its console stays silent, if it asks for nothing outside of the book, if
//! nothing sticks out of a window 400 pixels wide, and if its widgets react.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::devtools::{self, Browser};
use crate::error::{AtPath, Error, Result};
use crate::serve::Book;

/// How a page is looked at: a name, a width and a colour scheme.
const VIEWS: [(&str, u32, &str); 4] = [
    ("light", 1280, "light"),
    ("dark", 1280, "dark"),
    ("narrow", 400, "light"),
    ("narrow-dark", 400, "dark"),
];

/// How many rows of pixels a picture has at most.
const PIECE: usize = 1400;

/// The script that tries the page's widgets, and says what did not react.
const TRY_WIDGETS: &str = include_str!("try-widgets.js");

/// Brings the page's widgets into a state that is worth a picture, and answers where they are.
const STIR_WIDGETS: &str = r#"[...document.querySelectorAll("[data-widget]")].map((widget) => {
    widget.querySelectorAll(".hex-byte")[10]?.click();
    widget.querySelector('.hex-bits [data-bit="3"]')?.click();
    widget.querySelectorAll(".picker").forEach((picker) => picker.querySelectorAll("button")[1]?.click());
    if (widget.dataset.widget === "towers") widget.querySelector("[data-pick]").click();
    const slider = widget.querySelector("input[type=range]");
    if (slider) {
        slider.value = Math.floor(Number(slider.max) * 0.6);
        slider.dispatchEvent(new Event("input"));
        [...widget.querySelectorAll("input[type=radio]")].pop()?.click();
    }
    const { x, y, width, height } = widget.getBoundingClientRect();
    return { x: x + scrollX, y: y + scrollY, width, height };
})"#;

/// What the browser check did.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Looked {
    /// All pages passed; how many there are, and how many widgets.
    At {
        /// Pages looked at.
        pages: usize,
        /// Widgets tried.
        widgets: usize,
    },
    /// No browser is installed that can be driven here.
    NoBrowser,
}

/// Looks at every page of the book in `html`; writes pictures of them if there is a folder for them.
pub fn browse(html: &Path, pictures: Option<&Path>) -> Result<Looked> {
    let Some(program) = devtools::program() else {
        return Ok(Looked::NoBrowser);
    };
    let book = Book::bind(html.to_path_buf(), 0)?;
    let base = book.url(None);
    std::thread::spawn(move || book.run());
    let profile = Profile::create()?;
    let mut browser = Browser::start(program, &profile.0)?;
    let mut problems = Vec::new();
    let (mut pages, mut widgets) = (0, 0);
    for page in names(html)? {
        pages += 1;
        for (view, width, scheme) in VIEWS {
            let mut problem = |text: String| problems.push(format!("{page} ({view}): {text}"));
            set_view(&mut browser, width, scheme)?;
            browser.open(&format!("{base}{page}"))?;
            let tried = browser.evaluate(TRY_WIDGETS).unwrap_or_else(|error| {
                problem(error.to_string());
                Value::Null
            });
            if view == "light" {
                widgets += tried["widgets"].as_u64().unwrap_or(0);
            }
            for text in tried["problems"].as_array().into_iter().flatten() {
                problem(text.as_str().unwrap_or_default().to_owned());
            }
            browser
                .events()
                .iter()
                .filter_map(|event| complaint(event, &base))
                .for_each(problem);
            if let Some(folder) = pictures {
                let name = page.trim_end_matches(".html");
                picture(&mut browser, width, folder, &format!("{name}-{view}"))?;
            }
        }
    }
    if problems.is_empty() {
        Ok(Looked::At {
            pages,
            widgets: usize::try_from(widgets).unwrap_or(usize::MAX),
        })
    } else {
        Err(Error::Check { problems })
    }
}

/// A folder for the browser's own files, removed at the end.
struct Profile(PathBuf);

impl Profile {
    fn create() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("ferrisdb-book-{}", std::process::id()));
        std::fs::create_dir_all(&folder).at(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // Whatever is left over is in the system's folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The pages: those of the chapters, and one listing. The first chapter is the index too, and the
/// print page would start printing.
fn names(html: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(html).at(html)? {
        let path = entry.at(html)?.path();
        let name = file_name(&path);
        let is_page = path
            .extension()
            .is_some_and(|extension| extension == "html");
        let skipped = ["introduction.html", "print.html", "toc.html", "404.html"];
        if is_page && !skipped.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    names.extend(first_listing(html, Path::new("code")));
    Ok(names)
}

/// The first page of a source file, going down from `folder`.
fn first_listing(html: &Path, folder: &Path) -> Option<String> {
    let mut entries: Vec<_> = std::fs::read_dir(html.join(folder))
        .ok()?
        .filter_map(|entry| Some(folder.join(entry.ok()?.file_name())))
        .collect();
    entries.sort();
    entries.into_iter().find_map(|path| {
        if html.join(&path).is_dir() {
            first_listing(html, &path)
        } else {
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            Some(parts.join("/"))
        }
    })
}

fn set_view(browser: &mut Browser, width: u32, scheme: &str) -> Result<()> {
    let narrow = width < 600;
    let metrics =
        json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": narrow });
    browser.call("Emulation.setDeviceMetricsOverride", &metrics)?;
    let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
    browser.call(
        "Emulation.setEmulatedMedia",
        &json!({ "features": features }),
    )?;
    Ok(())
}

/// What an event says against the page, if anything.
fn complaint(event: &Value, base: &str) -> Option<String> {
    let parameters = &event["params"];
    match event["method"].as_str()? {
        "Runtime.exceptionThrown" => {
            let details = &parameters["exceptionDetails"];
            let said = details["exception"]["description"]
                .as_str()
                .or(details["text"].as_str());
            Some(format!("exception: {}", said.unwrap_or("unknown")))
        }
        "Runtime.consoleAPICalled" => {
            let kind = parameters["type"].as_str()?;
            let said: Vec<&str> = parameters["args"]
                .as_array()?
                .iter()
                .filter_map(|value| value["value"].as_str().or(value["description"].as_str()))
                .collect();
            let loud = matches!(kind, "error" | "warning" | "assert");
            loud.then(|| format!("console {kind}: {}", said.join(" ")))
        }
        "Log.entryAdded" => {
            let entry = &parameters["entry"];
            let level = entry["level"].as_str()?;
            let text = format!(
                "{} {}",
                entry["text"].as_str()?,
                entry["url"].as_str().unwrap_or("")
            );
            matches!(level, "error" | "warning").then(|| format!("console {level}: {text}"))
        }
        "Network.requestWillBeSent" => {
            let url = parameters["request"]["url"].as_str()?;
            let own = ["data:", "blob:", "about:", base]
                .iter()
                .any(|start| url.starts_with(start));
            (!own).then(|| format!("asks for {url}"))
        }
        _ => None,
    }
}

/// Pictures of the whole page, in pieces that can be looked at without shrinking them.
fn picture(browser: &mut Browser, width: u32, folder: &Path, name: &str) -> Result<()> {
    let height = browser
        .evaluate("document.documentElement.scrollHeight")?
        .as_u64()
        .unwrap_or(0);
    let path = folder.join(name);
    let folder = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(folder).at(folder)?;
    let mut shots = Vec::new();
    for (piece, top) in (0..height).step_by(PIECE).enumerate() {
        let height = (height - top).min(PIECE as u64);
        let clip = json!({ "x": 0, "y": top, "width": width, "height": height });
        shots.push((piece.to_string(), clip));
    }
    for (number, clip) in browser
        .evaluate(STIR_WIDGETS)?
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        shots.push((format!("widget-{number}"), clip.clone()));
    }
    for (suffix, mut clip) in shots {
        clip["scale"] = json!(1);
        let options = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = browser.call("Page.captureScreenshot", &options)?;
        let bytes = devtools::base64(picture["data"].as_str().unwrap_or_default());
        let path = path.with_file_name(format!("{}-{suffix}.png", file_name(&path)));
        std::fs::write(&path, bytes).at(&path)?;
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
