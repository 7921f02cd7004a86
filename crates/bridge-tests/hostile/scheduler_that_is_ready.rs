//! Goes a million times to a scheduler that need not wait, and awaits Rust and yields there: it
//! takes no stack.

use std::task::Poll;

use futures::{StreamExt, stream};

use super::{FutureNumber, StreamNumber, wait};
use crate::waiting::until_no_frame_is_left;

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/scheduler_that_is_ready.h");

        type FutureNumber = super::FutureNumber;
        type StreamNumber = super::StreamNumber;

        fn goes_there(scheduler: i32, times: i64) -> FutureNumber;
        fn goes_there_and_reads(scheduler: i32, stream: StreamNumber) -> FutureNumber;
        fn goes_there_and_yields(scheduler: i32, times: i64) -> StreamNumber;
    }
}

const TIMES: i64 = 1_000_000;

/// 1, so many times, and each of them after a wake.
fn ones() -> StreamNumber {
    let mut polled = 0;
    StreamNumber::infallible(stream::poll_fn(move |cx| {
        polled += 1;
        if polled > 2 * TIMES {
            return Poll::Ready(None);
        }
        if polled % 2 == 0 {
            return Poll::Ready(Some(1));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }))
}

pub fn run() {
    for scheduler in 0..4 {
        let gone = wait(ffi::goes_there(scheduler, TIMES)).unwrap();
        assert_eq!(gone, TIMES, "{scheduler}");
        let read = wait(ffi::goes_there_and_reads(scheduler, ones())).unwrap();
        assert_eq!(read, TIMES, "{scheduler}");
        let yielded = ffi::goes_there_and_yields(scheduler, TIMES).map(Result::unwrap);
        let yielded: i64 = wait(yielded.fold(0, async |sum, item| sum + item));
        assert_eq!(yielded, TIMES, "{scheduler}");
    }
    until_no_frame_is_left();
}
