//! What Asio expects of an operation.

use std::time::Duration;

use crate::{FutureInt, RUNTIME};

#[cxx::bridge]
pub mod ffi {
    extern "Rust" {
        fn later(value: i64) -> FutureInt;
    }

    unsafe extern "C++" {
        include!("bridge-tests/cpp/conventions.h");

        type FutureInt = crate::FutureInt;
        type Pool = crate::ffi::Pool;

        fn any_token_will_do(
            callback: FutureInt,
            detached: FutureInt,
            deferred: FutureInt,
            future: FutureInt,
        ) -> Result<String>;
        fn parallel_group(pool: &Pool, first: FutureInt, second: FutureInt) -> String;
        fn cancel_after(pool: &Pool, never: FutureInt, now: FutureInt) -> String;
        fn obeys_terminal_alone(pool: &Pool, never: FutureInt) -> String;
        fn obeys_a_filter(pool: &Pool, never: FutureInt) -> String;
        fn uses_the_allocator(pool: &Pool, future: FutureInt) -> String;
        fn uses_the_immediate_executor(now: FutureInt, later: FutureInt) -> String;
        fn uses_the_executor(future: FutureInt) -> String;
        fn strands_keep_handlers_apart(pool: &Pool, count: i64) -> String;
        fn locks_with_handlers(pool: &Pool) -> String;
    }
}

/// A value that is there a little later, of a task.
pub fn later(value: i64) -> FutureInt {
    let runtime = RUNTIME.get().expect("a runtime for C++");
    FutureInt::spawn(runtime, async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok::<_, String>(value)
    })
}
