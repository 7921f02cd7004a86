//! Finds calls that nobody polls, in debug builds.
//!
//! A coroutine that went to no executor goes on where Rust polls its future. Where nobody does, in a
//! program that C++ owns for example, it never goes on; this says so.

use std::ptr;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::call::Call;

/// How long nobody may have polled.
const PATIENCE: Duration = Duration::from_secs(3);
/// So many are looked after at a time; where one hangs, most do.
const MOST: usize = 64;

/// A call that is there: it takes itself off the list when it goes.
struct Watched(*const Call);

// SAFETY: a call may be looked at from any thread.
unsafe impl Send for Watched {}

static WATCHED: Mutex<Vec<Watched>> = Mutex::new(Vec::new());

fn watched() -> MutexGuard<'static, Vec<Watched>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks after a call that has a turn for Rust.
pub(crate) fn watch(call: &Call) {
    if !call.waits_for_its_first_poll() {
        return;
    }
    let mut watched = watched();
    if watched.len() == MOST || call.watched.swap(true, Ordering::Relaxed) {
        return;
    }
    watched.push(Watched(call));
    if watched.len() == 1 {
        // Without a thread nothing is found.
        _ = thread::Builder::new()
            .name("co-await-watch".into())
            .spawn(look);
    }
}

/// The call goes.
pub(crate) fn forget(call: &Call) {
    watched().retain(|watched| !ptr::eq(watched.0, call));
}

fn look() {
    thread::sleep(PATIENCE);
    let mut watched = watched();
    let unpolled = watched.drain(..).filter(|watched| {
        // SAFETY: it takes itself off before it goes, and waits for us to do so.
        unsafe { &*watched.0 }.waits_for_its_first_poll()
    });
    if unpolled.count() > 0 {
        eprintln!(
            "co-await: a coroutine that went to no executor waits, and nobody polls its future: \
             await it in Rust; in C++ give it to rust::async::block_on or rust::async::start, or \
             let it go to an executor first with rust::async::schedule"
        );
    }
}
