//! Finds calls that nobody polls, in debug builds.
//!
//! A coroutine that went to no executor goes on where Rust polls its future. Where nobody does, in a
//! program that C++ owns for example, it never goes on; this says so.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

/// A call that may wait to be polled.
pub(crate) trait Waits: Send + Sync {
    /// Whether something waits for its first poll.
    fn waits_for_its_first_poll(&self) -> bool;
}

/// How long nobody may have polled.
const PATIENCE: Duration = Duration::from_secs(3);
/// So many are looked after at a time; where one hangs, most do.
const MOST: usize = 64;

static WATCHED: Mutex<Vec<Weak<dyn Waits>>> = Mutex::new(Vec::new());

/// Looks after a call that has a turn for Rust.
pub(crate) fn watch<T: Waits + 'static>(call: &Arc<T>) {
    if !call.waits_for_its_first_poll() {
        return;
    }
    let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    if watched.len() == MOST {
        return;
    }
    let call: Weak<dyn Waits> = Arc::<T>::downgrade(call);
    watched.push(call);
    if watched.len() == 1 {
        // Without a thread nothing is found.
        _ = thread::Builder::new()
            .name("co-await-watch".into())
            .spawn(look);
    }
}

fn look() {
    thread::sleep(PATIENCE);
    let watched = std::mem::take(&mut *WATCHED.lock().unwrap_or_else(PoisonError::into_inner));
    let unpolled = watched.iter().filter_map(Weak::upgrade);
    if unpolled
        .filter(|call| call.waits_for_its_first_poll())
        .count()
        > 0
    {
        eprintln!(
            "co-await: a coroutine that went to no executor waits, and nobody polls its future: \
             await it in Rust; in C++ give it to rust::async::block_on or rust::async::start, or \
             let it go to an executor first with rust::async::schedule"
        );
    }
}
