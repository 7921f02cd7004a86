//! A task of CppCoro's awaits Rust that is woken under a lock which its poll takes, or by `Shared`.
//! It goes on in a thread of the bridge, and never within a wake.

use std::thread;
use std::time::Duration;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::poll_fn;
use futures::stream;

use crate::hostile::{FutureNumber, Locked, StreamNumber, WAKES, wait};
use crate::waiting::{scope, until_no_frame_is_left};

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        fn cppcoro_goes_on();
    }

    unsafe extern "C++" {
        include!("bridge-tests/hostile/cppcoro/woken_under_a_lock.h");

        type FutureNumber = crate::hostile::FutureNumber;
        type StreamNumber = crate::hostile::StreamNumber;

        fn cppcoro_task_sees(future: FutureNumber) -> FutureNumber;
        fn cppcoro_task_sees_all(stream: StreamNumber) -> FutureNumber;
        fn cppcoro_task_sees_on_pool(future: FutureNumber) -> FutureNumber;
        fn cppcoro_waits(future: FutureNumber) -> Result<i64>;
    }
}

/// C++ goes on after it has awaited Rust.
fn cppcoro_goes_on() {
    assert!(!WAKES.get(), "it goes on within a wake");
}

/// Five, once it has been woken.
fn five(locked: &Locked) -> FutureNumber {
    let locked = locked.clone();
    FutureNumber::infallible(poll_fn(move |cx| locked.poll(cx).map(|()| 5)))
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

fn woken_under_its_own_lock() {
    for round in 0..300 {
        let locked = Locked::default();
        let call = match round % 3 {
            0 => ffi::cppcoro_task_sees(five(&locked)),
            1 => ffi::cppcoro_task_sees_all(ones(&locked)),
            _ => ffi::cppcoro_task_sees_on_pool(five(&locked)),
        };
        if round % 6 < 3 {
            locked.end();
            assert_eq!(wait(call).unwrap(), 5);
        } else {
            scope(|scope| {
                scope.spawn(|| locked.end());
                assert_eq!(wait(call).unwrap(), 5);
            });
        }
    }
}

/// A thread waits for the task, and another wakes it.
fn waited_for_in_a_thread() {
    for _ in 0..20 {
        let locked = Locked::default();
        scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(2));
                locked.end();
            });
            assert_eq!(ffi::cppcoro_waits(five(&locked)).unwrap(), 5);
        });
    }
}

/// `Shared` wakes all who wait under its lock, and takes that when it is polled.
fn shared_futures() {
    for _ in 0..100 {
        let (sender, receiver) = oneshot::channel();
        let shared = receiver.map(Result::unwrap).shared();
        let calls = [
            ffi::cppcoro_task_sees(FutureNumber::infallible(shared.clone())),
            ffi::cppcoro_task_sees_on_pool(FutureNumber::infallible(shared.clone())),
            ffi::cppcoro_task_sees(FutureNumber::infallible(shared.clone())),
        ];
        drop(shared);
        WAKES.set(true);
        sender.send(9).unwrap();
        WAKES.set(false);
        for call in calls {
            assert_eq!(wait(call).unwrap(), 9);
        }
    }
}

pub fn run() {
    woken_under_its_own_lock();
    waited_for_in_a_thread();
    shared_futures();
    until_no_frame_is_left();
}
