//! The program, as it is typed and as it answers.

#[path = "program/bench.rs"]
mod bench;
#[path = "program/common.rs"]
mod common;
#[path = "program/data.rs"]
mod data;
#[path = "program/inspect.rs"]
mod inspect;
#[path = "program/trouble.rs"]
mod trouble;
#[path = "program/upkeep.rs"]
mod upkeep;
