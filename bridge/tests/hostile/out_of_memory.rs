//! C++ runs out of memory at each allocation of a call in turn: the call has its value or one error,
//! and nothing of it is left.

use co_await::Error;
use cxx::UniquePtr;
use futures::future::poll_fn;
use futures::{FutureExt, Stream, StreamExt, stream};
use std::task::Poll;

use super::key_given_up_twice::ffi::{Line, new_line};
use super::{FutureNumber, Later, StreamNumber, wait};
use crate::ffi::{Pool, new_pool};
use crate::waiting::until_no_frame_is_left;

#[cxx::bridge]
pub(super) mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/out_of_memory.h");

        type FutureNumber = super::FutureNumber;
        type StreamNumber = super::StreamNumber;
        type Pool = crate::ffi::Pool;

        fn fail_after_allocations(count: i64);
        fn have_allocations_succeed() -> bool;
        fn schedule_on_makes_a_strand() -> bool;

        fn one_at_once() -> FutureNumber;
        fn one_in(pool: &Pool) -> FutureNumber;
        fn one_run_in(pool: &Pool) -> FutureNumber;
        fn one_of(one: FutureNumber) -> FutureNumber;
        fn one_of_in(pool: &Pool, one: FutureNumber) -> FutureNumber;
        fn sum_of(numbers: StreamNumber) -> FutureNumber;
        fn sum_of_in(pool: &Pool, numbers: StreamNumber) -> FutureNumber;
        fn ones(times: i64) -> StreamNumber;
        fn ones_in(pool: &Pool, times: i64) -> StreamNumber;
    }
}

/// Rust that has to be woken before it gives what it has.
async fn later<T>(value: T) -> T {
    let mut woken = false;
    poll_fn(move |cx| {
        if woken {
            return Poll::Ready(());
        }
        woken = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    value
}

fn one() -> FutureNumber {
    FutureNumber::infallible(later(1))
}

/// Three of them.
fn numbers() -> impl Stream<Item = i64> + Send {
    stream::iter([1, 1, 1]).then(later)
}

fn says_so(error: &Error) {
    let said = error.to_string();
    assert!(
        matches!(error, Error::Abandoned) || said.contains("bad_alloc"),
        "{said}"
    );
}

/// Has each allocation of a call fail, until the call makes no more. The call is told by its
/// items: those of a stream, or the one of a future.
fn at_each_allocation<S: Stream<Item = Result<i64, Error>> + Unpin>(
    what: &str,
    sum: i64,
    call: impl Fn(&Pool) -> S,
) {
    for allocations in 0..1000 {
        // It has been used: what Asio makes of a strand, which it does the first time, does not
        // survive that there is no memory.
        let pool = new_pool(1);
        wait(ffi::one_in(&pool)).unwrap();
        ffi::fail_after_allocations(allocations);
        let items: Vec<_> = wait(call(&pool).collect());
        let has_failed = ffi::have_allocations_succeed();
        drop(pool);
        until_no_frame_is_left();
        let errors: Vec<_> = items
            .iter()
            .filter_map(|item| item.as_ref().err())
            .collect();
        errors.iter().for_each(|error| says_so(error));
        assert!(errors.len() < 2, "{what}, after {allocations}: {errors:?}");
        if errors.is_empty() {
            let came: i64 = items.iter().flatten().sum();
            assert_eq!(came, sum, "{what}, after {allocations}");
        }
        if !has_failed {
            assert!(errors.is_empty());
            println!("{what}: {allocations} allocations");
            return;
        }
    }
    panic!("{what} never came to an end");
}

fn future(what: &str, sum: i64, call: impl Fn(&Pool) -> FutureNumber) {
    at_each_allocation(what, sum, |pool| stream::once(call(pool)).boxed_local());
}

/// The key is held by another call, which then gives it on. Made before memory is short.
fn waits_for_a_key(what: &str, call: impl Fn(&Line, &Pool) -> FutureNumber) {
    for allocations in 0..1000 {
        let (line, pool, later): (UniquePtr<Line>, _, _) =
            (new_line(), new_pool(1), Later::default());
        let mut holder = line.hold(1, later.number(7));
        assert!((&mut holder).now_or_never().is_none());
        wait(ffi::one_in(&pool)).unwrap();
        ffi::fail_after_allocations(allocations);
        let mut waits = call(&line, &pool);
        let at_once = (&mut waits).now_or_never();
        later.end();
        let held = wait(holder);
        let result = at_once.unwrap_or_else(|| wait(waits));
        let has_failed = ffi::have_allocations_succeed();
        // Whoever gives the key on may be the one that had no memory.
        held.iter().for_each(|value| assert_eq!(*value, 7));
        held.iter()
            .chain(&result)
            .for_each(|value| assert!([1, 7].contains(value)));
        [&held, &result]
            .iter()
            .for_each(|it| it.as_ref().err().into_iter().for_each(says_so));
        assert!(line.is_free(1), "{what}, after {allocations}");
        drop(pool);
        until_no_frame_is_left();
        if !has_failed {
            assert!(held.is_ok() && result.is_ok());
            return;
        }
    }
    panic!("{what} never came to an end");
}

pub fn run() {
    future("at once", 1, |_| ffi::one_at_once());
    future("awaits Rust", 1, |_| ffi::one_of(one()));
    future("awaits C++ that awaits Rust", 1, |_| {
        ffi::one_of(ffi::one_of(one()))
    });
    future("reads a stream of Rust", 3, |_| {
        ffi::sum_of(StreamNumber::infallible(numbers()))
    });
    future("reads a stream of C++", 3, |_| ffi::sum_of(ffi::ones(3)));
    at_each_allocation("a stream", 3, |_| ffi::ones(3));

    future("schedule", 1, ffi::one_in);
    future("schedule, awaits Rust", 1, |pool| {
        ffi::one_of_in(pool, one())
    });
    future("schedule, reads a stream", 3, |pool| {
        ffi::sum_of_in(pool, StreamNumber::infallible(numbers()))
    });
    at_each_allocation("schedule, a stream", 3, |pool| ffi::ones_in(pool, 3));

    let line = new_line();
    future("a key", 1, |_| line.hold(1, one()));
    assert!(line.is_free(1));
    future("schedule, a key", 1, |pool| line.hold_in(pool, 1, one()));
    assert!(line.is_free(1));
    waits_for_a_key("waits for a key", |line, _| line.hold(1, one()));
    waits_for_a_key("schedule, waits for a key", |line, pool| {
        line.hold_in(pool, 1, one())
    });

    if !ffi::schedule_on_makes_a_strand() {
        future("schedule_on", 1, ffi::one_run_in);
    }
    // Not `async_await` within an awaitable: Asio itself ends the process when an operation throws
    // as it begins there.
}
