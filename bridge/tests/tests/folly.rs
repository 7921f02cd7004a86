//! Where a Folly task runs that a coroutine awaits, and what is left of one that is dropped.
//!
//! Built with the feature `folly`, which takes the library.
#![cfg(feature = "folly")]

use std::convert::Infallible;
use std::os::unix::process::ExitStatusExt;
use std::thread;
use std::time::Duration;

use bridge_tests::FutureInt;
use bridge_tests::ffi::{live_frames, thread_id};
use bridge_tests::folly::{FutureThreads, ffi, names};
use bridge_tests::hostile::folly::{
    dropped_while_queued, executor_that_calls_at_once, full_queue, reads_a_stream, reschedules,
    woken_under_a_lock,
};
use bridge_tests::process::{End, in_child, in_child_for};
use bridge_tests::waiting::{
    Dropped, completes_and_drops, drops_what_waits_for_rust, leaves_nothing, until_no_frame_is_left,
};
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

#[test]
fn all_that_folly_can_await_is_awaited() {
    let pool = ffi::new_folly_pool(2);
    for (number, name) in (0..).zip(names(ffi::folly_awaitables())) {
        for there in [false, true] {
            for _ in 0..20 {
                let value = block_on(ffi::awaits_of_folly(number, &pool, there));
                assert!(
                    matches!(value, Ok(7)),
                    "{name}, in the pool: {there}: {value:?}"
                );
            }
        }
    }
    until_no_frame_is_left();
}

#[test]
fn what_folly_can_await_is_dropped_at_all_moments() {
    let pool = ffi::new_folly_pool(2);
    for (number, _) in (0..).zip(names(ffi::folly_awaitables())) {
        for there in [false, true] {
            for round in 0..50 {
                let mut call = ffi::awaits_of_folly(number, &pool, there);
                if round % 2 == 0 {
                    let _ = (&mut call).now_or_never();
                }
                for _ in 0..round * 20 {
                    std::hint::spin_loop();
                }
            }
        }
    }
    until_no_frame_is_left();
}

#[test]
fn what_folly_can_cancel_is_cancelled() {
    let pool = ffi::new_folly_pool(2);
    for number in 0..ffi::waits_of_folly_count() {
        for _ in 0..20 {
            let mut call = ffi::waits_of_folly(number, &pool);
            assert!((&mut call).now_or_never().is_none());
        }
    }
    until_no_frame_is_left();
}

#[test]
fn what_folly_has_for_all_that_can_be_awaited_takes_rust() {
    let pool = ffi::new_folly_pool(2);
    let runtime = Builder::new_multi_thread().enable_time().build().unwrap();
    let ready = |value| FutureInt::infallible(async move { value });
    let later = |value| {
        FutureInt::spawn(runtime.handle(), async move {
            sleep(Duration::from_millis(1)).await;
            Ok::<_, Infallible>(value)
        })
    };
    let fails = || FutureInt::fallible(async { Err("no such number") });
    for (number, name) in (0..).zip(names(ffi::folly_operations())) {
        let expected = if name.ends_with(", the first") { 3 } else { 7 };
        let takes = |one, other| block_on(ffi::awaits_by_folly(number, &pool, one, other));
        for _ in 0..10 {
            assert_eq!(takes(ready(3), ready(4)).unwrap(), expected, "{name}");
            assert_eq!(takes(later(3), later(4)).unwrap(), expected, "{name}");
            let error = takes(fails(), later(4)).unwrap_err();
            assert_eq!(error.to_string(), "no such number", "{name}");
        }
        let dropped = Dropped::default();
        for _ in 0..10 {
            let never = || FutureInt::infallible(dropped.never());
            let mut call = ffi::awaits_by_folly(number, &pool, never(), never());
            assert!((&mut call).now_or_never().is_none());
        }
        until_no_frame_is_left();
        assert_eq!(dropped.count(), 20, "{name}");
    }
    assert_eq!(ffi::waits_by_folly(later(5)).unwrap(), 5);
    assert_eq!(
        ffi::waits_by_folly(fails()).unwrap_err().what(),
        "no such number"
    );
}

#[test]
fn a_task_that_awaits_rust_keeps_its_request_context() {
    let pool = ffi::new_folly_pool(2);
    let runtime = Builder::new_multi_thread().enable_time().build().unwrap();
    for milliseconds in 0..20 {
        let later = FutureInt::spawn(runtime.handle(), async move {
            sleep(Duration::from_millis(milliseconds % 3)).await;
            Ok::<_, Infallible>(7)
        });
        let keeps = block_on(ffi::keeps_request_context(&pool, later));
        assert_eq!(keeps.unwrap(), 1);
    }
}

/// Runs a program in a process of its own, where it may hang.
fn ends_by_itself(test: &str, program: impl FnOnce()) {
    let child = in_child_for(test, Duration::from_secs(100), program);
    assert!(
        matches!(child.end, End::Exited(status) if status.success()),
        "{child:?}"
    );
}

#[test]
fn what_the_process_has_of_folly_is_there_after_registration() {
    ends_by_itself(
        "what_the_process_has_of_folly_is_there_after_registration",
        || {
            ffi::complete_folly_registration();
            assert_eq!(block_on(ffi::sleeps_by_default()).unwrap(), 7);
            let never = Dropped::default();
            let limited = ffi::times_out_by_default(
                FutureInt::infallible(async { 7 }),
                FutureInt::infallible(never.never()),
            );
            assert_eq!(block_on(limited).unwrap(), 7);
            assert_eq!(never.count(), 1);
            assert_eq!(block_on(ffi::goes_to_global_executors()).unwrap(), 1);
            ffi::complete_folly_registration();
            until_no_frame_is_left();
        },
    );
}

/// What the README says of it.
#[test]
fn what_the_process_has_of_folly_ends_it_before_registration() {
    let test = "what_the_process_has_of_folly_ends_it_before_registration";
    let child = in_child(test, || drop(block_on(ffi::sleeps_by_default())));
    assert!(
        matches!(child.end, End::Exited(status) if status.signal() == Some(libc::SIGABRT)),
        "{child:?}"
    );
    assert!(
        child.stderr.contains("registrationComplete"),
        "{}",
        child.stderr
    );
}

#[test]
fn a_task_is_polled_on_its_executor_and_never_within_a_wake() {
    ends_by_itself(
        "a_task_is_polled_on_its_executor_and_never_within_a_wake",
        woken_under_a_lock::run,
    );
}

#[test]
fn a_task_that_reschedules_itself_takes_no_stack_when_it_is_dropped() {
    ends_by_itself(
        "a_task_that_reschedules_itself_takes_no_stack_when_it_is_dropped",
        reschedules::run,
    );
}

#[test]
fn a_task_that_reads_a_stream_is_cancelled_and_drops_it() {
    ends_by_itself(
        "a_task_that_reads_a_stream_is_cancelled_and_drops_it",
        reads_a_stream::run,
    );
}

#[test]
fn no_body_runs_of_tasks_that_are_dropped_while_they_are_queued() {
    ends_by_itself(
        "no_body_runs_of_tasks_that_are_dropped_while_they_are_queued",
        dropped_while_queued::run,
    );
}

#[test]
fn an_executor_that_is_full_is_an_error() {
    ends_by_itself("an_executor_that_is_full_is_an_error", full_queue::run);
}

#[test]
fn who_goes_to_an_executor_of_folly_that_calls_at_once_takes_no_stack() {
    ends_by_itself(
        "who_goes_to_an_executor_of_folly_that_calls_at_once_takes_no_stack",
        executor_that_calls_at_once::run,
    );
}
