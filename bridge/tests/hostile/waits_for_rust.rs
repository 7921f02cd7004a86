//! C++ owns the program, and nobody in Rust polls: a thread of C++ waits for coroutines that went to
//! no executor, or has a function called when they end. It gets the value or the error, and who is
//! called is called by a thread of the bridge. A coroutine that nobody waits for is told of.

use std::fs::File;
use std::io::Read;
use std::os::fd::FromRawFd;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use futures::future::poll_fn;
use futures::stream;

use super::{FutureNumber, Later, StreamNumber};
use crate::ffi::{new_pool, thread_id};
use crate::waiting::{Dropped, block_until, scope, until_no_frame_is_left};

#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Heard;
        fn value(self: &Heard, value: i64);
        fn error(self: &Heard, what: &str);
    }

    unsafe extern "C++" {
        include!("bridge-tests/hostile/waits_for_rust.h");

        type FutureNumber = super::FutureNumber;
        type StreamNumber = super::StreamNumber;
        type FutureNothing = super::FutureNothing;
        type Pool = crate::ffi::Pool;

        fn blocks_on(future: FutureNumber) -> Result<i64>;
        fn blocks_on_nothing(future: FutureNothing) -> Result<()>;
        fn blocks_on_all(stream: StreamNumber) -> Result<i64>;
        fn starts(future: FutureNumber, heard: Box<Heard>);
        fn starts_nothing(future: FutureNothing, heard: Box<Heard>);

        fn plus_one(future: FutureNumber) -> FutureNumber;
        fn plus_one_in(pool: &Pool, future: FutureNumber) -> FutureNumber;
        fn nothing_after(future: FutureNumber) -> FutureNothing;
        fn plus_one_each(stream: StreamNumber) -> StreamNumber;
    }
}

// SAFETY: hostile/waits_for_rust.h names the C++ type of the Rust type here.
#[co_await::bridge]
unsafe impl Future for FutureNothing {
    type Output = ();
}

/// What came of it, and in which thread that was said.
struct Heard(Sender<Told>);

/// What a function was called with, and in which thread.
type Told = (Result<i64, String>, u64);

impl Heard {
    fn value(&self, value: i64) {
        self.0.send((Ok(value), thread_id())).unwrap();
    }

    fn error(&self, what: &str) {
        self.0.send((Err(what.to_owned()), thread_id())).unwrap();
    }
}

fn number(value: i64) -> FutureNumber {
    FutureNumber::infallible(async move { value })
}

fn fails() -> FutureNumber {
    FutureNumber::fallible(async { Err("out of cheese") })
}

/// Wakes itself some times before it ends.
fn wakes_itself(value: i64) -> FutureNumber {
    let mut left = 100;
    FutureNumber::infallible(poll_fn(move |cx| {
        left -= 1;
        if left == 0 {
            return Poll::Ready(value);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }))
}

fn blocks() {
    let pool = new_pool(1);
    for make in [number, wakes_itself] {
        assert_eq!(ffi::blocks_on(make(1)).unwrap(), 1);
        assert_eq!(ffi::blocks_on(ffi::plus_one(make(1))).unwrap(), 2);
        let two = ffi::plus_one_in(&pool, ffi::plus_one(make(1)));
        assert_eq!(ffi::blocks_on(two).unwrap(), 3);
        ffi::blocks_on_nothing(ffi::nothing_after(make(1))).unwrap();
    }
    for call in [
        fails(),
        ffi::plus_one(fails()),
        ffi::plus_one_in(&pool, fails()),
    ] {
        assert_eq!(ffi::blocks_on(call).unwrap_err().what(), "out of cheese");
    }
    ffi::blocks_on_nothing(ffi::nothing_after(fails())).unwrap_err();
    let numbers = || StreamNumber::infallible(stream::iter(0..100));
    assert_eq!(ffi::blocks_on_all(numbers()).unwrap(), 4950);
    assert_eq!(
        ffi::blocks_on_all(ffi::plus_one_each(numbers())).unwrap(),
        5050
    );
    let fails = stream::iter([Ok(1), Ok(2), Err("out of numbers")]);
    let fails = ffi::plus_one_each(StreamNumber::fallible(fails));
    assert_eq!(
        ffi::blocks_on_all(fails).unwrap_err().what(),
        "out of numbers"
    );
}

/// Another thread ends what is waited for, in many threads at once.
fn blocks_until_another_thread_wakes() {
    scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..500 {
                    let later = Later::default();
                    let call = ffi::plus_one(ffi::plus_one(later.number(round)));
                    let ends = thread::spawn(move || later.end());
                    assert_eq!(ffi::blocks_on(call).unwrap(), round + 2);
                    ends.join().unwrap();
                }
            });
        }
    });
}

