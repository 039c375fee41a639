//! The memtable: the newest writes, sorted, in memory, with every version of each key.
//!
//! A write never changes what was there. It adds a *version*: key, timestamp, operation, value.
//! Versions lie in one skip list, keys ascending, versions of the same key newest first:
//!
//! ```text
//!    ada @7    ada @3    ada @1    bob @6    bob @2    cy @5
//!    put 40    put 70    put 90    delete    put 10    put 35
//!              ▲                             ▲         ▲
//!              └─────────────────────────────┴─────────┴─── what a reader as of @5 sees
//! ```
//!
//! A reader says *as of* which timestamp it reads. For each key it sees the newest version that is
//! not newer than that, and it sees the same whatever is written meanwhile. Nobody waits for
//! anybody.
//!
//! A table has a size. When it is full or when somebody says so, it is frozen, written out as a
//! file, and dropped as a whole; that is the only way in which memory comes back.
//!
//! Invariants:
//!
//! 1. A reader as of `t` sees of each key the newest version at or before `t`, or none if that is
//!    a tombstone.
//! 2. What a reader as of `t` sees never changes once every write at or before `t` has returned.
//! 3. A batch that was refused has left nothing behind; a batch that was not is there as a whole.
//!    (As long as no two threads write the same key as of the same timestamp at the same moment.)
//! 4. An empty table accepts every legal batch, whatever its budget.
//! 5. The memory used is the sum of the nodes in the list, to the byte.
//! 6. When [`Memtable::freeze`] has returned, nothing is added to the table any more.

#![forbid(unsafe_code)]

mod cursor;
mod error;
mod memtable;
mod order;
mod scan;
mod span;
mod version;

pub use cursor::Cursor;
pub use error::{Error, Result};
pub use ferrisdb_skiplist::{Entry, OwnedCursor};
pub use memtable::Memtable;
pub use order::in_order;
pub use scan::Scan;
