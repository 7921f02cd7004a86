//! Values that nobody in Rust is left to drop.
//!
//! The last to let go of a call that Rust has left is C++, in a thread of some pool. What Rust had
//! it keep may own that very pool, and a pool cannot be joined by one of its own threads; a
//! destructor of Rust may panic, too, and no panic may cross into C++. So a thread of our own drops
//! such values, one after the other. It is started for the first of them, and sleeps in between.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};
use std::thread;

type Leftover = Box<dyn Send>;

static LEFTOVERS: OnceLock<Option<Sender<Leftover>>> = OnceLock::new();

/// Drops a value in a thread that no C++ owns, some time after this has returned.
pub(crate) fn drop_elsewhere(value: Leftover) {
    let here = match LEFTOVERS.get_or_init(start) {
        // It gives the value back when nobody receives, which never happens.
        Some(thread) => thread.send(value).err().map(|refused| refused.0),
        None => Some(value),
    };
    if let Some(value) = here {
        drop_quietly(value);
    }
}

/// Drops a value; a panic has been told of by the panic hook, and goes no further.
pub(crate) fn drop_quietly<T>(value: T) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
}

/// The thread's other end, if the system lets us have one.
fn start() -> Option<Sender<Leftover>> {
    let (sender, receiver) = channel();
    thread::Builder::new()
        .name("co-await-drop".into())
        .spawn(move || receiver.into_iter().for_each(drop_quietly))
        .ok()
        .map(|_| sender)
}
