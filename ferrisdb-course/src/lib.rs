//! In progress.
pub mod learn { pub fn main()->std::process::ExitCode{std::process::ExitCode::SUCCESS} } pub mod x { pub fn main()->std::process::ExitCode{std::process::ExitCode::SUCCESS} }
