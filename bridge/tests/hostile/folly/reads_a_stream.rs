//! A task of Folly's waits for the next item of a stream, and Rust leaves: the task is cancelled,
//! the stream is dropped, and the pool is there to be destroyed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use futures::{FutureExt, StreamExt, stream};

use super::{FollyPool, StreamNumber, new_folly_pool, wait};
use crate::waiting::{Dropped, block_until, scope, until_no_frame_is_left};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/folly/reads_a_stream.h");

        type FollyPool = crate::folly::ffi::FollyPool;
        type FutureNumber = crate::hostile::FutureNumber;
        type StreamNumber = crate::hostile::StreamNumber;

        fn task_reads(at: i32, pool: &FollyPool, stream: StreamNumber) -> FutureNumber;
        fn generator_reads(at: i32, pool: &FollyPool, stream: StreamNumber) -> FutureNumber;
        fn task_reads_either(
            at: i32,
            pool: &FollyPool,
            one: StreamNumber,
            other: StreamNumber,
        ) -> FutureNumber;
    }
}

type Begin = fn(i32, &FollyPool, StreamNumber) -> super::FutureNumber;

const READERS: [Begin; 2] = [ffi::task_reads, ffi::generator_reads];

/// So many items, and then nothing more, nor an end.
fn goes_silent_after(items: i64, dropped: &Dropped) -> StreamNumber {
    let silence = stream::once(dropped.never());
    StreamNumber::infallible(stream::iter(0..items).chain(silence))
}

fn dropped_while_it_waits(begin: Begin, at: i32) {
    let dropped = Dropped::default();
    let pool = new_folly_pool(2);
    let calls: Vec<_> = (0..100)
        .map(|items| begin(at, &pool, goes_silent_after(items, &dropped)))
        .map(|mut call| {
            assert!((&mut call).now_or_never().is_none());
            call
        })
        .collect();
    thread::sleep(Duration::from_millis(10));
    assert_eq!(dropped.count(), 0);
    drop(calls);
    block_until(|| dropped.count() == 100);
    until_no_frame_is_left();
    // It waits for all that holds on to it.
    drop(pool);
}

/// Items come from another thread all the while.
fn dropped_while_items_come(begin: Begin, at: i32) {
    let pool = new_folly_pool(2);
    let (wakers, is_over) = (Arc::<Mutex<Vec<Waker>>>::default(), AtomicBool::new(false));
    let dropped = Dropped::default();
    scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::SeqCst) {
                let waker = wakers.lock().unwrap().pop();
                waker.into_iter().for_each(Waker::wake);
            }
        });
        for round in 0..300 {
            let (wakers, witness) = (wakers.clone(), dropped.witness());
            let mut polled = 0;
            let call = begin(
                at,
                &pool,
                StreamNumber::infallible(stream::poll_fn(move |cx| {
                    let _here = &witness;
                    polled += 1;
                    if polled % 2 == 0 {
                        return Poll::Ready(Some(1));
                    }
                    wakers.lock().unwrap().push(cx.waker().clone());
                    Poll::Pending
                })),
            );
            for _ in 0..round * 10 {
                std::hint::spin_loop();
            }
            drop(call);
            block_until(|| dropped.count() == round + 1);
        }
        is_over.store(true, Ordering::SeqCst);
    });
    until_no_frame_is_left();
}

/// The one that ends has the other cancelled, without Rust.
fn the_other_one_ends(at: i32) {
    let pool = new_folly_pool(2);
    let dropped = Dropped::default();
    for round in 0..100 {
        let silent = goes_silent_after(round % 3, &dropped);
        let ends = StreamNumber::infallible(stream::iter([3, 4]));
        let sum = match round % 2 {
            0 => wait(ffi::task_reads_either(at, &pool, silent, ends)),
            _ => wait(ffi::task_reads_either(at, &pool, ends, silent)),
        };
        assert_eq!(sum.unwrap(), [-7, 7][round as usize % 2]);
        assert_eq!(dropped.count(), round as usize + 1);
    }
    until_no_frame_is_left();
}

pub fn run() {
    for at in 0..3 {
        for begin in READERS {
            dropped_while_it_waits(begin, at);
            dropped_while_items_come(begin, at);
        }
        the_other_one_ends(at);
    }
}
