//! Folly's tasks, awaited through the header that cxx-async has for them.

use std::future::Future;
use std::pin::Pin;

use cxx::{CxxVector, UniquePtr};

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/folly/tasks.h");

        #[namespace = "cxx_async_tokio"]
        type CallToken = cxx_async_tokio::CallToken;
        type FutureInt = crate::FutureInt;
        type FutureThreads = crate::folly::FutureThreads;

        type FollyPool;
        fn new_folly_pool() -> UniquePtr<FollyPool>;
        fn cxx_async_knows_this_folly() -> bool;
        fn threads_of_bare_task(token: Box<CallToken>) -> FutureThreads;
        fn threads_of_task_on_pool(pool: &FollyPool, token: Box<CallToken>) -> FutureThreads;
        fn threads_of_task_that_awaits(
            pool: &FollyPool,
            future: FutureInt,
            token: Box<CallToken>,
        ) -> FutureThreads;
    }
}

// SAFETY: `CXXASYNC_DEFINE_FUTURE` in `folly/tasks.h` names the C++ type of this `Output`.
#[cxx_async::bridge]
unsafe impl Future for FutureThreads {
    type Output = UniquePtr<CxxVector<u64>>;
}
