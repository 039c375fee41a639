//! The simplest skip list that could work, and how it breaks.
//!
//! The gift cards of the shop lie in memory, sorted, so that all cards of a customer can be
//! read in one go. New cards are sold all day.
//!
//! ```text
//!   level 1   head ─────────────▶ bob ────────────▶ end
//!   level 0   head ──▶ ada ─────▶ bob ─────▶ cy ──▶ end
//! ```
//!
//! [`step_1`] is a sorted linked list. [`step_2`] adds towers to it, which make it a skip list.
//! [`turns`] lets two threads go on step by step, so that one can count who waits for whom.
//! [`experiment`] puts the list behind a lock and takes the lock away. The real list is
//! `ferrisdb-skiplist`.

pub mod experiment;
pub mod step_1;
pub mod step_2;
pub mod turns;
