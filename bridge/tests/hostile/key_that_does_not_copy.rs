//! A key whose copying throws, at each copy in turn, of those who find it free and of those who
//! have to wait: the call gets that as its error, and the key is free after that.

use futures::FutureExt;

use super::{FutureNumber, Later, wait};
use crate::ffi::new_pool;
use crate::waiting::until_no_frame_is_left;

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/key_that_does_not_copy.h");

        type FutureNumber = super::FutureNumber;
        type Pool = crate::ffi::Pool;

        type BrittleLine;
        fn new_brittle_line() -> UniquePtr<BrittleLine>;
        fn hold(self: &BrittleLine, key: i64, until: FutureNumber) -> FutureNumber;
        fn hold_in(self: &BrittleLine, pool: &Pool, key: i64, until: FutureNumber) -> FutureNumber;
        fn throw_after_copies(count: i64);
        fn has_thrown() -> bool;
    }
}

fn number(value: i64) -> FutureNumber {
    FutureNumber::infallible(async move { value })
}

/// Has each copy of a call throw, until the call makes no more.
fn at_each_copy(call: impl Fn(&ffi::BrittleLine) -> FutureNumber) {
    let line = ffi::new_brittle_line();
    for copies in 0..100 {
        ffi::throw_after_copies(copies);
        let result = wait(call(&line));
        let has_thrown = ffi::has_thrown();
        ffi::throw_after_copies(-1);
        until_no_frame_is_left();
        let next = line.hold(1, number(2)).now_or_never();
        assert!(
            matches!(next, Some(Ok(2))),
            "{next:?} after {copies} copies"
        );
        match result {
            Ok(value) => assert_eq!(value, 1),
            Err(error) => assert_eq!(error.to_string(), "does not copy"),
        }
        if !has_thrown {
            return;
        }
    }
    panic!("it never came to an end");
}

pub fn run() {
    let pool = new_pool(1);
    at_each_copy(|line| line.hold(1, number(1)));
    at_each_copy(|line| line.hold_in(&pool, 1, number(1)));
    // They wait, and are given the key.
    at_each_copy(|line| {
        let later = Later::default();
        let mut holder = line.hold(1, later.number(0));
        // Where its own copy throws there is nobody to wait for.
        let is_there = (&mut holder).now_or_never().is_none();
        let mut waits = line.hold(1, number(1));
        let result = (&mut waits).now_or_never();
        later.end();
        match is_there {
            true => _ = wait(holder),
            false => drop(holder),
        }
        match result {
            Some(result) => FutureNumber::fallible(async { result }),
            None => waits,
        }
    });
    at_each_copy(|line| {
        let (later, pool) = (Later::default(), new_pool(1));
        let mut holder = line.hold(1, later.number(0));
        let is_there = (&mut holder).now_or_never().is_none();
        let waits = line.hold_in(&pool, 1, number(1));
        later.end();
        if is_there {
            _ = wait(holder);
        }
        waits.keep(pool)
    });
}
