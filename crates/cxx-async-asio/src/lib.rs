//! Boost.Asio coroutines and [cxx-async](cxx_async) futures awaiting each other.
//!
//! The crate is its C++ header, `rust/cxx_async_asio.h`; depending on it puts the header where the
//! C++ of your own crate finds it. There is no Rust in it.
#![doc = ""]
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

// Nothing is called, but the header needs cxx-async's.
use cxx_async as _;
