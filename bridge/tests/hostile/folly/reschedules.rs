//! A task of Folly's goes back to its executor a hundred thousand times, and Rust leaves midway: it
//! goes on to its end, and takes no stack.

use std::thread;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::timeout;

use super::{FollyPool, new_folly_pool, wait};
use crate::waiting::until_no_frame_is_left;

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/folly/reschedules.h");

        type FollyPool = crate::folly::ffi::FollyPool;
        type FutureNumber = crate::hostile::FutureNumber;

        fn task_goes_round(at: i32, pool: &FollyPool, times: i64) -> FutureNumber;
        fn tasks_go_round(at: i32, pool: &FollyPool, times: i64) -> FutureNumber;
    }
}

const TIMES: i64 = 100_000;

type Begin = fn(i32, &FollyPool, i64) -> super::FutureNumber;

fn to_its_end(begin: Begin, at: i32, pool: &FollyPool) {
    assert_eq!(wait(begin(at, pool, TIMES)).unwrap(), TIMES);
}

fn dropped_at_once(begin: Begin, at: i32, pool: &FollyPool) {
    drop(begin(at, pool, TIMES));
    until_no_frame_is_left();
}

fn dropped_midway(begin: Begin, at: i32, pool: &FollyPool) {
    let mut call = begin(at, pool, TIMES);
    for _ in 0..100 {
        assert!((&mut call).now_or_never().is_none());
    }
    drop(call);
    until_no_frame_is_left();
}

fn dropped_by_a_time_limit(begin: Begin, at: i32, pool: &FollyPool) {
    for limit in 1..5 {
        let limit = Duration::from_millis(limit);
        let ended = wait(async { timeout(limit, begin(at, pool, 30 * TIMES)).await });
        assert!(ended.is_err());
    }
    until_no_frame_is_left();
}

/// In a thread with little stack, too.
fn dropped_in_a_small_thread(begin: Begin, at: i32, pool: &FollyPool) {
    let mut call = begin(at, pool, TIMES);
    assert!((&mut call).now_or_never().is_none());
    let small = thread::Builder::new().stack_size(64 * 1024);
    small.spawn(|| drop(call)).unwrap().join().unwrap();
    until_no_frame_is_left();
}

pub fn run() {
    let pool = new_folly_pool(2);
    for begin in [ffi::task_goes_round, ffi::tasks_go_round] {
        for at in [0, 1] {
            to_its_end(begin, at, &pool);
            dropped_at_once(begin, at, &pool);
            dropped_by_a_time_limit(begin, at, &pool);
        }
        dropped_midway(begin, 0, &pool);
        dropped_in_a_small_thread(begin, 0, &pool);
    }
}
