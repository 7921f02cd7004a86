//! Goes a hundred thousand times to a scheduler that need not wait, and awaits Rust and yields there: it
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

const TIMES: i64 = 100_000;

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

fn goes_there(scheduler: i32) {
    assert_eq!(
        wait(ffi::goes_there(scheduler, 10 * TIMES)).unwrap(),
        10 * TIMES
    );
    let read = wait(ffi::goes_there_and_reads(scheduler, ones()));
    assert_eq!(read.unwrap(), TIMES);
    let yielded = ffi::goes_there_and_yields(scheduler, TIMES).map(Result::unwrap);
    let yielded: i64 = wait(yielded.fold(0, async |sum, item| sum + item));
    assert_eq!(yielded, TIMES);
    until_no_frame_is_left();
}

/// It is ready, or does not suspend.
pub fn run() {
    goes_there(0);
    goes_there(1);
}

/// It suspends, and resumes before `schedule` returns.
pub fn that_resumes_at_once() {
    goes_there(2);
    goes_there(3);
}
