//! A small server for the built book, for this machine only.
//!
//! It answers `GET` and `HEAD` for the files of one folder, a thread and a connection for each
//! request. That is all a browser needs for a book.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};

/// A request's head may not be longer than this.
const HEAD_SIZE_MAX: u64 = 16 * 1024;

/// How long a connection may be silent: browsers open some that they never use.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that has its port but does not answer yet.
#[derive(Debug)]
pub struct Book {
    listener: TcpListener,
    port: u16,
    html: PathBuf,
}

impl Book {
    /// Takes a port of the loopback interface; 0 means any that is free.
    pub fn bind(html: PathBuf, port: u16) -> Result<Self> {
        let trouble = |error: io::Error| Error::Serve {
            port,
            reason: error.to_string(),
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).map_err(trouble)?;
        let port = listener.local_addr().map_err(trouble)?.port();
        Ok(Self {
            listener,
            port,
            html,
        })
    }

    /// The address of a chapter, such as `03-wal`, or of the first page.
    pub fn url(&self, chapter: Option<&str>) -> String {
        let page = chapter.map_or(String::new(), |chapter| {
            let name = chapter
                .strip_suffix(".md")
                .or(chapter.strip_suffix(".html"));
            format!("{}.html", name.unwrap_or(chapter))
        });
        format!("http://127.0.0.1:{}/{page}", self.port)
    }

    /// Answers requests until the process ends.
    pub fn run(&self) {
        for connection in self.listener.incoming().flatten() {
            let html = self.html.clone();
            // A reader who went away is no reason to stop.
            std::thread::spawn(move || answer(&html, &connection));
        }
    }
}

/// Reads one request and answers it.
fn answer(html: &Path, connection: &TcpStream) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(connection.take(HEAD_SIZE_MAX)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    match (words.next(), words.next()) {
        (Some(method @ ("GET" | "HEAD")), Some(url)) => match file_of(html, url) {
            Some(path) => send(connection, "200 OK", &path, method == "GET"),
            None => refuse(
                connection,
                "404 Not Found",
                "There is no such page in this book.",
            ),
        },
        (Some(""), _) => Ok(()),
        _ => refuse(
            connection,
            "405 Method Not Allowed",
            "This server only shows a book.",
        ),
    }
}

fn send(mut connection: &TcpStream, status: &str, path: &Path, body: bool) -> io::Result<()> {
    let file = File::open(path)?;
    let (size, kind) = (file.metadata()?.len(), content_type(path));
    head(connection, status, kind, size)?;
    if body {
        // As many bytes as were announced, even if the book is being rebuilt meanwhile.
        io::copy(&mut file.take(size), &mut connection)?;
    }
    connection.flush()
}

fn refuse(mut connection: &TcpStream, status: &str, text: &str) -> io::Result<()> {
    head(
        connection,
        status,
        "text/plain; charset=utf-8",
        text.len() as u64,
    )?;
    connection.write_all(text.as_bytes())
}

fn head(mut connection: &TcpStream, status: &str, kind: &str, size: u64) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\
         Cache-Control: no-cache\r\nConnection: close\r\n\r\n"
    );
    connection.write_all(head.as_bytes())
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

    /// What the server answers to a request.
    fn ask(url: &str, request: &str) -> String {
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn requests_are_answered() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("index.html"), "<p>hello").unwrap();
        let book = Book::bind(directory.path().to_path_buf(), 0).unwrap();
        assert!(book.url(Some("03-wal.md")).ends_with("/03-wal.html"));
        let url = book.url(None);
        std::thread::spawn(move || book.run());
        let page = ask(&url, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(
            page.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html"),
            "{page}"
        );
        assert!(page.ends_with("\r\n\r\n<p>hello"), "{page}");
        let head = ask(&url, "HEAD / HTTP/1.1\r\n\r\n");
        assert!(head.ends_with("\r\n\r\n"), "{head}");
        assert!(ask(&url, "GET /none HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
        assert!(ask(&url, "POST / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
        // A connection that says nothing holds up nobody.
        let silent = TcpStream::connect(url.trim_start_matches("http://").trim_end_matches('/'));
        assert!(ask(&url, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
        drop(silent);
    }

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
