//! Rust drops those that wait for a key while their pool is destroyed, so that each of them is told
//! twice to leave the line. A key that somebody else holds is held as before, and is given on after
//! that.

use std::sync::atomic::{AtomicBool, Ordering};

use co_await::Error;
use cxx::UniquePtr;
use futures::FutureExt;
use futures::future::join_all;

use super::{FutureNumber, Later, wait};
use crate::ffi::{Pool, new_pool};
use crate::waiting::{scope, until_no_frame_is_left};

#[cxx::bridge]
pub(super) mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/key_given_up_twice.h");

        type FutureNumber = super::FutureNumber;
        type Pool = crate::ffi::Pool;

        type Line;
        fn new_line() -> UniquePtr<Line>;
        fn hold(self: &Line, key: i64, until: FutureNumber) -> FutureNumber;
        fn hold_in(self: &Line, pool: &Pool, key: i64, until: FutureNumber) -> FutureNumber;
    }
}

// SAFETY: a mutex; its methods take calls from any thread.
unsafe impl Send for ffi::Line {}
// SAFETY: as above.
unsafe impl Sync for ffi::Line {}

fn number(value: i64) -> FutureNumber {
    FutureNumber::infallible(async move { value })
}

impl ffi::Line {
    /// Whether nobody holds the key.
    pub(super) fn is_free(&self, key: i64) -> bool {
        self.hold(key, number(0)).now_or_never().is_some()
    }
}

/// As many that wait for a key, in a pool. They are surely in the line where `at_once` is false.
fn waiters(line: &ffi::Line, pool: &Pool, key: i64, at_once: bool) -> Vec<FutureNumber> {
    let waiters = (0..30)
        .map(|_| line.hold_in(pool, key, number(1)))
        .collect();
    if !at_once {
        // The pool has one thread, and takes turns as they came.
        wait(line.hold_in(pool, -1, number(0))).unwrap();
    }
    waiters
}

/// Destroys the pool while another thread does something.
fn destroy_while(pool: UniquePtr<Pool>, round: usize, other: impl FnOnce() + Send) {
    let begins = AtomicBool::new(false);
    scope(|scope| {
        scope.spawn(|| {
            begins.store(true, Ordering::SeqCst);
            other();
        });
        while !begins.load(Ordering::SeqCst) {
            std::hint::spin_loop();
        }
        for _ in 0..round * 7 % 300 {
            std::hint::spin_loop();
        }
        drop(pool);
    });
}

fn is_held_until_its_holder_goes() {
    for round in 0..60 {
        let (line, pool, later) = (ffi::new_line(), new_pool(1), Later::default());
        let mut holder = line.hold(1, later.number(7));
        assert!((&mut holder).now_or_never().is_none());
        let waiters = waiters(&line, &pool, 1, round % 3 == 0);
        destroy_while(pool, round, || drop(waiters));
        assert!(!line.is_free(1), "somebody holds it, in round {round}");
        later.end();
        assert_eq!(wait(holder).unwrap(), 7);
        assert!(line.is_free(1));
        until_no_frame_is_left();
    }
}

/// The holder unlocks meanwhile, so that some of those that leave have just been given the key.
fn is_unlocked_meanwhile() {
    for round in 0..60 {
        let (line, pool, later) = (ffi::new_line(), new_pool(1), Later::default());
        let mut holder = line.hold(1, later.number(7));
        assert!((&mut holder).now_or_never().is_none());
        let waiters = waiters(&line, &pool, 1, false);
        destroy_while(pool, round, || {
            later.end();
            assert_eq!(wait(holder).unwrap(), 7);
            drop(waiters);
        });
        assert!(line.is_free(1), "nobody holds it, in round {round}");
        until_no_frame_is_left();
    }
}

/// Those of another pool, of the same key, get their turns whatever happens to the first.
fn others_keep_their_places() {
    for round in 0..60 {
        let (line, pool, later) = (ffi::new_line(), new_pool(1), Later::default());
        let other_pool = new_pool(1);
        let mut holder = line.hold(1, later.number(7));
        assert!((&mut holder).now_or_never().is_none());
        let mut leave = waiters(&line, &pool, 1, false);
        let others = waiters(&line, &other_pool, 1, false);
        // Half of them are dropped, and the rest loses its pool.
        let mut rest = leave.split_off(15);
        rest.extend(waiters(&line, &pool, 1, round % 2 == 0));
        destroy_while(pool, round, || drop(leave));
        for result in wait(join_all(rest)) {
            assert!(matches!(result, Err(Error::Abandoned)), "{result:?}");
        }
        assert!(!line.is_free(1), "somebody holds it, in round {round}");
        later.end();
        assert_eq!(wait(holder).unwrap(), 7);
        for result in wait(join_all(others)) {
            assert_eq!(result.unwrap(), 1);
        }
        assert!(line.is_free(1));
        until_no_frame_is_left();
    }
}

pub fn run() {
    is_held_until_its_holder_goes();
    is_unlocked_meanwhile();
    others_keep_their_places();
}
