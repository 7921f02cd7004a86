//! CppCoro's pool and tasks, for coroutines that Rust awaits.
//!
//! Built with the feature `cppcoro`, which takes the library.
#![cfg(feature = "cppcoro")]

use std::time::Duration;

use bridge_tests::FutureInt;
use bridge_tests::cppcoro::ffi;
use bridge_tests::ffi::live_frames;
use bridge_tests::hostile::cppcoro::woken_under_a_lock;
use bridge_tests::process::{End, in_child};
use bridge_tests::waiting::{
    completes_and_drops, drops_what_waits_for_rust, leaves_nothing, until_no_frame_is_left,
};
use futures::executor::block_on;
use tokio::runtime::Builder;
use tokio::time::sleep;

#[test]
fn values_come_back_from_the_pool_and_from_tasks() {
    let pool = ffi::new_cppcoro_pool(2);
    assert_eq!(block_on(ffi::scheduled_on_cppcoro(&pool, 1)).unwrap(), 1);
    assert_eq!(block_on(ffi::awaits_cppcoro_task(&pool, 2)).unwrap(), 2);
    until_no_frame_is_left();
}

#[test]
fn after_awaiting_rust_cpp_is_back_in_cppcoros_pool() {
    let pool = ffi::new_cppcoro_pool(1);
    let runtime = Builder::new_multi_thread().enable_time().build().unwrap();
    for _ in 0..20 {
        let later = FutureInt::spawn(runtime.handle(), async {
            sleep(Duration::from_millis(1)).await;
            Ok::<_, String>(0)
        });
        let is_back = block_on(ffi::awaits_rust_on_cppcoro(&pool, later)).unwrap();
        assert_eq!(is_back, 1);
    }
    until_no_frame_is_left();
}

#[test]
fn a_call_dropped_while_it_waits_for_rust_on_cppcoro_leaves_nothing() {
    let pool = ffi::new_cppcoro_pool(2);
    drops_what_waits_for_rust(|future| ffi::awaits_rust_on_cppcoro(&pool, future));
}

#[test]
fn a_task_that_waits_is_cancelled() {
    let pool = ffi::new_cppcoro_pool(2);
    leaves_nothing(|_| ffi::waits_for_cancellation(&pool));
}

#[test]
fn two_million_calls_and_100_000_drops_leave_an_idle_process_on_cppcoro() {
    let pool = ffi::new_cppcoro_pool(2);
    completes_and_drops(|value| ffi::scheduled_on_cppcoro(&pool, value));
    assert_eq!(live_frames(), 0);
}

#[test]
fn a_task_of_cppcoro_that_awaits_rust_does_not_go_on_within_a_wake() {
    let child = in_child(
        "a_task_of_cppcoro_that_awaits_rust_does_not_go_on_within_a_wake",
        woken_under_a_lock::run,
    );
    assert!(
        matches!(child.end, End::Exited(status) if status.success()),
        "{child:?}"
    );
}
