//! The simplest key-value store that could work, and how it breaks.
//!
//! A web shop remembers who is logged in. Each session is a key, and what the shop knows about
//! it is the value:
//!
//! ```text
//!   step 1    set, get                a HashMap does all the work
//!   step 2    delete                  and says whether there was something to delete
//!   step 3    starting with …         all sessions of one customer
//! ```
//!
//! [`shell`] turns lines of text into calls. [`experiment`] breaks the store in three ways. The
//! real store is `kv-store`.

pub mod experiment;
pub mod shell;
pub mod step_1;
pub mod step_2;
pub mod step_3;

pub use step_1::Store;
