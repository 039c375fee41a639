//! The machinery of the course: one engine, cut into exercises, checked, and carried to a learner.
//!
//! ```text
//!   course, lesson    what the stages are and what they ask for
//!   items             from an item's path to its place in the source
//!   cut               from a solution to its exercise, and back to an empty hole
//!   runner            from a package to a verdict on each of its tests
//!   wrong, diagnose   mistakes that people make, and from failing tests to the likely one
//!
//!   learn             the program that learners run
//! ```

#![forbid(unsafe_code)]

pub mod child;
pub mod course;
pub mod cut;
pub mod diagnose;
pub mod error;
pub mod fields;
pub mod gist;
pub mod items;
pub mod json;
pub mod learn;
pub mod lesson;
pub mod paths;
pub mod runner;
pub mod time;
pub mod wrong;

pub use error::{Error, Result};
