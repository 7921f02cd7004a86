//! A hundred tasks of Folly's stand in the queue of a busy pool, and Rust leaves: no body runs.

use futures::FutureExt;

use super::{FollyPool, FutureNumber, new_folly_pool, wait};
use crate::ffi::new_gate;
use crate::waiting::{block_until, scope, until_no_frame_is_left};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/folly/dropped_while_queued.h");

        type FollyPool = crate::folly::ffi::FollyPool;
        type FutureNumber = crate::hostile::FutureNumber;
        type Gate = crate::ffi::Gate;

        fn keep_busy(pool: &FollyPool, gate: SharedPtr<Gate>);
        fn runs_a_body(at: i32, pool: &FollyPool) -> FutureNumber;
        fn runs_a_body_later(at: i32, pool: &FollyPool) -> FutureNumber;
        fn bodies() -> i64;
    }
}

type Begin = fn(i32, &FollyPool) -> FutureNumber;

/// Those of an even number are dropped; the others run.
fn dropped_while_queued(begin: Begin, at: i32, leave: impl Fn(Vec<FutureNumber>)) {
    let (pool, gate) = (new_folly_pool(1), new_gate());
    let before = ffi::bodies();
    ffi::keep_busy(&pool, gate.clone());
    block_until(|| gate.arrived() == 1);
    let (mut stay, mut go) = (Vec::new(), Vec::new());
    for number in 0..200 {
        let mut call = begin(at, &pool);
        assert!((&mut call).now_or_never().is_none());
        if number % 2 == 0 { &mut go } else { &mut stay }.push(call);
    }
    leave(go);
    assert_eq!(ffi::bodies(), before);
    gate.open();
    for call in stay {
        wait(call).unwrap();
    }
    drop(pool);
    until_no_frame_is_left();
    assert_eq!(ffi::bodies(), before + 100);
}

pub fn run() {
    for at in 1..4 {
        for begin in [ffi::runs_a_body, ffi::runs_a_body_later] {
            dropped_while_queued(begin, at, drop);
            dropped_while_queued(begin, at, |calls| {
                scope(|scope| scope.spawn(|| drop(calls)))
            });
        }
    }
}
