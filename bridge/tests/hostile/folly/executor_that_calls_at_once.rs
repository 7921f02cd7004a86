//! Goes a million times to an executor of Folly's that calls at once, runs a task there each time,
//! and awaits Rust there: it takes no stack, and no C++ runs within a wake.

use std::task::Poll;

use futures::{FutureExt, stream};

use super::{StreamNumber, WAKES, wait, wake};
use crate::waiting::until_no_frame_is_left;

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        fn goes_on_at_once();
    }

    unsafe extern "C++" {
        include!("bridge-tests/hostile/folly/executor_that_calls_at_once.h");

        type FutureNumber = crate::hostile::FutureNumber;
        type StreamNumber = crate::hostile::StreamNumber;

        fn goes_to(executor: i32, times: i64) -> FutureNumber;
        fn runs_tasks_on(executor: i32, times: i64) -> FutureNumber;
        fn reads_on(executor: i32, stream: StreamNumber) -> FutureNumber;
        fn task_reads_on(executor: i32, stream: StreamNumber) -> FutureNumber;
    }
}

const TIMES: i64 = 1_000_000;

/// C++ goes on after it has awaited Rust.
fn goes_on_at_once() {
    assert!(!WAKES.get(), "it goes on within a wake");
}

/// 1, so many times, and every other one after a wake.
fn ones(times: i64) -> StreamNumber {
    let (mut left, mut polled) = (times, 0);
    StreamNumber::infallible(stream::poll_fn(move |cx| {
        polled += 1;
        if polled % 3 == 0 {
            wake(cx.waker());
            return Poll::Pending;
        }
        left -= 1;
        Poll::Ready((left >= 0).then_some(1))
    }))
}

pub fn run() {
    for executor in 0..3 {
        assert_eq!(wait(ffi::goes_to(executor, TIMES)).unwrap(), TIMES);
        assert_eq!(wait(ffi::runs_tasks_on(executor, TIMES)).unwrap(), TIMES);
        let read = wait(ffi::reads_on(executor, ones(TIMES / 10)));
        assert_eq!(read.unwrap(), TIMES / 10);
        let read = wait(ffi::task_reads_on(executor, ones(TIMES / 10)));
        assert_eq!(read.unwrap(), TIMES / 10);
        // Dropped on the way.
        for begin in [ffi::goes_to, ffi::runs_tasks_on] {
            let _ = begin(executor, TIMES).now_or_never();
        }
    }
    until_no_frame_is_left();
}
