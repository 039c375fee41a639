//! The FerrisDB book: built, checked and served.
//!
//! Chapters hold directives; what replaces them is cut from crates that compile, from recorded
//! runs and from recorded traces, when the book is built:
//!
//! ```text
//!   book/src/*.md ──► directive ──► expand ──┬── sources   {{#item}} {{#doc}}
//!                                            ├── runs      {{#run}}
//!                                            ├── snippets  {{#snippet}}
//!                                            ├── widget    {{#widget}}
//!                                            └── map       {{#map}}
//!                       mdBook ◄── preprocess ◄──┘
//!                          │
//!                          ▼
//!                      book/html ──► check, browser, serve
//! ```
//!
//! A directive that cannot be expanded fails the build, with its chapter and line.

mod browser;
mod build;
mod check;
mod devtools;
mod directive;
mod error;
mod expand;
mod html;
mod map;
mod pages;
mod place;
mod preprocess;
mod serve;
mod snippets;
mod sources;
mod tags;
mod watch;
mod widget;

pub use browser::{Looked, browse};
pub use build::{build, find_root};
pub use check::{Checked, check};
pub use error::{Error, Result};
pub use expand::Expander;
pub use preprocess::{Directives, preprocess};
pub use serve::Book;
pub use snippets::run as run_snippets;
pub use watch::Watch;
