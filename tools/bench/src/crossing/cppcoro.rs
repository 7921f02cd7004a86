//! The crossing to a pool of CppCoro's.

use std::sync::LazyLock;

use cxx::UniquePtr;

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bench/cppcoro/pool.h");

        type FutureValue = crate::crossing::FutureValue;
        type CppcoroPool;
        fn new_cppcoro_pool(threads: usize) -> UniquePtr<CppcoroPool>;
        fn on_cppcoro(pool: &CppcoroPool, value: i64) -> FutureValue;
    }
}

// SAFETY: all that can be done with a pool is to have it run something, from any thread.
unsafe impl Send for ffi::CppcoroPool {}
// SAFETY: as above.
unsafe impl Sync for ffi::CppcoroPool {}

/// One thread, as all others have.
pub static POOL: LazyLock<UniquePtr<ffi::CppcoroPool>> = LazyLock::new(|| ffi::new_cppcoro_pool(1));
