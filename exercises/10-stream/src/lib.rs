//! Exercise 10: a picture that comes from C++ strip by strip.

use co_await::Error;
use cxx::{CxxVector, UniquePtr};
use futures::{Stream, TryStreamExt};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("exercise-10-stream/cpp/strips.h");

        type StreamStrip = crate::StreamStrip;

        type Pool;
        fn new_pool() -> UniquePtr<Pool>;
        fn decoded(self: &Pool) -> u32;
        fn settle(self: &Pool);

        fn strips(pool: &Pool, count: u32, broken: u32) -> StreamStrip;
    }
}

// SAFETY: `std::unique_ptr<std::vector<std::uint8_t>>`, in CXXASYNC_DEFINE_STREAM, is what this is
// in C++.
// > given, one-at-a-time
// | #[co_await::bridge]
// > far-ahead
// | #[co_await::bridge(buffer = 100)]
// > solution, silent, hops
#[co_await::bridge(buffer = 8)]
// > end
unsafe impl Stream for StreamStrip {
    type Item = UniquePtr<CxxVector<u8>>;
}

// SAFETY: its methods hand work to a pool or read a count, from any thread.
unsafe impl Send for ffi::Pool {}
// SAFETY: as above.
unsafe impl Sync for ffi::Pool {}

/// The C++ pool. Joined when dropped.
pub type Pool = UniquePtr<ffi::Pool>;
pub use ffi::new_pool;

/// The strips of a picture, in order; the one of number `broken` cannot be decoded. May be dropped at
/// any time.
pub fn strips(
    pool: &Pool,
    count: u32,
    broken: u32,
) -> impl Stream<Item = Result<Vec<u8>, Error>> + use<> {
    ffi::strips(pool, count, broken).map_ok(|strip| strip.as_slice().to_vec())
}
