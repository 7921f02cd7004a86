//! Exercise 6: counts primes in C++, while the event loop goes on.

// > given
// > solution, on-the-loop, swallowed, too-late, asks, no-exception, another-type
use co_await::Error;
// > end
use cxx::UniquePtr;

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("exercise-06-coroutine/cpp/primes.h");

        type Pool;
        fn new_pool() -> UniquePtr<Pool>;
        fn hold(self: &Pool);
        fn release(self: &Pool);
        fn settle(self: &Pool);
        fn asked(self: &Pool) -> usize;

        // > given
        // | // 3. The future and the coroutine.
        // > solution, on-the-loop, swallowed, too-late, asks, no-exception, another-type
        type FutureCount = crate::FutureCount;
        fn count_primes(pool: &Pool, below: u32) -> FutureCount;
        // > end
    }
}

// > given
// | // 4. The future's output.
// > another-type
// | // SAFETY: as the exercise says.
// | #[co_await::bridge]
// | unsafe impl Future for FutureCount {
// |     type Output = u64;
// | }
// > solution, on-the-loop, swallowed, too-late, asks, no-exception
// SAFETY: `std::uint32_t`, in CXXASYNC_DEFINE_FUTURE, is what `u32` is in C++.
#[co_await::bridge]
unsafe impl Future for FutureCount {
    type Output = u32;
}
// > end

// SAFETY: its methods hand work to a pool or wait for it, from any thread.
unsafe impl Send for ffi::Pool {}
// SAFETY: as above.
unsafe impl Sync for ffi::Pool {}

/// The C++ pool. Joined when dropped.
pub type Pool = UniquePtr<ffi::Pool>;
pub use ffi::new_pool;

/// Counts the primes below a number. May be dropped at any time.
///
/// # Errors
///
/// What C++ says where there is nothing to count.
pub async fn count(pool: &Pool, below: u32) -> Result<u32, String> {
    // > given
    // | let _ = (pool, below);
    // | Err("There is no coroutine yet.".into())
    // > another-type
    // | let counted = ffi::count_primes(pool, below).await;
    // | let counted = counted.map(|count| count as u32);
    // | counted.map_err(|error: Error| error.to_string())
    // > solution, on-the-loop, swallowed, too-late, asks, no-exception
    let counted = ffi::count_primes(pool, below).await;
    counted.map_err(|error: Error| error.to_string())
    // > end
}
