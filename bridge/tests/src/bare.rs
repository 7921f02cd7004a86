//! cxx-async by itself, to show what it does.
//!
//! Its macro writes `Pin` without its path, and calls what `Future` and `Stream` have, so they have to
//! be imported beside it; only `Future` is in the prelude of edition 2024. Without that (an upstream
//! defect: when this example compiles, drop the imports):
//!
//! ```compile_fail,E0425
//! #[cxx_async::bridge]
//! unsafe impl std::future::Future for FutureOfNoImport {
//!     type Output = i64;
//! }
//! ```
//!
//! With the imports the same compiles:
//!
//! ```
//! use std::{future::Future, pin::Pin};
//!
//! #[cxx_async::bridge]
//! unsafe impl Future for FutureOfImport {
//!     type Output = i64;
//! }
//! ```

use std::future::Future;
use std::pin::Pin;

use futures::Stream;

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/cpp/bare.h");

        type Pool = crate::ffi::Pool;
        type Gate = crate::ffi::Gate;
        type FutureBare = crate::bare::FutureBare;
        type StreamBare = crate::bare::StreamBare;

        fn throws_bare(an_int: bool) -> FutureBare;
        fn awaits_bare(future: FutureBare) -> FutureBare;
        fn bare_scheduled(pool: &Pool, value: i64) -> FutureBare;
        fn bare_long_work(pool: &Pool, gate: SharedPtr<Gate>) -> FutureBare;
        fn bare_numbers(pool: &Pool, count: i64) -> StreamBare;
        fn bare_thread_after_await(future: FutureBare) -> FutureBare;
        fn bare_stream_threads(pool: &Pool) -> StreamBare;
        fn bare_throws_null() -> FutureBare;
        fn bare_co_yield_writes_late() -> bool;
        fn bare_task_is_destroyed_twice(future: FutureBare) -> bool;
    }
}

// SAFETY, for both: `i64` is what cpp/bare.h says.
#[cxx_async::bridge]
unsafe impl Future for FutureBare {
    type Output = i64;
}
#[cxx_async::bridge]
unsafe impl Stream for StreamBare {
    type Item = i64;
}
