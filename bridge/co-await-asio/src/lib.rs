//! Boost.Asio for coroutines that Rust awaits.
//!
//! The crate is its C++ headers, `rust/co_await_asio.h` and `rust/co_await_keyed_mutex.h`.
//! Depending on it puts them where the C++ of your own crate finds them. There is no Rust in it.
#![doc = ""]
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

// Nothing is called, but the headers need those of co-await.
use co_await as _;
