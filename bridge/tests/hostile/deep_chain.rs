//! A hundred thousand coroutines wait one for the next, and the outermost is dropped, or their pool
//! is destroyed; a call keeps a million values, and ends or is dropped: in a thread with two
//! megabytes of stack, as Tokio's have.

use std::thread;

use futures::{FutureExt, StreamExt, stream};

use super::{FutureNumber, Later, StreamNumber, wait};
use crate::ffi::new_pool;
use crate::waiting::{Dropped, block_until, until_no_frame_is_left};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/deep_chain.h");

        type FutureNumber = super::FutureNumber;
        type StreamNumber = super::StreamNumber;
        type Pool = crate::ffi::Pool;

        fn waits_for(future: FutureNumber) -> FutureNumber;
        fn waits_in(pool: &Pool, future: FutureNumber) -> FutureNumber;
        fn waits_for_items(stream: StreamNumber) -> StreamNumber;
    }
}

const DEPTH: i64 = 100_000;
const KEPT: usize = 1_000_000;

fn with_a_small_stack(body: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(2 << 20).spawn(body);
    thread.unwrap().join().unwrap();
}

fn chain(dropped: &Dropped, link: impl Fn(i64, FutureNumber) -> FutureNumber) -> FutureNumber {
    (0..DEPTH).fold(FutureNumber::infallible(dropped.never()), |inner, level| {
        link(level, inner)
    })
}

fn dropped_where_rust_polls() {
    let dropped = Dropped::default();
    drop(chain(&dropped, |_, inner| ffi::waits_for(inner)));
    block_until(|| dropped.count() == 1);
    until_no_frame_is_left();
    // With Rust between the one and the next.
    drop(chain(&dropped, |_, inner| {
        ffi::waits_for(FutureNumber::fallible(inner))
    }));
    block_until(|| dropped.count() == 2);
    until_no_frame_is_left();
    // Of streams.
    let innermost = StreamNumber::infallible(stream::once(dropped.never()));
    drop((0..DEPTH).fold(innermost, |inner, _| ffi::waits_for_items(inner)));
    block_until(|| dropped.count() == 3);
    until_no_frame_is_left();
}

fn dropped_in_a_pool() {
    let (pool, dropped) = (new_pool(1), Dropped::default());
    let mut outermost = chain(&dropped, |_, inner| ffi::waits_in(&pool, inner));
    // The pool takes turns as they came: by then all of them wait.
    wait(ffi::waits_in(&pool, FutureNumber::infallible(async { 0 }))).unwrap();
    assert!((&mut outermost).now_or_never().is_none());
    drop(outermost);
    block_until(|| dropped.count() == 1);
    until_no_frame_is_left();
    // Some in the pool, and some not.
    drop(chain(&dropped, |level, inner| match level % 2 {
        0 => ffi::waits_in(&pool, inner),
        _ => ffi::waits_for(inner),
    }));
    block_until(|| dropped.count() == 2);
    until_no_frame_is_left();
}

fn the_pool_goes_first() {
    let (pool, dropped) = (new_pool(1), Dropped::default());
    let outermost = chain(&dropped, |_, inner| ffi::waits_in(&pool, inner));
    wait(ffi::waits_in(&pool, FutureNumber::infallible(async { 0 }))).unwrap();
    drop(pool);
    assert_eq!(dropped.count(), 1);
    assert!(wait(outermost).is_err());
    until_no_frame_is_left();
}

fn keeps_a_million() {
    let dropped = Dropped::default();
    let keep = |call: FutureNumber| (0..KEPT).fold(call, |call, _| call.keep(dropped.witness()));
    // A call that ends, and one that does not.
    let later = Later::default();
    let call = keep(ffi::waits_for(later.number(3)));
    later.end();
    assert_eq!(wait(call).unwrap(), 3);
    block_until(|| dropped.count() == KEPT);
    drop(keep(ffi::waits_for(FutureNumber::infallible(
        Dropped::default().never(),
    ))));
    block_until(|| dropped.count() == 2 * KEPT);
    // One that has ended, and that nobody has looked at.
    drop(keep(ffi::waits_for(FutureNumber::infallible(async { 1 }))));
    block_until(|| dropped.count() == 3 * KEPT);
    // A future of Rust's.
    assert_eq!(
        wait(keep(FutureNumber::infallible(async { 4 }))).unwrap(),
        4
    );
    block_until(|| dropped.count() == 4 * KEPT);
    drop(keep(FutureNumber::infallible(async { 4 })));
    block_until(|| dropped.count() == 5 * KEPT);
    // A stream.
    let stream = ffi::waits_for_items(StreamNumber::infallible(stream::iter([1, 2])));
    let stream = (0..KEPT).fold(stream, |stream, _| stream.keep(dropped.witness()));
    assert_eq!(wait(stream.count()), 2);
    block_until(|| dropped.count() == 6 * KEPT);
    until_no_frame_is_left();
}

pub fn run() {
    with_a_small_stack(dropped_where_rust_polls);
    with_a_small_stack(dropped_in_a_pool);
    with_a_small_stack(the_pool_goes_first);
    with_a_small_stack(keeps_a_million);
}
