//! A pool whose queue is full throws what comes: who goes there gets the exception, who is to come
//! back there ends, and a task that waits there gets an error. The process goes on.

use co_await::Error;
use futures::channel::oneshot;
use futures::{FutureExt, StreamExt, stream};

use super::{FollyPool, FutureNumber, StreamNumber, wait};
use crate::ffi::new_gate;
use crate::waiting::{Dropped, block_until, scope, until_no_frame_is_left};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/folly/full_queue.h");

        type FollyPool = crate::folly::ffi::FollyPool;
        type FutureNumber = crate::hostile::FutureNumber;
        type StreamNumber = crate::hostile::StreamNumber;
        type Gate = crate::ffi::Gate;

        fn new_small_pool(room: usize) -> UniquePtr<FollyPool>;
        fn fill_up(pool: &FollyPool, gate: SharedPtr<Gate>);
        fn goes_to_full_pool(at: i32, pool: &FollyPool) -> FutureNumber;
        fn goes_to_full_pool_or_not(at: i32, pool: &FollyPool) -> FutureNumber;
        fn waits_in_full_pool(pool: &FollyPool, future: FutureNumber) -> FutureNumber;
        fn task_waits_in_full_pool(at: i32, pool: &FollyPool, future: FutureNumber)
        -> FutureNumber;
        fn task_reads_in_full_pool(at: i32, pool: &FollyPool, stream: StreamNumber)
        -> FutureNumber;
    }
}

/// While the pool has no room.
fn while_it_is_full<T>(pool: &FollyPool, body: impl FnOnce() -> T) -> T {
    let gate = new_gate();
    ffi::fill_up(pool, gate.clone());
    let ended = body();
    gate.open();
    ended
}

fn goes_to_full_pool(pool: &FollyPool, at: i32) {
    for _ in 0..100 {
        let refused = while_it_is_full(pool, || wait(ffi::goes_to_full_pool(at, pool)));
        let said = refused.unwrap_err().to_string();
        assert!(said.contains("full"), "{said}");
        let elsewhere = while_it_is_full(pool, || wait(ffi::goes_to_full_pool_or_not(at, pool)));
        assert_eq!(elsewhere.unwrap(), 8);
    }
    until_it_has_room(pool);
    assert_eq!(wait(ffi::goes_to_full_pool(at, pool)).unwrap(), 7);
}

/// What is behind the gate takes a moment.
fn until_it_has_room(pool: &FollyPool) {
    block_until(|| wait(ffi::goes_to_full_pool(1, pool)).is_ok());
}

type Begin<'a> = &'a dyn Fn(FutureNumber) -> FutureNumber;

/// Waits there for what is sent when the pool has no room.
fn comes_back(pool: &FollyPool, begin: Begin<'_>) -> Result<i64, Error> {
    until_it_has_room(pool);
    let (sender, receiver) = oneshot::channel();
    let mut call = begin(FutureNumber::infallible(receiver.map(Result::unwrap)));
    // It waits by then.
    assert!((&mut call).now_or_never().is_none());
    wait(async {
        tokio::task::yield_now().await;
    });
    until_it_has_room(pool);
    while_it_is_full(pool, || {
        sender.send(1).unwrap();
        wait(call)
    })
}

fn coroutine_comes_back(pool: &FollyPool) {
    for _ in 0..100 {
        let abandoned = comes_back(pool, &|future| ffi::waits_in_full_pool(pool, future));
        assert!(matches!(abandoned, Err(Error::Abandoned)), "{abandoned:?}");
    }
}

fn task_comes_back(pool: &FollyPool, at: i32) {
    for round in 0..100 {
        let error = comes_back(pool, &|future| match round % 2 {
            0 => ffi::task_waits_in_full_pool(at, pool, future),
            _ => {
                let stream = stream::once(future).map(Result::unwrap);
                ffi::task_reads_in_full_pool(at, pool, StreamNumber::infallible(stream))
            }
        });
        let said = error.unwrap_err().to_string();
        assert!(said.contains("takes no turn"), "{said}");
    }
}

/// Rust leaves, and so the task is to come back for its end.
fn dropped_while_it_is_full(pool: &FollyPool, at: i32) {
    let dropped = Dropped::default();
    for round in 0..100 {
        until_it_has_room(pool);
        let future = FutureNumber::infallible(dropped.never());
        let call = ffi::task_waits_in_full_pool(at, pool, future);
        until_it_has_room(pool);
        while_it_is_full(pool, || {
            match round % 2 {
                0 => drop(call),
                _ => scope(|scope| scope.spawn(|| drop(call))),
            }
            block_until(|| dropped.count() == round + 1);
            until_no_frame_is_left();
        });
    }
}

pub fn run() {
    for room in [1, 4] {
        let pool = ffi::new_small_pool(room);
        for at in 1..4 {
            goes_to_full_pool(&pool, at);
            task_comes_back(&pool, at);
            dropped_while_it_is_full(&pool, at);
        }
        coroutine_comes_back(&pool);
        // Folly's own destructor wants room for one more.
        until_it_has_room(&pool);
    }
    until_no_frame_is_left();
}
