//! Exercise 8: a conversion that C++ does part by part, and that may be dropped half way.

// > given, detached
// | use std::future::Future;
// | use std::pin::Pin;
// |
// > solution, one-turn
// > end
use cxx::UniquePtr;

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("exercise-08-dropped/cpp/convert.h");

        type FutureSum = crate::FutureSum;

        type Pool;
        fn new_pool() -> UniquePtr<Pool>;
        fn parts(self: &Pool) -> usize;
        fn go_on(self: &Pool);
        fn settle(self: &Pool);

        fn convert(pool: &Pool, picture: Vec<u8>) -> FutureSum;
    }
}

// SAFETY: `std::uint64_t`, in CXXASYNC_DEFINE_FUTURE, is what `u64` is in C++.
// > given, detached
// | #[cxx_async::bridge]
// > solution, one-turn
#[co_await::bridge]
// > end
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
    // > detached
    // | let converted = tokio::spawn(ffi::convert(pool, picture));
    // | let converted = async { converted.await.expect("it does not panic") };
    // > given
    // | let converted = ffi::convert(pool, picture);
    // > solution, one-turn
    let converted = ffi::convert(pool, picture);
    // > end
    converted.await.map_err(|error| error.to_string())
}
