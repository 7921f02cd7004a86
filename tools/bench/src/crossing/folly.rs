//! The crossing to a pool of Folly's.

use std::sync::LazyLock;

use cxx::UniquePtr;

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bench/folly/pool.h");

        type FutureValue = crate::crossing::FutureValue;
        type FollyPool;
        fn new_folly_pool(threads: usize) -> UniquePtr<FollyPool>;
        fn on_folly(pool: &FollyPool, value: i64) -> FutureValue;
        fn on_poll(value: i64) -> FutureValue;
    }
}

// SAFETY: all that can be done with a pool is to have it run something, from any thread.
unsafe impl Send for ffi::FollyPool {}
// SAFETY: as above.
unsafe impl Sync for ffi::FollyPool {}

/// One thread, as all others have.
pub static POOL: LazyLock<UniquePtr<ffi::FollyPool>> = LazyLock::new(|| ffi::new_folly_pool(1));
