//! Folly for coroutines that Rust awaits.
//!
//! The crate is its C++ header, `rust/co_await_folly.h`. Depending on it puts the header where the
//! C++ of your own crate finds it. There is no Rust in it.
#![doc = ""]
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

// Nothing is called, but the header needs that of co-await.
use co_await as _;
