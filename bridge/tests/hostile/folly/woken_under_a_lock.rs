//! A task of Folly's awaits Rust that is woken under a lock which its poll takes: by a timer as
//! that of the async book, by `Shared`, by an end that its own poll has to wait for. It is polled
//! on its executor, and never within a wake.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::poll_fn;
use futures::stream;

use super::{FollyPool, FutureNumber, Locked, StreamNumber, WAKES, new_folly_pool, wait, wake};
use crate::ffi::thread_id;
use crate::waiting::{scope, until_no_frame_is_left};

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        fn goes_on();
    }

    unsafe extern "C++" {
        include!("bridge-tests/hostile/folly/woken_under_a_lock.h");

        type FollyPool = crate::folly::ffi::FollyPool;
        type FutureNumber = crate::hostile::FutureNumber;
        type StreamNumber = crate::hostile::StreamNumber;

        fn task_sees(at: i32, pool: &FollyPool, future: FutureNumber) -> FutureNumber;
        fn task_sees_all(at: i32, pool: &FollyPool, stream: StreamNumber) -> FutureNumber;
        fn task_tries(at: i32, pool: &FollyPool, future: FutureNumber) -> FutureNumber;
        fn generator_sees_all(at: i32, pool: &FollyPool, stream: StreamNumber) -> FutureNumber;
        fn thread_of_folly_pool(pool: &FollyPool) -> FutureNumber;
    }
}

const EVERYWHERE: [i32; 4] = [0, 1, 2, 3];

/// C++ goes on after it has awaited Rust.
fn goes_on() {
    assert!(!WAKES.get(), "it goes on within a wake");
}

/// Five, once it has been woken; and the threads that it is polled in.
fn five(locked: &Locked, threads: &Arc<Mutex<Vec<u64>>>) -> FutureNumber {
    let (locked, threads) = (locked.clone(), threads.clone());
    FutureNumber::infallible(poll_fn(move |cx| {
        threads.lock().unwrap().push(thread_id());
        locked.poll(cx).map(|()| 5)
    }))
}

/// Five times one, once it has been woken.
fn ones(locked: &Locked) -> StreamNumber {
    let (locked, mut left) = (locked.clone(), 5);
    StreamNumber::infallible(stream::poll_fn(move |cx| {
        locked.poll(cx).map(|()| {
            left -= 1;
            (left >= 0).then_some(1)
        })
    }))
}

fn woken_under_its_own_lock(at: i32, pool: &FollyPool) {
    let thread_of_pool = wait(ffi::thread_of_folly_pool(pool)).unwrap() as u64;
    for round in 0..400 {
        let (locked, threads) = Default::default();
        let call = match round % 4 {
            0 => ffi::task_sees(at, pool, five(&locked, &threads)),
            1 => ffi::task_tries(at, pool, five(&locked, &threads)),
            2 => ffi::task_sees_all(at, pool, ones(&locked)),
            _ => ffi::generator_sees_all(at, pool, ones(&locked)),
        };
        if round % 8 < 4 {
            // It waits by then, or is on its way.
            locked.end();
            assert_eq!(wait(call).unwrap(), 5);
        } else {
            scope(|scope| {
                scope.spawn(|| locked.end());
                assert_eq!(wait(call).unwrap(), 5);
            });
        }
        if at != 0 {
            let threads = threads.lock().unwrap();
            assert!(threads.iter().all(|thread| *thread == thread_of_pool));
        }
    }
}

/// `Shared` wakes all who wait under its lock, and takes that when it is polled.
fn shared_futures(at: i32, pool: &FollyPool) {
    for _ in 0..100 {
        let (sender, receiver) = oneshot::channel();
        let shared = receiver.map(Result::unwrap).shared();
        let calls: Vec<_> = (0..4)
            .map(|_| ffi::task_sees(at, pool, FutureNumber::infallible(shared.clone())))
            .collect();
        drop(shared);
        WAKES.set(true);
        sender.send(9).unwrap();
        WAKES.set(false);
        for call in calls {
            assert_eq!(wait(call).unwrap(), 9);
        }
    }
}

/// The timer of the async book: its thread wakes under the lock of what it shares with the future.
fn timers(at: i32, pool: &FollyPool) {
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let timer = Locked::default();
            let sleeper = timer.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(5));
                sleeper.end();
            });
            ffi::task_sees(at, pool, five(&timer, &Arc::default()))
        })
        .collect();
    for call in calls {
        assert_eq!(wait(call).unwrap(), 5);
    }
}

/// It wakes itself, until somebody else has gone on: on a pool of one thread that is another task.
fn wakes_itself_until_another_goes_on(at: i32, pool: &FollyPool) {
    let [first, second]: [Arc<AtomicBool>; 2] = Default::default();
    let calls = [(&first, &second), (&second, &first)].map(|(mine, other)| {
        let (mine, other) = (mine.clone(), other.clone());
        let future = poll_fn(move |cx| {
            mine.store(true, Ordering::SeqCst);
            if other.load(Ordering::SeqCst) {
                return Poll::Ready(4);
            }
            wake(cx.waker());
            Poll::Pending
        });
        ffi::task_sees(at, pool, FutureNumber::infallible(future))
    });
    let [one, other] = calls;
    wait(async {
        let (one, other) = futures::join!(one, other);
        assert_eq!(one.unwrap() + other.unwrap(), 8);
    });
}

pub fn run() {
    let pool = new_folly_pool(1);
    for at in EVERYWHERE {
        woken_under_its_own_lock(at, &pool);
        shared_futures(at, &pool);
        timers(at, &pool);
        wakes_itself_until_another_goes_on(at, &pool);
    }
    until_no_frame_is_left();
}
