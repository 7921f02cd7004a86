//! A coroutine of another kind awaits Rust, and its owner destroys it, while somebody holds the
//! waker: what it awaits is dropped at once, and a task is aborted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use futures::future::poll_fn;
use futures::stream::{self, FuturesUnordered};
use futures::{Stream, StreamExt};
use tokio::runtime::Builder;

use super::{FutureNumber, StreamNumber, lock};
use crate::waiting::{Dropped, block_until, scope, until_no_frame_is_left};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/owner_destroys_while_it_waits.h");

        type FutureNumber = super::FutureNumber;
        type StreamNumber = super::StreamNumber;

        type Owner;
        fn owner_of_who_awaits(future: FutureNumber) -> UniquePtr<Owner>;
        fn owner_of_who_reads(stream: StreamNumber) -> UniquePtr<Owner>;
    }
}

/// Never comes to an end, and puts its wakers here.
fn holds_waker(
    wakers: &Arc<Mutex<Vec<Waker>>>,
    dropped: &Dropped,
) -> impl Future<Output = i64> + Send + use<> {
    let (wakers, witness) = (wakers.clone(), dropped.witness());
    poll_fn(move |cx| {
        let _here = &witness;
        lock(&wakers).push(cx.waker().clone());
        Poll::Pending
    })
}

fn goes_with_its_owner(
    owner: impl FnOnce(Arc<Mutex<Vec<Waker>>>, Dropped) -> Owners,
    count: usize,
) {
    let (wakers, dropped) = (Arc::default(), Dropped::default());
    let owner = owner(Arc::clone(&wakers), dropped.clone());
    assert_eq!(dropped.count(), 0);
    drop(owner);
    // Several together wake themselves when each was looked at: somebody may be looking just then.
    if count > 1 {
        block_until(|| dropped.count() == count);
    }
    assert_eq!(dropped.count(), count);
    let wakers = std::mem::take(&mut *lock(&wakers));
    // There is nobody left to be woken.
    wakers.into_iter().for_each(Waker::wake);
    until_no_frame_is_left();
}

type Owners = cxx::UniquePtr<ffi::Owner>;

fn stored_wakers() {
    goes_with_its_owner(
        |wakers, dropped| {
            let future = holds_waker(&wakers, &dropped);
            ffi::owner_of_who_awaits(FutureNumber::infallible(future))
        },
        1,
    );
    goes_with_its_owner(
        |wakers, dropped| {
            let stream = stream::iter([1, 2]).chain(stream::once(holds_waker(&wakers, &dropped)));
            ffi::owner_of_who_reads(StreamNumber::infallible(stream))
        },
        1,
    );
}

/// Each of them holds the waker of the one that it is in, and so does it itself.
fn futures_that_hold_their_own_waker() {
    fn ten(
        wakers: &Arc<Mutex<Vec<Waker>>>,
        dropped: &Dropped,
    ) -> impl Stream<Item = i64> + Send + use<> {
        let ten = (0..10).map(|_| holds_waker(wakers, dropped));
        ten.collect::<FuturesUnordered<_>>()
    }
    goes_with_its_owner(
        |wakers, dropped| {
            let mut ten = ten(&wakers, &dropped);
            let first = async move { ten.next().await.unwrap() };
            ffi::owner_of_who_awaits(FutureNumber::infallible(first))
        },
        10,
    );
    goes_with_its_owner(
        |wakers, dropped| ffi::owner_of_who_reads(StreamNumber::infallible(ten(&wakers, &dropped))),
        10,
    );
}

fn tasks() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let dropped = Dropped::default();
    for round in 0..100 {
        let task = dropped.never::<Result<i64, String>>();
        let owner = if round % 2 == 0 {
            ffi::owner_of_who_awaits(FutureNumber::spawn(runtime.handle(), task))
        } else {
            let stream = stream::once(task);
            ffi::owner_of_who_reads(StreamNumber::spawn(runtime.handle(), stream))
        };
        drop(owner);
        block_until(|| dropped.count() == round + 1);
    }
}

/// Another thread wakes it all the time, so that somebody may look just then.
fn while_somebody_wakes() {
    let (wakers, dropped) = (Arc::<Mutex<Vec<Waker>>>::default(), Dropped::default());
    let is_over = AtomicBool::new(false);
    scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::SeqCst) {
                let waker = lock(&wakers).pop();
                waker.into_iter().for_each(Waker::wake);
            }
        });
        for round in 0..500 {
            let future = holds_waker(&wakers, &dropped);
            let owner = if round % 2 == 0 {
                ffi::owner_of_who_awaits(FutureNumber::infallible(future))
            } else {
                ffi::owner_of_who_reads(StreamNumber::infallible(stream::once(future)))
            };
            for _ in 0..round % 100 {
                std::hint::spin_loop();
            }
            drop(owner);
            // In a moment, where somebody looks.
            block_until(|| dropped.count() == round + 1);
        }
        is_over.store(true, Ordering::SeqCst);
    });
}

pub fn run() {
    stored_wakers();
    futures_that_hold_their_own_waker();
    tasks();
    while_somebody_wakes();
    until_no_frame_is_left();
}
