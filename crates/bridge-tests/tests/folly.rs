//! Where a Folly task runs that a coroutine of cxx-async awaits through cxx-async's own header.
//!
//! Built with the feature `folly`, which takes the library.
#![cfg(feature = "folly")]

use std::thread;

use bridge_tests::ffi::thread_id;
use bridge_tests::folly::{FutureThreads, ffi};
use cxx_async_tokio::{CallToken, guard};
use tokio::runtime::Builder;

/// Where everything ran, by thread.
struct Seen {
    call: u64,
    poll: u64,
    task_begins: u64,
    task_goes_on: u64,
    caller_goes_on: u64,
}

/// Calls in this thread and polls in another, to tell the two apart; in a server both are the event
/// loop. `None` for a Folly that the header does not know.
fn seen(call: impl FnOnce(Box<CallToken>) -> FutureThreads) -> Option<Seen> {
    if !ffi::cxx_async_knows_this_folly() {
        eprintln!("skipped: cxx-async's header is for an older Folly than this");
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
