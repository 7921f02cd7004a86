//! Exercise 6: a conversion that C++ does part by part, and that may be dropped half way.

use std::future::Future;
use std::pin::Pin;

use cxx::UniquePtr;
// > given, detached
// > not-asked, gives-up
// | use cxx_async_tokio::guard;
// > solution
use cxx_async_tokio::guard;
// > end

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("exercise-06-dropped/cpp/convert.h");

        // > given
        // > solution, not-asked, gives-up
        #[namespace = "cxx_async_tokio"]
        type CallToken = cxx_async_tokio::CallToken;
        // > end
        type FutureSum = crate::FutureSum;

        type Pool;
        fn new_pool() -> UniquePtr<Pool>;
        fn parts(self: &Pool) -> usize;
        fn go_on(self: &Pool);
        fn settle(self: &Pool);

        // > given
        // | fn convert(pool: &Pool, picture: Vec<u8>) -> FutureSum;
        // > solution, not-asked, gives-up
        fn convert(pool: &Pool, picture: Vec<u8>, token: Box<CallToken>) -> FutureSum;
        // > end
    }
}

// SAFETY: `std::uint64_t`, in CXXASYNC_DEFINE_FUTURE, is what `u64` is in C++.
#[cxx_async::bridge]
unsafe impl Future for FutureSum {
    type Output = u64;
}

// SAFETY: its methods hand work to a pool or wait for it, from any thread.
unsafe impl Send for ffi::Pool {}
// SAFETY: as above.
unsafe impl Sync for ffi::Pool {}

/// The C++ pool. Joined when dropped.
pub type Pool = UniquePtr<ffi::Pool>;
pub use ffi::new_pool;

/// Adds up the bytes of a picture. May be dropped at any time, as a handler is when its client
/// leaves.
///
/// # Errors
///
/// What C++ threw, as text.
pub async fn convert(pool: &Pool, picture: Vec<u8>) -> Result<u64, String> {
    // > given
    // | let converted = ffi::convert(pool, picture);
    // > detached
    // | let converted = tokio::spawn(ffi::convert(pool, picture));
    // | let converted = async { converted.await.expect("it does not panic") };
    // > solution, not-asked, gives-up
    let converted = guard(|token| ffi::convert(pool, picture, token));
    // > end
    converted.await.map_err(|error| error.to_string())
}
