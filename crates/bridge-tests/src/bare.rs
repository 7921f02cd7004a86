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

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/cpp/bare.h");

        type FutureBare = crate::bare::FutureBare;
        fn throws_bare(an_int: bool) -> FutureBare;
        fn awaits_bare(future: FutureBare) -> FutureBare;
        fn bare_co_yield_writes_late() -> bool;
    }
}

// SAFETY: `i64` is what CXXASYNC_DEFINE_FUTURE in cpp/bare.h says.
#[cxx_async::bridge]
unsafe impl Future for FutureBare {
    type Output = i64;
}
