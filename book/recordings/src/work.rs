//! Work in C++ that is noted, and that goes on only when the scene says so: so a scene has the same
//! order of events each time.

use std::collections::VecDeque;
use std::ptr;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use co_await::recorder::{Event, log, record};

#[cxx::bridge(namespace = "recordings")]
mod ffi {
    extern "Rust" {
        fn work_begins();
        fn work_ends();
    }
}

type Condition = Box<dyn Fn(&[Event]) -> bool + Send>;

static HELD: Mutex<VecDeque<Condition>> = Mutex::new(VecDeque::new());

/// Holds up the next piece of work, at its beginning, until the log says that it may go on.
pub fn hold_until(condition: impl Fn(&[Event]) -> bool + Send + 'static) {
    held().push_back(Box::new(condition));
}

fn held() -> std::sync::MutexGuard<'static, VecDeque<Condition>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until the log says so.
pub fn wait_until(condition: impl Fn(&[Event]) -> bool) {
    while !condition(&log()) {
        thread::sleep(Duration::from_millis(1));
    }
}

/// How often something happened.
pub fn count(log: &[Event], what: &str) -> usize {
    log.iter().filter(|event| event.what == what).count()
}

fn work_begins() {
    record("work", ptr::null::<()>());
    let condition = held().pop_front();
    if let Some(condition) = condition {
        wait_until(condition);
    }
}

fn work_ends() {
    record("worked", ptr::null::<()>());
}
