//! An ordered, byte-keyed store in memory.
//!
//! Everything a small key-value store is asked for, in one sorted map:
//!
//! ```text
//!   Store
//!   └─ entries: BTreeMap        sorted by key, byte by byte
//!      ├─ "apple"   →  Entry { "red",    never expires        }
//!      ├─ "banana"  →  Entry { "yellow", expires at 3000 ms   }
//!      └─ "cherry"  →  Entry { "dark",   never expires        }
//!
//!   at 3000 ms  get "banana"  →  nothing, though it is still in memory
//!               scan "b"..    →  "cherry"
//! ```
//!
//! The store has no clock. Whatever depends on the time takes it as an argument, `now_ms`:
//! milliseconds since a start that the caller picks and keeps to. So a test can stand exactly
//! on the moment at which an entry expires, and no test ever sleeps.
//!
//! Nothing is written to disk: when the process ends, the store is gone. Stage 02 begins to
//! change that. What the store answers is what the later engine must answer too, so the
//! engine's tests use it as their model.
//!
//! ```
//! use kv_store::{Entry, Store};
//!
//! let mut store = Store::new();
//! store.set("user/1", "Ada");
//! store.set("user/2", "Grace");
//! store.set_with_ttl("session/9", "Ada", 1_000, 50_000);
//!
//! assert_eq!(store.get("user/1", 50_000), Some(b"Ada".as_slice()));
//! assert_eq!(store.scan_prefix("user/", 50_000).count(), 2);
//! assert_eq!(store.get("session/9", 51_000), None);
//!
//! // A lock that lets go by itself: only where there is none, and for 30 seconds.
//! let mine = Entry::expiring("worker 7", 30_000, 51_000);
//! assert_eq!(store.compare_and_set("lock", None, mine, 51_000), Ok(()));
//! ```

#![forbid(unsafe_code)]

mod conflict;
mod entry;
mod prefix;
mod scan;
mod store;

pub use conflict::Conflict;
pub use entry::Entry;
pub use prefix::prefix_end;
pub use scan::Scan;
pub use store::Store;
