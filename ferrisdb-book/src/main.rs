//! The program that builds, checks and serves the book.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::{Parser, Subcommand};
use ferrisdb_book::{Book, Error, Looked, Result, Watch};

/// Builds, checks and serves the FerrisDB book.
#[derive(Debug, Parser)]
#[command(name = "ferrisdb-book")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Builds the book into book/html.
    Build,
    /// Checks the links, anchors and files of the built book.
    Check,
    /// Builds the book and serves it to this machine; builds it again when something changes.
    Serve {
        /// The port; 0 takes any that is free.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Opens this chapter, such as 03-wal, in the browser; without a name the first page.
        #[arg(long, value_name = "CHAPTER", num_args = 0..=1, default_missing_value = "index")]
        open: Option<String>,
    },
    /// Looks at every page of the built book in headless Chromium, if it is installed.
    Browser {
        /// Also writes pictures of the pages into this folder.
        #[arg(long, value_name = "FOLDER")]
        pictures: Option<PathBuf>,
    },
    /// Runs the foreign snippets and compares what they print.
    Snippets,
    /// Speaks mdBook's preprocessor protocol; `mdbook build book` calls it.
    Preprocess {
        /// `supports RENDERER`: mdBook's question whether it wants to be called.
        question: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Build => {
            let html = ferrisdb_book::build(&root()?)?;
            println!("built {}", html.join("index.html").display());
            Ok(())
        }
        Task::Check => {
            let root = root()?;
            let checked = ferrisdb_book::check(&root, &root.join("book/html"))?;
            println!(
                "checked {} pages: {} links inside the book lead somewhere, {} outside have a good form",
                checked.pages, checked.links, checked.external
            );
            Ok(())
        }
        Task::Browser { pictures } => look(pictures.as_deref()),
        Task::Serve { port, open } => serve(port, open.as_deref()),
        Task::Snippets => ferrisdb_book::run_snippets(&root()?, &mut |line| println!("{line}")),
        // Every renderer is welcome: an exit status of 0 says so.
        Task::Preprocess { question } if !question.is_empty() => Ok(()),
        Task::Preprocess { .. } => {
            ferrisdb_book::preprocess(std::io::stdin().lock(), std::io::stdout().lock())
        }
    }
}

fn root() -> Result<PathBuf> {
    let here = std::env::current_dir().map_err(|source| Error::Io {
        path: PathBuf::from("."),
        source,
    })?;
    ferrisdb_book::find_root(&here)
}

fn serve(port: u16, open: Option<&str>) -> Result<()> {
    let root = root()?;
    let mut watch = Watch::new(&root);
    let html = ferrisdb_book::build(&root)?;
    let exists = |chapter: &&str| html.join(format!("{chapter}.html")).is_file();
    let chapter = open.filter(|chapter| *chapter != "index").filter(exists);
    let book = Book::bind(html.clone(), port)?;
    let url = book.url(chapter);
    println!("The book is at {url}  (Ctrl-C ends)");
    if open.is_some() && !show(&url) {
        println!("No browser could be started; open that address yourself.");
    }
    std::thread::spawn(move || book.run());
    loop {
        std::thread::sleep(Duration::from_secs(1));
        if watch.changed() {
            match ferrisdb_book::build(&root) {
                Ok(_) => eprintln!("built again; reload the page"),
                Err(error) => eprintln!("{error}"),
            }
        }
    }
}

fn look(pictures: Option<&Path>) -> Result<()> {
    match ferrisdb_book::browse(&root()?.join("book/html"), pictures)? {
        Looked::At { pages, widgets } => println!("looked at {pages} pages and {widgets} widgets"),
        _ => println!("skipped: no Chromium is installed, so no page was looked at"),
    }
    Ok(())
}

/// Asks the system to show a page.
fn show(url: &str) -> bool {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let quiet = std::process::Stdio::null;
    Command::new(program)
        .args(arguments)
        .arg(url)
        .stdout(quiet())
        .stderr(quiet())
        .spawn()
        .is_ok()
}
