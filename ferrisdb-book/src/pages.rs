//! Pages that show whole source files, so that the caption of a listing leads somewhere
//! without the internet and always to the text that the book was built from.

use std::fmt::Write as _;
use std::path::Path;

use crate::error::{AtPath, Result};
use crate::html::escape;

/// Where the page of a source file is, relative to the root of the built book.
pub(crate) fn address(file: &str) -> String {
    format!("code/{file}.html")
}

/// Writes the page of each file below `html`.
pub(crate) fn write<'a>(
    root: &Path,
    html: &Path,
    files: impl Iterator<Item = &'a str>,
) -> Result<()> {
    for file in files {
        let source = root.join(file);
        let text = std::fs::read_to_string(&source).at(&source)?;
        let page = html.join(address(file));
        if let Some(folder) = page.parent() {
            std::fs::create_dir_all(folder).at(folder)?;
        }
        std::fs::write(&page, render(file, &text)).at(&page)?;
    }
    Ok(())
}

fn render(file: &str, text: &str) -> String {
    // Each line is a block of its own, so no line break stands between two.
    let mut lines = String::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let _ = write!(
            lines,
            "<span class=\"line\" id=\"L{number}\"><a href=\"#L{number}\">{number}</a><code>{}</code></span>",
            escape(line)
        );
    }
    include_str!("page.html")
        .replace("@FILE@", &escape(file))
        .replace("@ROOT@", &"../".repeat(address(file).matches('/').count()))
        .replace("@LINES@", &lines)
}
