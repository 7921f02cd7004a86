//! What Asio expects of an operation: any completion token, cancellation, allocators, executors.
//!
//! What the Boost at hand does not have is not tried: see `cpp/conventions.cpp`.

use bridge_tests::conventions::{ffi, later};
use bridge_tests::ffi as calls;
use bridge_tests::waiting::{Dropped, block_until};
use bridge_tests::{FutureInt, RUNTIME};
use tokio::runtime::{Builder, Runtime};

fn now() -> FutureInt {
    FutureInt::infallible(async { 7 })
}

/// Never there at once, and there a moment later.
fn in_a_moment() -> FutureInt {
    FutureInt::infallible(async {
        tokio::task::yield_now().await;
        7
    })
}

fn runtime() -> Runtime {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .unwrap();
    RUNTIME.get_or_init(|| runtime.handle().clone());
    runtime
}

#[test]
fn any_completion_token_will_do() {
    let _runtime = runtime();
    let said = ffi::any_token_will_do(now(), now(), later(7), later(7)).unwrap();
    assert_eq!(said, "");
    assert_eq!(
        ffi::parallel_group(&calls::new_pool(2), now(), later(7)),
        ""
    );
}

#[test]
fn a_time_limit_of_asios_drops_the_future() {
    let dropped = Dropped::default();
    let never = FutureInt::infallible(dropped.never());
    assert_eq!(ffi::cancel_after(&calls::new_pool(2), never, now()), "");
    block_until(|| dropped.count() == 1);
}

#[test]
fn only_terminal_cancellation_is_obeyed_unless_a_filter_says_more() {
    let (pool, dropped) = (calls::new_pool(2), Dropped::default());
    let never = || FutureInt::infallible(dropped.never());
    assert_eq!(ffi::obeys_terminal_alone(&pool, never()), "");
    assert_eq!(ffi::obeys_a_filter(&pool, never()), "");
    block_until(|| dropped.count() == 2);
}

#[test]
fn the_handlers_allocator_and_executors_are_used() {
    let _runtime = runtime();
    let pool = calls::new_pool(2);
    assert_eq!(ffi::uses_the_allocator(&pool, now()), "");
    assert_eq!(ffi::uses_the_allocator(&pool, later(7)), "");
    assert_eq!(ffi::uses_the_immediate_executor(now(), in_a_moment()), "");
    assert_eq!(ffi::uses_the_executor(now()), "");
    assert_eq!(ffi::strands_keep_handlers_apart(&pool, 500), "");
}

#[test]
fn a_keyed_mutex_is_locked_with_handlers_and_left_by_cancellation() {
    assert_eq!(ffi::locks_with_handlers(&calls::new_pool(2)), "");
}
