//! Boost.Asio coroutines and [cxx-async](cxx_async) futures awaiting each other.
//!
//! The crate is its C++ headers, `rust/cxx_async_asio.h` and `rust/cxx_async_asio_keyed_mutex.h`;
//! depending on it puts them where the C++ of your own crate finds them. There is no Rust in it.
#![doc = ""]
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

// Nothing is called, but the headers need cxx-async's.
use co_await as _;
