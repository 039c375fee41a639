//! A small server for the built book, for this machine only.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};

use tiny_http::{Header, Request, Response, Server};

use crate::error::{Error, Result};

/// A server that has its port but does not answer yet.
pub struct Book {
    server: Server,
    html: PathBuf,
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Book")
            .field("html", &self.html)
            .finish_non_exhaustive()
    }
}

impl Book {
    /// Takes a port of the loopback interface; 0 means any that is free.
    pub fn bind(html: PathBuf, port: u16) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let server = Server::http(address).map_err(|error| Error::Serve {
            port,
            reason: error.to_string(),
        })?;
        Ok(Self { server, html })
    }

    /// The address of a chapter, such as `03-wal`, or of the first page.
    pub fn url(&self, chapter: Option<&str>) -> String {
        let port = self
            .server
            .server_addr()
            .to_ip()
            .map_or(0, |address| address.port());
        let page = chapter.map_or(String::new(), |chapter| {
            let name = chapter
                .strip_suffix(".md")
                .or(chapter.strip_suffix(".html"));
            format!("{}.html", name.unwrap_or(chapter))
        });
        format!("http://127.0.0.1:{port}/{page}")
    }

    /// Answers requests until the process ends.
    pub fn run(&self) {
        for request in self.server.incoming_requests() {
            // A reader who went away is no reason to stop.
            let _ = self.answer(request);
        }
    }

    fn answer(&self, request: Request) -> std::io::Result<()> {
        let Some(path) = file_of(&self.html, request.url()) else {
            return request.respond(Response::from_string("no such page\n").with_status_code(404));
        };
        match std::fs::File::open(&path) {
            Ok(file) => {
                let kind = Header::from_bytes("Content-Type", content_type(&path));
                let cache = Header::from_bytes("Cache-Control", "no-cache");
                let mut response = Response::from_file(file);
                for header in kind.into_iter().chain(cache) {
                    response.add_header(header);
                }
                request.respond(response)
            }
            Err(_) => {
                request.respond(Response::from_string("no such page\n").with_status_code(404))
            }
        }
    }
}

/// The file that a URL means, or `None` if it would be outside of `html` or is not there.
fn file_of(html: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or("");
    let path = percent_decoded(path)?;
    let relative = Path::new(path.trim_start_matches('/'));
    let inside = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    // A backslash or a colon means something else on Windows than it does here.
    if !inside || path.contains(['\\', ':', '\0']) {
        return None;
    }
    let file = html.join(relative);
    let file = if file.is_dir() {
        file.join("index.html")
    } else {
        file
    };
    file.is_file().then_some(file)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_inside_the_book_are_served() {
        let directory = tempfile::tempdir().unwrap();
        let html = directory.path().join("html");
        std::fs::create_dir_all(html.join("code")).unwrap();
        std::fs::write(html.join("index.html"), "a").unwrap();
        std::fs::write(html.join("code/a b.html"), "b").unwrap();
        std::fs::write(directory.path().join("secret"), "c").unwrap();
        assert_eq!(file_of(&html, "/"), Some(html.join("index.html")));
        assert_eq!(
            file_of(&html, "/index.html?x#y"),
            Some(html.join("index.html"))
        );
        assert_eq!(
            file_of(&html, "/code/a%20b.html"),
            Some(html.join("code/a b.html"))
        );
        let outside = [
            "/../secret",
            "/%2e%2e/secret",
            "/code/../../secret",
            "/..%2fsecret",
            "/..\\secret",
        ];
        for url in outside {
            assert_eq!(file_of(&html, url), None, "{url} is outside of the book");
        }
        assert_eq!(
            file_of(&html, "/code"),
            None,
            "a folder without an index is not a page"
        );
        assert_eq!(file_of(&html, "/%zz"), None);
    }
}
