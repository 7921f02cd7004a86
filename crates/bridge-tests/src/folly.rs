//! Folly's tasks, awaited through the header that cxx-async has for them.

use std::future::Future;

use cxx::{CxxVector, UniquePtr};

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/folly/tasks.h");

        type FutureInt = crate::FutureInt;
        type FutureThreads = crate::folly::FutureThreads;

        type FollyPool;
        fn new_folly_pool() -> UniquePtr<FollyPool>;
        fn cxx_async_knows_this_folly() -> bool;
        fn threads_of_bare_task() -> FutureThreads;
        fn threads_of_task_on_pool(pool: &FollyPool) -> FutureThreads;
        fn threads_of_task_that_awaits(pool: &FollyPool, future: FutureInt) -> FutureThreads;
    }
}

// SAFETY: `CXXASYNC_DEFINE_FUTURE` in `folly/tasks.h` names the C++ type of this `Output`.
#[co_await::bridge]
unsafe impl Future for FutureThreads {
    type Output = UniquePtr<CxxVector<u64>>;
}
