//! Exercise 7: adds up the bytes of a picture, in C++, while the event loop goes on.

use co_await::Error;
use cxx::UniquePtr;

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("exercise-07-view/cpp/checksum.h");

        type FutureSum = crate::FutureSum;

        type Pool;
        fn new_pool() -> UniquePtr<Pool>;
        fn hold(self: &Pool);
        fn slow_down(self: &Pool);
        fn release(self: &Pool);
        fn wait_for_work(self: &Pool) -> bool;
        fn stands(self: &Pool) -> bool;
        fn settle(self: &Pool);

        // > given, kept, task
        // | fn checksum(pool: &Pool, picture: &[u8]) -> FutureSum;
        // > reference
        // | fn checksum(pool: &Pool, picture: &Vec<u8>) -> FutureSum;
        // > solution
        fn checksum(pool: &Pool, picture: Vec<u8>) -> FutureSum;
        // > end
    }
}

// SAFETY: `std::uint64_t`, in CXXASYNC_DEFINE_FUTURE, is what `u64` is in C++.
#[co_await::bridge]
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
    // | ffi::checksum(pool, &picture).await
    // > forgotten
    // | ffi::checksum(pool, picture.leak()).await
    // > kept
    // | ffi::checksum(pool, &picture).keep(picture).await
    // > task
    // | let call = ffi::checksum(pool, &picture);
    // | let owns_both = tokio::spawn(async move {
    // |     let sum = call.await;
    // |     drop(picture);
    // |     sum
    // | });
    // | owns_both.await.expect("it does not panic")
    // > solution
    ffi::checksum(pool, picture).await
    // > end
}
