//! What the scenes of the bridge do, in Rust. `cpp/scenes.cpp` has what they call.

use std::future::poll_fn;
use std::task::Poll;

use futures::{FutureExt, Stream, StreamExt};
use tokio::runtime::Handle;

use crate::events::SEEN;
use crate::task::Noted;
use crate::work::{count, wait_until};

#[cxx::bridge(namespace = "recordings")]
pub mod ffi {
    unsafe extern "C++" {
        include!("recordings/cpp/scenes.h");

        type FutureNumber = crate::scenes::FutureNumber;
        type StreamNumber = crate::scenes::StreamNumber;

        type Pool;
        fn new_pool() -> UniquePtr<Pool>;
        fn computes(pool: &Pool) -> FutureNumber;
        fn awaits(pool: &Pool, number: FutureNumber) -> FutureNumber;
        fn awaits_here(number: FutureNumber) -> FutureNumber;
        fn counts(pool: &Pool) -> StreamNumber;
    }
}

// SAFETY, for both: `i64` is what cpp/scenes.h says.
#[co_await::bridge(namespace = recordings)]
unsafe impl Future for FutureNumber {
    type Output = i64;
}
#[co_await::bridge(namespace = recordings)]
unsafe impl Stream for StreamNumber {
    type Item = i64;
}

/// Awaits C++.
pub async fn asks(pool: &ffi::Pool) -> Result<i64, co_await::Error> {
    let call = ffi::computes(pool);
    call.await
}

/// Looks for the number once, and goes away.
pub fn looks_once(call: impl Future) {
    let mut call = Box::pin(call);
    let _ = call.as_mut().now_or_never();
    wait_until(|log| count(log, "work") == 1);
    drop(call);
}

/// Is asked twice, and has itself asked again.
pub fn wakes_itself() -> impl Future<Output = i64> {
    let mut woken = false;
    poll_fn(move |cx| {
        if woken {
            return Poll::Ready(1);
        }
        woken = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

/// Has the number from a task of Tokio's.
pub async fn from_tokio(runtime: Handle) -> i64 {
    let task = runtime.spawn(async {
        // Until both languages wait, with either bridge.
        wait_until(|log| {
            count(log, "Rust pending") + count(log, "future pending") == 1
                && count(log, "pending") + count(log, "task pending") == 1
        });
        1
    });
    Noted::new(SEEN, 1, task).await.unwrap_or_default()
}

/// Reads two numbers of a stream that has more.
pub async fn reads_two(pool: &ffi::Pool) {
    let mut numbers = ffi::counts(pool);
    for _ in 0..2 {
        wait_until(|log| count(log, "full") > count(log, "taken"));
        numbers.next().await;
    }
    wait_until(|log| count(log, "full") == 3);
    drop(numbers);
}
