//! What the book's chapter on the inner workings says: who begins, who polls, and what goes last.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;

use bridge_tests::FutureInt;
use bridge_tests::ffi::{self, thread_id};
use futures::executor::block_on;

#[test]
fn a_coroutine_begins_within_the_call_and_goes_on_without_a_poll() {
    let (pool, gate) = (ffi::new_pool(1), ffi::new_gate());
    let call = ffi::thread_at_start(&pool, gate.clone());
    while gate.arrived() == 0 {
        thread::yield_now();
    }
    gate.open();
    let polled = thread::spawn(|| (thread_id(), block_on(call).unwrap()));
    let (poller, began) = polled.join().unwrap();
    assert_eq!(began as u64, thread_id());
    assert_ne!(began as u64, poller);
}

#[test]
fn a_rust_future_that_is_ready_does_not_suspend_its_coroutine() {
    let ready = FutureInt::infallible(async { 7 });
    let call = ffi::awaits_plainly(ready);
    assert_eq!(ffi::live_frames(), 0, "it ended within the call");
    assert_eq!(block_on(call).unwrap(), 7);
}

/// A future that is ready when it is polled for the second time, and where it was polled.
#[derive(Clone, Default)]
struct Polls(Arc<Mutex<(Vec<u64>, Option<Waker>)>>);

impl Polls {
    fn future(&self) -> FutureInt {
        let polls = self.clone();
        FutureInt::infallible(poll_fn(move |cx| {
            let mut polls = polls.0.lock().unwrap();
            polls.0.push(thread_id());
            match polls.0.len() {
                1 => {
                    polls.1 = Some(cx.waker().clone());
                    Poll::Pending
                }
                _ => Poll::Ready(7),
            }
        }))
    }

    fn threads(&self) -> Vec<u64> {
        self.0.lock().unwrap().0.clone()
    }

    fn waker(&self) -> Waker {
        self.0.lock().unwrap().1.take().unwrap()
    }
}

#[test]
fn cpp_polls_within_its_co_await_and_then_where_rust_polls() {
    let polls = Polls::default();
    let call = ffi::awaits_plainly(polls.future());
    assert_eq!(polls.threads(), [thread_id()]);

    let waker = polls.waker();
    thread::spawn(move || waker.wake()).join().unwrap();
    assert_eq!(ffi::live_frames(), 1, "a wake runs nothing");
    let polled = thread::spawn(|| (thread_id(), block_on(call).unwrap()));
    let (poller, value) = polled.join().unwrap();
    assert_eq!(value, 7);
    assert_eq!(polls.threads(), [thread_id(), poller]);
}