fn its_pool_goes() {
    let (pool, dropped) = (new_pool(1), Dropped::default());
    let call = ffi::plus_one_in(&pool, FutureNumber::infallible(dropped.never()));
    scope(|scope| {
        scope.spawn(|| assert!(ffi::blocks_on(call).is_err()));
        drop(pool);
    });
    assert_eq!(dropped.count(), 1);
}

fn heard() -> (Box<Heard>, Receiver<Told>) {
    let (sender, receiver) = channel();
    (Box::new(Heard(sender)), receiver)
}

fn hears(receiver: &Receiver<Told>) -> Result<i64, String> {
    let (what, thread) = receiver.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_ne!(thread, thread_id(), "never within `start`");
    // Called once, and gone.
    assert!(receiver.recv_timeout(Duration::from_secs(60)).is_err());
    what
}

fn start(call: FutureNumber) -> Result<i64, String> {
    let (heard, receiver) = heard();
    ffi::starts(call, heard);
    hears(&receiver)
}

fn starts() {
    let pool = new_pool(1);
    for make in [number, wakes_itself] {
        assert_eq!(start(make(1)), Ok(1));
        assert_eq!(start(ffi::plus_one(make(1))), Ok(2));
        assert_eq!(start(ffi::plus_one_in(&pool, make(1))), Ok(2));
    }
    for call in [
        fails(),
        ffi::plus_one(fails()),
        ffi::plus_one_in(&pool, fails()),
    ] {
        assert_eq!(start(call), Err("out of cheese".to_owned()));
    }
    for (make, ends) in [
        (number as fn(i64) -> FutureNumber, true),
        (|_| fails(), false),
    ] {
        let (heard, receiver) = heard();
        ffi::starts_nothing(ffi::nothing_after(make(1)), heard);
        assert_eq!(hears(&receiver).is_ok(), ends);
    }
    // Many at once, and each goes on when its own end has come.
    let waiting: Vec<_> = (0..1000)
        .map(|value| {
            let (later, (heard, receiver)) = (Later::default(), heard());
            ffi::starts(ffi::plus_one(later.number(value)), heard);
            (value, later, receiver)
        })
        .collect();
    for (value, later, receiver) in waiting.into_iter().rev() {
        assert!(receiver.try_recv().is_err(), "nothing has come of it yet");
        later.end();
        assert_eq!(hears(&receiver), Ok(value + 1));
    }
    // While others wait for good, and are given up with their pool.
    let dropped = Dropped::default();
    let (heard, receiver) = heard();
    ffi::starts(
        ffi::plus_one_in(&pool, FutureNumber::infallible(dropped.never())),
        heard,
    );
    assert_eq!(start(number(5)), Ok(5));
    drop(pool);
    assert!(hears(&receiver).is_err());
    block_until(|| dropped.count() == 1);
}

pub fn run() {
    blocks();
    blocks_until_another_thread_wakes();
    its_pool_goes();
    starts();
    until_no_frame_is_left();
}

/// A coroutine goes to no executor, and could go on, if only somebody polled it. Returns when
/// stderr says so.
pub fn nobody_polls() {
    let mut ends = [0; 2];
    // SAFETY: the pipe's two ends go into an array of two; stderr is this process's own.
    let mut said = unsafe {
        assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
        assert_eq!(
            libc::dup2(ends[1], libc::STDERR_FILENO),
            libc::STDERR_FILENO
        );
        File::from_raw_fd(ends[0])
    };
    let later = Later::default();
    let call = ffi::plus_one(later.number(1));
    later.end();
    let (mut all, mut some) = (Vec::new(), [0; 1024]);
    while !String::from_utf8_lossy(&all).contains("nobody polls") {
        let length = said.read(&mut some).unwrap();
        all.extend(&some[..length]);
    }
    assert_eq!(ffi::blocks_on(call).unwrap(), 2);
}
