//! Where a Folly task runs that a coroutine of cxx-async awaits through cxx-async's own header.
//!
//! Built with the feature `folly`, which takes the library.
#![cfg(feature = "folly")]

use std::convert::Infallible;
use std::thread;
use std::time::Duration;

use bridge_tests::FutureInt;
use bridge_tests::ffi::thread_id;
use bridge_tests::folly::{FutureThreads, ffi};
use cxx_async_tokio::{CallToken, for_cpp, guard};
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

fn knows_this_folly() -> bool {
    let knows = ffi::cxx_async_knows_this_folly();
    if !knows {
        eprintln!("skipped: cxx-async's header is for an older Folly than this");
    }
    knows
}

/// Calls in this thread and polls in another, to tell the two apart; in a server both are the event
/// loop. `None` for a Folly that the header does not know.
fn seen(call: impl FnOnce(Box<CallToken>) -> FutureThreads) -> Option<Seen> {
    if !knows_this_folly() {
        return None;
    }
    let call = guard(call);
    let polled = thread::spawn(|| {
        let runtime = Builder::new_current_thread().build().unwrap();
        (thread_id(), runtime.block_on(call).unwrap())
    });
    let (poll, threads) = polled.join().unwrap();
    let [task_begins, task_goes_on, caller_goes_on] = threads.as_slice().try_into().unwrap();
    Some(Seen {
        call: thread_id(),
        poll,
        task_begins,
        task_goes_on,
        caller_goes_on,
    })
}

/// A sharp edge: it reads as if it went elsewhere, and all of it runs on the event loop.
#[test]
fn a_task_awaited_as_it_is_runs_within_the_call_and_inside_poll() {
    let Some(seen) = seen(ffi::threads_of_bare_task) else {
        return;
    };
    assert_eq!(seen.task_begins, seen.call);
    assert_eq!(seen.task_goes_on, seen.poll);
    assert_eq!(seen.caller_goes_on, seen.poll);
}

#[test]
fn a_task_put_on_a_pool_runs_there() {
    let pool = ffi::new_folly_pool();
    let Some(seen) = seen(|token| ffi::threads_of_task_on_pool(&pool, token)) else {
        return;
    };
    assert!(![seen.call, seen.poll].contains(&seen.task_begins));
    assert_eq!(
        seen.task_goes_on, seen.task_begins,
        "the pool has one thread"
    );
    // Its caller is back inside `poll`; the awaiter of step 3 stays on the pool instead.
    assert_eq!(seen.caller_goes_on, seen.poll);
}

#[test]
fn a_task_on_a_pool_that_awaited_rust_is_back_on_its_pool() {
    if !knows_this_folly() {
        return;
    }
    let pool = ffi::new_folly_pool();
    let runtime = Builder::new_multi_thread().enable_time().build().unwrap();
    let later = async {
        sleep(Duration::from_millis(10)).await;
        Ok::<_, Infallible>(7)
    };
    let later = FutureInt::spawn(runtime.handle(), later);
    let call = ffi::threads_of_task_that_awaits(&pool, later);
    let threads = runtime.block_on(call).unwrap();
    let [before, after] = threads.as_slice().try_into().unwrap();
    assert_ne!(before, thread_id());
    assert_eq!(after, before, "the pool has one thread");
}
