//! C++ moves futures and streams away that lie in Rust's memory: out of a `Vec`, through `&mut`, in
//! what it returns. Rust polls, keeps and drops what is left: an error, or the end of a stream, and
//! never a crash.

use futures::executor::block_on;
use futures::stream::{iter, pending};
use futures::{FutureExt, StreamExt};

use super::{FutureNumber, StreamNumber};
use crate::waiting::{Dropped, until_no_frame_is_left};

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        fn is_an_error_to_rust(future: FutureNumber);
    }

    unsafe extern "C++" {
        include!("bridge-tests/hostile/moved_away.h");

        type FutureNumber = super::FutureNumber;
        type StreamNumber = super::StreamNumber;

        fn sums_every_other(futures: Vec<FutureNumber>) -> FutureNumber;
        fn takes_out_of(futures: &mut Vec<FutureNumber>, index: usize) -> FutureNumber;
        fn takes(future: &mut FutureNumber) -> FutureNumber;
        fn takes_stream(stream: &mut StreamNumber) -> StreamNumber;
        fn reads_one(stream: &mut StreamNumber) -> FutureNumber;
        fn returns_what_is_left(future: FutureNumber) -> FutureNumber;
        fn returns_what_is_left_of_stream(stream: StreamNumber) -> StreamNumber;
        fn gives_rust_what_is_left(future: FutureNumber);
        fn awaits_number(future: FutureNumber) -> FutureNumber;
    }

    impl Vec<FutureNumber> {}
}

/// What `reads_one` gives at the end of a stream.
const ENDED: i64 = -1;

fn number(value: i64) -> FutureNumber {
    FutureNumber::infallible(async move { value })
}

/// One of Rust's, and one of C++'s.
fn either(value: i64) -> FutureNumber {
    match value % 2 {
        0 => number(value),
        _ => ffi::awaits_number(number(value)),
    }
}

fn is_an_error(future: FutureNumber) {
    let error = block_on(future).unwrap_err().to_string();
    assert!(error.contains("moved away"), "{error}");
}

fn is_an_error_to_rust(future: FutureNumber) {
    is_an_error(future);
}

fn out_of_a_vec_that_cpp_owns() {
    let futures = (0..9).map(either).collect();
    assert_eq!(block_on(ffi::sums_every_other(futures)).unwrap(), 20);
    // Dropped half way: one was awaited, one is awaited, and three are left.
    let dropped = Dropped::default();
    let mut futures: Vec<_> = (0..2).map(either).collect();
    futures.extend((0..3).map(|_| FutureNumber::infallible(dropped.never())));
    let mut sum = ffi::sums_every_other(futures);
    assert!((&mut sum).now_or_never().is_none());
    drop(sum);
    assert_eq!(dropped.count(), 3);
}

fn out_of_a_vec_that_rust_keeps() {
    let mut futures: Vec<_> = (0..8).map(either).collect();
    for index in [0, 3, 4, 7] {
        let taken = ffi::takes_out_of(&mut futures, index);
        assert_eq!(block_on(taken).unwrap(), index as i64);
    }
    // What was taken is an error to C++ too.
    is_an_error(ffi::takes_out_of(&mut futures, 3));
    for (value, future) in (0..).zip(futures.drain(..)) {
        match value {
            0 | 3 | 4 | 7 => is_an_error(future),
            _ => assert_eq!(block_on(future).unwrap(), value),
        }
    }
    // Not polled, but dropped, and kept.
    let mut futures: Vec<_> = (0..8).map(either).collect();
    block_on(ffi::takes_out_of(&mut futures, 5)).unwrap();
    block_on(ffi::takes_out_of(&mut futures, 6)).unwrap();
    let kept = Dropped::default();
    is_an_error(futures.remove(6).keep(kept.witness()));
    drop(futures.remove(5).keep(kept.witness()));
    drop(futures);
    assert_eq!(kept.count(), 2);
}

fn through_a_reference() {
    for value in 0..4 {
        let mut future = either(value);
        assert_eq!(block_on(ffi::takes(&mut future)).unwrap(), value);
        match value {
            0 | 1 => is_an_error(future),
            // Rust may put another one there.
            _ => {
                future = either(value);
                assert_eq!(block_on(future).unwrap(), value);
            }
        }
    }
    let mut future = either(1);
    drop(ffi::takes(&mut future));
    let mut future = Box::pin(future);
    assert!(block_on(&mut future).is_err());
}

fn streams() {
    let mut stream = StreamNumber::infallible(iter([1, 2, 3]));
    let taken = ffi::takes_stream(&mut stream);
    assert!(block_on(stream.next()).is_none());
    assert!(block_on(stream.next()).is_none());
    assert_eq!(
        block_on(taken.map(Result::unwrap).collect::<Vec<_>>()),
        [1, 2, 3]
    );
    drop(stream.keep(1));

    // While C++ waits for an item the stream is C++'s; dropped then, it is gone.
    let mut stream = StreamNumber::infallible(pending());
    let mut item = ffi::reads_one(&mut stream);
    assert!((&mut item).now_or_never().is_none());
    drop(item);
    assert!(block_on(stream.next()).is_none());
    let kept = Dropped::default();
    assert!(block_on(stream.keep(kept.witness()).next()).is_none());
    assert_eq!(kept.count(), 1);

    // Where C++ does not wait it comes back.
    let mut stream = StreamNumber::infallible(iter([7, 8]));
    assert_eq!(block_on(ffi::reads_one(&mut stream)).unwrap(), 7);
    assert_eq!(block_on(stream.next()).unwrap().unwrap(), 8);

    // One that has ended was not moved away: C++ finds it empty, as often as it looks.
    for _ in 0..3 {
        assert_eq!(block_on(ffi::reads_one(&mut stream)).unwrap(), ENDED);
    }
    let mut stream = ffi::takes_stream(&mut StreamNumber::infallible(iter([9])));
    assert_eq!(block_on(ffi::reads_one(&mut stream)).unwrap(), 9);
    for _ in 0..3 {
        assert_eq!(block_on(ffi::reads_one(&mut stream)).unwrap(), ENDED);
    }
}

fn what_cpp_hands_over() {
    for value in 0..2 {
        is_an_error(ffi::returns_what_is_left(either(value)));
        drop(ffi::returns_what_is_left(either(value)));
        ffi::gives_rust_what_is_left(either(value));
        is_an_error(ffi::awaits_number(ffi::returns_what_is_left(either(value))));
    }
    let stream = StreamNumber::infallible(iter([1]));
    let mut left = ffi::returns_what_is_left_of_stream(stream);
    assert!(block_on(left.next()).is_none());
}

pub fn run() {
    out_of_a_vec_that_cpp_owns();
    out_of_a_vec_that_rust_keeps();
    through_a_reference();
    streams();
    what_cpp_hands_over();
    until_no_frame_is_left();
}
