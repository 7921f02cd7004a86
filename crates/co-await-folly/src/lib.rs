//! Folly tasks on an executor of theirs, awaited by [cxx-async](cxx_async) coroutines.
//!
//! The crate is its C++ header, `rust/cxx_async_folly_executor.h`; depending on it puts the header
//! where the C++ of your own crate finds it. There is no Rust in it, and nothing of Folly is needed
//! until a C++ file includes it.
//!
//! ```c++
//! co_await rust::async::schedule_on(executor, task)
//! ```
//!
//! runs a `folly::coro::Task<T>` on a `folly::Executor`, goes on in the thread where it ended, and
//! gives back its value or rethrows its exception. cxx-async has a header for Folly too; that one
//! goes on inside Rust's `poll`, and does not know a Folly later than 2024, which has its coroutines
//! in `folly/coro`. This one knows both.
//!
//! Step 3 on Folly uses it, and its tests are those of the step.
#![warn(missing_docs)]

// Nothing is called, but the header is for coroutines of cxx-async.
use co_await as _;
