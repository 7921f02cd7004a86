//! Folly's tasks, awaited by coroutines that Rust awaits.

use cxx::{CxxString, CxxVector, UniquePtr};

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/folly/awaitables.h");
        include!("bridge-tests/folly/defaults.h");
        include!("bridge-tests/folly/tasks.h");

        type FutureInt = crate::FutureInt;
        type FutureThreads = crate::folly::FutureThreads;

        type FollyPool;
        fn new_folly_pool(threads: usize) -> UniquePtr<FollyPool>;
        fn threads_of_bare_task() -> FutureThreads;
        fn threads_of_task_on_pool(pool: &FollyPool) -> FutureThreads;
        fn threads_of_scheduled_task(pool: &FollyPool) -> FutureThreads;
        fn threads_of_task_after_schedule(pool: &FollyPool) -> FutureThreads;
        fn threads_of_task_that_awaits(pool: &FollyPool, future: FutureInt) -> FutureThreads;
        fn threads_around_await(pool: &FollyPool, future: FutureInt) -> FutureThreads;
        fn awaits_ready_tasks(count: i64) -> FutureInt;
        fn throws_in_a_task(what: i32) -> FutureInt;
        fn awaits_a_folly_future(pool: &FollyPool, value: i64) -> FutureInt;
        fn scheduled_on_folly(pool: &FollyPool, value: i64) -> FutureInt;
        fn awaits_rust_on_folly(pool: &FollyPool, future: FutureInt) -> FutureInt;
        fn awaits_rust_in_a_task(future: FutureInt) -> FutureInt;
        fn awaits_rust_in_a_task_on_folly(pool: &FollyPool, future: FutureInt) -> FutureInt;
        fn sleeps_in_a_task(pool: &FollyPool) -> FutureInt;
        fn sleeps_in_a_task_on_folly(pool: &FollyPool) -> FutureInt;

        fn folly_awaitables() -> UniquePtr<CxxString>;
        fn folly_operations() -> UniquePtr<CxxString>;
        fn awaits_of_folly(number: i32, pool: &FollyPool, there: bool) -> FutureInt;
        fn awaits_by_folly(
            number: i32,
            pool: &FollyPool,
            one: FutureInt,
            other: FutureInt,
        ) -> FutureInt;
        fn waits_by_folly(future: FutureInt) -> Result<i64>;
        fn waits_of_folly(number: i32, pool: &FollyPool) -> FutureInt;
        fn waits_of_folly_count() -> i32;
        fn keeps_request_context(pool: &FollyPool, future: FutureInt) -> FutureInt;

        fn complete_folly_registration();
        fn sleeps_by_default() -> FutureInt;
        fn times_out_by_default(in_time: FutureInt, too_late: FutureInt) -> FutureInt;
        fn goes_to_global_executors() -> FutureInt;
    }
}

// SAFETY: all that can be done with a pool is to have it run something, from any thread.
unsafe impl Send for ffi::FollyPool {}
// SAFETY: as above.
unsafe impl Sync for ffi::FollyPool {}

/// The names in a list of them.
pub fn names(list: UniquePtr<CxxString>) -> Vec<String> {
    list.to_string_lossy().lines().map(str::to_owned).collect()
}

// SAFETY: `CXXASYNC_DEFINE_FUTURE` in `folly/tasks.h` names the C++ type of this `Output`.
#[co_await::bridge]
unsafe impl Future for FutureThreads {
    type Output = UniquePtr<CxxVector<u64>>;
}
