//! Guards that make [cxx-async](cxx_async) safe under Tokio, in both directions.
#![doc = ""]
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod for_cpp;
mod guard;
mod held;
mod token;

pub use for_cpp::for_cpp;
pub use guard::{Error, Guard, GuardStream, guard, guard_stream};
pub use token::CallToken;
