//! CppCoro's pool and tasks, for coroutines that Rust awaits.

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/cppcoro/pool.h");

        type FutureInt = crate::FutureInt;

        type CppcoroPool;
        fn new_cppcoro_pool(threads: usize) -> UniquePtr<CppcoroPool>;
        fn scheduled_on_cppcoro(pool: &CppcoroPool, value: i64) -> FutureInt;
        fn awaits_rust_on_cppcoro(pool: &CppcoroPool, future: FutureInt) -> FutureInt;
        fn waits_for_cancellation(pool: &CppcoroPool) -> FutureInt;
        fn awaits_cppcoro_task(pool: &CppcoroPool, value: i64) -> FutureInt;
    }
}

// SAFETY: all that can be done with a pool is to have it run something, from any thread.
unsafe impl Send for ffi::CppcoroPool {}
// SAFETY: as above.
unsafe impl Sync for ffi::CppcoroPool {}
