//! This package only points at tests: see its `Cargo.toml`.
