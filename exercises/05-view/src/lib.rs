//! Exercise 5: adds up the bytes of a picture, in C++, while the event loop goes on.

use std::future::Future;
use std::pin::Pin;

use cxx::UniquePtr;
use cxx_async_tokio::{Error, guard};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("exercise-05-view/cpp/checksum.h");

        #[namespace = "cxx_async_tokio"]
        type CallToken = cxx_async_tokio::CallToken;
        type FutureSum = crate::FutureSum;

        type Pool;
        fn new_pool() -> UniquePtr<Pool>;
        fn hold(self: &Pool);
        fn release(self: &Pool);
        fn settle(self: &Pool);

        // > given
        // | fn checksum(pool: &Pool, picture: &[u8], token: Box<CallToken>) -> FutureSum;
        // > reference
        // | fn checksum(pool: &Pool, picture: &Vec<u8>, token: Box<CallToken>) -> FutureSum;
        // > solution
        fn checksum(pool: &Pool, picture: Vec<u8>, token: Box<CallToken>) -> FutureSum;
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
/// When C++ throws, or the pool goes away.
pub async fn checksum(pool: &Pool, picture: Vec<u8>) -> Result<u64, Error> {
    // > given, reference
    // | guard(|token| ffi::checksum(pool, &picture, token)).await
    // > forgotten
    // | let picture = picture.leak();
    // | guard(|token| ffi::checksum(pool, picture, token)).await
    // > solution
    guard(|token| ffi::checksum(pool, picture, token)).await
    // > end
}
