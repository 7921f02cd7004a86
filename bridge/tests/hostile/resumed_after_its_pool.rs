//! A coroutine went to a pool, and waits in something that the bridge does not know; the pool is
//! destroyed, and then that resumes the coroutine. Whatever it awaits next, it ends there, Rust is
//! told, and nothing touches the pool.

use co_await::Error;
use futures::future::pending;
use futures::{FutureExt, StreamExt, stream};

use super::{FutureNumber, Later, StreamNumber, wait};
use crate::ffi::{Pool, new_pool};
use crate::waiting::{Dropped, block_until, until_no_frame_is_left};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/resumed_after_its_pool.h");

        type FutureNumber = super::FutureNumber;
        type StreamNumber = super::StreamNumber;
        type Pool = crate::ffi::Pool;

        type Bell;
        fn new_bell() -> UniquePtr<Bell>;
        fn then_awaits(self: &Bell, pool: &Pool, future: FutureNumber) -> FutureNumber;
        fn then_reads(self: &Bell, pool: &Pool, stream: StreamNumber) -> FutureNumber;
        fn then_schedules(self: &Bell, pool: &Pool) -> FutureNumber;
        fn then_schedules_on(self: &Bell, pool: &Pool) -> FutureNumber;
        fn then_moves(self: &Bell, pool: &Pool, other: &Pool) -> FutureNumber;
        fn then_locks(self: &Bell, pool: &Pool) -> FutureNumber;
        fn then_ends(self: &Bell, pool: &Pool) -> FutureNumber;
        fn then_catches(self: &Bell, pool: &Pool, future: FutureNumber) -> FutureNumber;
        fn then_yields(self: &Bell, pool: &Pool) -> StreamNumber;
        fn has_somebody(self: &Bell) -> bool;
        fn ring(self: &Bell);
        fn holds_key(self: &Bell, until: FutureNumber) -> FutureNumber;
    }
}

/// A call whose pool is gone, and that the bell has rung for.
fn after_its_pool<C>(bell: &ffi::Bell, call: impl FnOnce(&Pool) -> C) -> C {
    let pool = new_pool(1);
    let call = call(&pool);
    block_until(|| bell.has_somebody());
    drop(pool);
    bell.ring();
    call
}

fn is_abandoned(bell: &ffi::Bell, call: impl Fn(&Pool) -> FutureNumber) {
    for _ in 0..20 {
        let result = wait(after_its_pool(bell, &call));
        assert!(matches!(result, Err(Error::Abandoned)), "{result:?}");
        until_no_frame_is_left();
        // Rust has gone before: there is nobody to be told.
        let pool = new_pool(1);
        let left = call(&pool);
        block_until(|| bell.has_somebody());
        drop(left);
        drop(pool);
        bell.ring();
        until_no_frame_is_left();
    }
}

pub fn run() {
    let bell = &*ffi::new_bell();
    let dropped = Dropped::default();
    is_abandoned(bell, |pool| {
        let future = FutureNumber::infallible(dropped.never());
        bell.then_awaits(pool, future)
    });
    is_abandoned(bell, |pool| {
        let stream = StreamNumber::infallible(stream::once(dropped.never()));
        bell.then_reads(pool, stream)
    });
    assert_eq!(dropped.count(), 80);
    // What is ready needs no pool, but to go on is to go on in a pool that is not there.
    is_abandoned(bell, |pool| {
        bell.then_awaits(pool, FutureNumber::infallible(async { 1 }))
    });
    is_abandoned(bell, |pool| {
        bell.then_catches(pool, FutureNumber::infallible(pending()))
    });

    let later = Later::default();
    let mut holder = bell.holds_key(later.number(1));
    assert!((&mut holder).now_or_never().is_none());
    is_abandoned(bell, |pool| bell.then_locks(pool));
    later.end();
    assert_eq!(wait(holder).unwrap(), 1);

    // Who needs no pool any more has its result, and another pool may be as good or not.
    assert_eq!(
        wait(after_its_pool(bell, |pool| bell.then_ends(pool))).unwrap(),
        1
    );
    let other = new_pool(1);
    let result = wait(after_its_pool(bell, |pool| bell.then_moves(pool, &other)));
    assert!(
        matches!(result, Ok(1) | Err(Error::Abandoned)),
        "{result:?}"
    );

    // A stream gives what it had room for, and then the error.
    let stream = after_its_pool(bell, |pool| bell.then_yields(pool));
    let items: Vec<_> = wait(stream.collect());
    let (last, before) = items.split_last().unwrap();
    assert!(matches!(last, Err(Error::Abandoned)), "{last:?}");
    assert!(
        before.len() < 3 && before.iter().all(Result::is_ok),
        "{before:?}"
    );
    until_no_frame_is_left();
}

/// The same with `schedule`, and an executor of the pool that is gone.
pub fn that_goes_there_again() {
    let bell = &*ffi::new_bell();
    is_abandoned(bell, |pool| bell.then_schedules(pool));
    is_abandoned(bell, |pool| bell.then_schedules_on(pool));
}
