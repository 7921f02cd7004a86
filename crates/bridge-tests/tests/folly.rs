//! Where a Folly task runs that a coroutine awaits, and what is left of one that is dropped.
//!
//! Built with the feature `folly`, which takes the library.
#![cfg(feature = "folly")]

use std::convert::Infallible;
use std::thread;
use std::time::Duration;

use bridge_tests::FutureInt;
use bridge_tests::ffi::{live_frames, thread_id};
use bridge_tests::folly::{FutureThreads, ffi};
use bridge_tests::waiting::{completes_and_drops, drops_what_waits_for_rust, leaves_nothing};
use futures::FutureExt;
use futures::executor::block_on;
use tokio::runtime::Builder;
use tokio::time::sleep;

/// Where everything ran, by thread.
struct Seen {
    call: u64,
    poll: u64,
    task_begins: u64,
    task_goes_on: u64,
    caller_goes_on: u64,
}

/// Calls in this thread and polls in another, to tell the two apart; in a server both are the event
/// loop.
fn seen(call: FutureThreads) -> Seen {
    let polled = thread::spawn(|| {
        let runtime = Builder::new_current_thread().build().unwrap();
        (thread_id(), runtime.block_on(call).unwrap())
    });
    let (poll, threads) = polled.join().unwrap();
    let [task_begins, task_goes_on, caller_goes_on] = threads.as_slice().try_into().unwrap();
    Seen {
        call: thread_id(),
        poll,
        task_begins,
        task_goes_on,
        caller_goes_on,
    }
}

/// A sharp edge: it reads as if it went elsewhere, and all of it runs on the event loop.
#[test]
fn a_task_awaited_as_it_is_runs_within_the_call_and_inside_poll() {
    let seen = seen(ffi::threads_of_bare_task());
    assert_eq!(seen.task_begins, seen.call);
    assert_eq!(seen.task_goes_on, seen.poll);
    assert_eq!(seen.caller_goes_on, seen.poll);
}

#[test]
fn a_task_put_on_a_pool_runs_there() {
    let pool = ffi::new_folly_pool(1);
    for call in [
        ffi::threads_of_task_on_pool(&pool),
        ffi::threads_of_scheduled_task(&pool),
        ffi::threads_of_task_after_schedule(&pool),
    ] {
        let seen = seen(call);
        assert!(![seen.call, seen.poll].contains(&seen.task_begins));
        assert_eq!(
            seen.task_goes_on, seen.task_begins,
            "the pool has one thread"
        );
        assert_eq!(seen.caller_goes_on, seen.task_begins);
    }
}

#[test]
fn a_task_on_a_pool_that_awaited_rust_is_back_on_its_pool() {
    let pool = ffi::new_folly_pool(1);
    let runtime = Builder::new_multi_thread().enable_time().build().unwrap();
    let later = || {
        FutureInt::spawn(runtime.handle(), async {
            sleep(Duration::from_millis(10)).await;
            Ok::<_, Infallible>(7)
        })
    };
    for call in [
        ffi::threads_of_task_that_awaits(&pool, later()),
        ffi::threads_around_await(&pool, later()),
    ] {
        let threads = runtime.block_on(call).unwrap();
        let [before, after] = threads.as_slice().try_into().unwrap();
        assert_ne!(before, thread_id());
        assert_eq!(after, before, "the pool has one thread");
    }
}

#[test]
fn a_million_tasks_that_are_ready_take_no_more_of_the_stack_than_one() {
    assert_eq!(
        block_on(ffi::awaits_ready_tasks(1_000_000)).unwrap(),
        1_000_000
    );
    assert_eq!(live_frames(), 0);
}

#[test]
fn exceptions_and_values_of_folly_come_back() {
    let pool = ffi::new_folly_pool(2);
    let error = block_on(ffi::throws_in_a_task(0)).unwrap_err();
    assert_eq!(error.to_string(), "out of cheese");
    let error = block_on(ffi::throws_in_a_task(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a C++ exception that is not a std::exception"
    );
    assert_eq!(block_on(ffi::throws_in_a_task(2)).unwrap(), 2);
    assert_eq!(block_on(ffi::awaits_a_folly_future(&pool, 3)).unwrap(), 3);
    assert_eq!(live_frames(), 0);
}

#[test]
fn a_call_dropped_while_it_waits_for_rust_on_folly_leaves_nothing() {
    let pool = ffi::new_folly_pool(2);
    drops_what_waits_for_rust(|future| ffi::awaits_rust_on_folly(&pool, future));
}

#[test]
fn a_task_that_waits_for_rust_is_cancelled_and_drops_what_it_awaits() {
    let pool = ffi::new_folly_pool(2);
    drops_what_waits_for_rust(|future| ffi::awaits_rust_in_a_task_on_folly(&pool, future));
    drops_what_waits_for_rust(ffi::awaits_rust_in_a_task);
}

#[test]
fn a_task_that_sleeps_is_cancelled() {
    let pool = ffi::new_folly_pool(2);
    leaves_nothing(|_| ffi::sleeps_in_a_task_on_folly(&pool));
    leaves_nothing(|_| {
        let mut call = ffi::sleeps_in_a_task(&pool);
        assert!((&mut call).now_or_never().is_none());
        call
    });
}

#[test]
fn two_million_calls_and_100_000_drops_leave_an_idle_process_on_folly() {
    let pool = ffi::new_folly_pool(2);
    completes_and_drops(|value| ffi::scheduled_on_folly(&pool, value));
    assert_eq!(live_frames(), 0);
}
