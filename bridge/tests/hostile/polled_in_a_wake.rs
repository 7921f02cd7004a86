//! A coroutine of another kind awaits Rust that wakes in inconvenient places: under a lock that its
//! own poll takes, within its own poll until somebody else has gone on. No C++ runs within a wake,
//! and nobody spins: it comes to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::poll_fn;
use futures::stream;

use super::{FutureNumber, Locked, StreamNumber, WAKES, wake};
use crate::waiting::{scope, until_no_frame_is_left};

#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Seen;
        fn tell(self: &Seen, value: i64);
    }

    unsafe extern "C++" {
        include!("bridge-tests/hostile/polled_in_a_wake.h");

        type FutureNumber = super::FutureNumber;
        type StreamNumber = super::StreamNumber;

        fn stranger_sees(future: FutureNumber, seen: Box<Seen>);
        fn stranger_sees_all(stream: StreamNumber, seen: Box<Seen>);
    }
}

/// Is told what came of it, in some thread that does not wake just then.
struct Seen(Sender<(i64, bool)>);

impl Seen {
    fn tell(&self, value: i64) {
        self.0.send((value, WAKES.get())).unwrap();
    }
}

fn seen() -> (Box<Seen>, Receiver<(i64, bool)>) {
    let (sender, receiver) = channel();
    (Box::new(Seen(sender)), receiver)
}

fn sees(receiver: &Receiver<(i64, bool)>, value: i64) {
    let seen = receiver.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(seen, (value, false));
}

fn woken_under_its_own_lock() {
    for round in 0..500 {
        let locked = Locked::default();
        let (told, came) = seen();
        let here = locked.clone();
        if round % 2 == 0 {
            let future = poll_fn(move |cx| here.poll(cx).map(|()| 5));
            ffi::stranger_sees(FutureNumber::infallible(future), told);
        } else {
            let mut left = 5;
            let stream = stream::poll_fn(move |cx| {
                here.poll(cx).map(|()| {
                    left -= 1;
                    (left >= 0).then_some(1)
                })
            });
            ffi::stranger_sees_all(StreamNumber::infallible(stream), told);
        }
        if round % 4 < 2 {
            locked.end();
        } else {
            scope(|scope| scope.spawn(|| locked.end()));
        }
        sees(&came, 5);
    }
}

/// `Shared` wakes all who wait under its lock, and takes that when it is polled.
fn shared_futures() {
    for _ in 0..100 {
        let (sender, receiver) = oneshot::channel();
        let shared = receiver.map(Result::unwrap).shared();
        let waiting: Vec<_> = (0..4)
            .map(|_| {
                let (told, came) = seen();
                ffi::stranger_sees(FutureNumber::infallible(shared.clone()), told);
                came
            })
            .collect();
        drop(shared);
        WAKES.set(true);
        sender.send(9).unwrap();
        WAKES.set(false);
        waiting.iter().for_each(|came| sees(came, 9));
    }
}

/// Who begins to wait goes on, for else the end would never come.
fn wakes_itself_until_another_goes_on() {
    let (goes_on, (told, came)) = (Arc::new(AtomicBool::new(false)), seen());
    let here = goes_on.clone();
    let future = poll_fn(move |cx| {
        if here.load(Ordering::SeqCst) {
            return Poll::Ready(3);
        }
        wake(cx.waker());
        Poll::Pending
    });
    ffi::stranger_sees(FutureNumber::infallible(future), told);
    goes_on.store(true, Ordering::SeqCst);
    sees(&came, 3);

    // Two of them, each until the other has been polled.
    let [first, second]: [Arc<AtomicBool>; 2] = Default::default();
    let [one, other] = [(&first, &second), (&second, &first)].map(|(mine, other)| {
        let (mine, other) = (mine.clone(), other.clone());
        let future = poll_fn(move |cx| {
            mine.store(true, Ordering::SeqCst);
            if other.load(Ordering::SeqCst) {
                return Poll::Ready(4);
            }
            wake(cx.waker());
            Poll::Pending
        });
        let (told, came) = seen();
        ffi::stranger_sees(FutureNumber::infallible(future), told);
        came
    });
    sees(&one, 4);
    sees(&other, 4);

    // A stream that does so before each item.
    let (told, came) = seen();
    let mut turns = 0;
    let stream = stream::poll_fn(move |cx| {
        turns += 1;
        match turns {
            1..4000 if turns % 4 == 0 => Poll::Ready(Some(1)),
            1..4000 => {
                wake(cx.waker());
                Poll::Pending
            }
            _ => Poll::Ready(None),
        }
    });
    ffi::stranger_sees_all(StreamNumber::infallible(stream), told);
    sees(&came, 999);
}

pub fn run() {
    wakes_itself_until_another_goes_on();
    woken_under_its_own_lock();
    shared_futures();
    until_no_frame_is_left();
}
