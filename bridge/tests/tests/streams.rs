//! C++ streams read by Rust: their order, their end, and what is left of one that is dropped.

use std::future::ready;
use std::thread;

use bridge_tests::edges::{FutureNamed, ffi};
use bridge_tests::ffi as calls;
use bridge_tests::waiting::{Dropped, assert_idle, block_until, soon, until_no_frame_is_left};
use co_await::Error;
use futures::executor::block_on;
use futures::{FutureExt, StreamExt};
use tokio::runtime::Builder;

#[test]
fn items_come_in_order_with_and_without_a_pool() {
    let pool = calls::new_pool(1);
    let expected: Vec<_> = (0..1000).map(|number| number.to_string()).collect();
    let words = block_on(
        ffi::words(&pool, 1000)
            .map(Result::unwrap)
            .collect::<Vec<_>>(),
    );
    assert_eq!(words, expected);
    let words = block_on(
        ffi::words_here(1000)
            .map(Result::unwrap)
            .collect::<Vec<_>>(),
    );
    assert_eq!(words, expected);
    assert_eq!(calls::live_frames(), 0);
}

#[test]
fn one_item_waits_for_its_reader_and_no_more() {
    let mut words = ffi::words_here(3);
    // The first is there, and the coroutine waits with the second.
    assert_eq!(words.next().now_or_never().unwrap().unwrap().unwrap(), "0");
    assert_eq!(calls::live_frames(), 1);
    assert_eq!(block_on(words.next()).unwrap().unwrap(), "1");
    assert_eq!(block_on(words.next()).unwrap().unwrap(), "2");
    assert!(block_on(words.next()).is_none());
    assert!(block_on(words.next()).is_none(), "and so it stays");
    assert_eq!(calls::live_frames(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_is_read_while_cpp_writes() {
    let pool = calls::new_pool(1);
    let numbers = calls::numbers(&pool, 100_000);
    let sum = numbers
        .fold(0, |sum, item| ready(sum + item.unwrap()))
        .await;
    assert_eq!(sum, 100_000 * 99_999 / 2);
    until_no_frame_is_left();
    assert_idle();
}

#[test]
fn after_co_yield_cpp_is_back_in_its_pool() {
    let pool = calls::new_pool(1);
    let threads: Vec<_> = block_on(ffi::threads(&pool).take(1000).map(Result::unwrap).collect());
    assert_ne!(threads[0], calls::thread_id().to_string());
    assert!(threads.iter().all(|thread| *thread == threads[0]));
    until_no_frame_is_left();
}

/// In four ways: with no runtime, in one that has ended, after its `block_on`, and inside.
#[test]
fn a_stream_dropped_half_way_leaves_nothing_with_and_without_a_runtime() {
    let pool = calls::new_pool(1);
    let kept = Dropped::default();
    let half_read = || {
        let mut words = ffi::words(&pool, -1).keep(kept.witness());
        assert_eq!(block_on(words.next()).unwrap().unwrap(), "0");
        words
    };
    for _ in 0..100 {
        drop(half_read());
        let runtime = Builder::new_current_thread().build().unwrap();
        let words = runtime.block_on(async { half_read() });
        drop(runtime);
        drop(words);
        let runtime = Builder::new_current_thread().build().unwrap();
        let words = runtime.block_on(async { half_read() });
        drop(words);
        runtime.block_on(async { drop(half_read()) });
        // Without a pool it goes at once.
        let mut here = ffi::words_here(-1).keep(kept.witness());
        assert_eq!(block_on(here.next()).unwrap().unwrap(), "0");
        drop(here);
    }
    until_no_frame_is_left();
    block_until(|| kept.count() == 500);
    assert_idle();
}

#[test]
fn a_stream_is_dropped_after_every_item() {
    let pool = calls::new_pool(2);
    for items in 0..300 {
        let mut words = ffi::words(&pool, -1);
        for _ in 0..items {
            assert!(block_on(words.next()).unwrap().is_ok());
        }
        drop(words);
    }
    until_no_frame_is_left();
}

#[test]
fn a_stream_that_waits_for_rust_is_dropped() {
    let dropped = Dropped::default();
    let mut words = ffi::words_then_awaits(FutureNamed::infallible(dropped.never()));
    assert_eq!(block_on(words.next()).unwrap().unwrap(), "one");
    assert!(words.next().now_or_never().is_none());
    drop(words);
    assert_eq!((dropped.count(), calls::live_frames()), (1, 0));
}

#[test]
fn a_stream_whose_pool_goes_away_ends_with_an_error() {
    for _ in 0..200 {
        let pool = calls::new_pool(1);
        let mut words = ffi::words(&pool, -1);
        assert_eq!(block_on(words.next()).unwrap().unwrap(), "0");
        thread::yield_now();
        drop(pool);
        let rest: Vec<_> = block_on(words.collect());
        // What was sent before is read first.
        assert!(
            matches!(rest.last(), Some(Err(Error::Abandoned))),
            "{rest:?}"
        );
        assert!(rest.iter().rev().skip(1).all(Result::is_ok));
        assert_eq!(calls::live_frames(), 0);
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_exception_and_then_with_nothing() {
    let pool = calls::new_pool(1);
    let mut numbers = calls::numbers_then_throw(&pool, 1);
    assert_eq!(soon(numbers.next()).await.unwrap().unwrap(), 0);
    let error = soon(numbers.next()).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "out of numbers");
    assert!(soon(numbers.next()).await.is_none());
}
