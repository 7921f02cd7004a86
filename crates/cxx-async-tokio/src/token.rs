//! The call token: how Rust learns that C++ has let go of a coroutine.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

use futures::task::AtomicWaker;

#[cxx::bridge(namespace = "cxx_async_tokio")]
mod ffi {
    extern "Rust" {
        #[derive(ExternType)]
        type CallToken;

        fn cancelled(&self) -> bool;
    }

    // For the bridges of other crates, which pass the token on.
    impl Box<CallToken> {}
}

/// What a C++ coroutine carries, by value and as its last parameter, while it runs.
///
/// The language destroys a coroutine's parameters after its promise, and so after cxx-async has
/// closed the channel of its result. When the token is dropped, then, the Rust end of that channel
/// may be dropped as well; before, it may not.
pub struct CallToken(Arc<Call>);

impl CallToken {
    pub(crate) fn new(call: Arc<Call>) -> Box<Self> {
        Box::new(CallToken(call))
    }

    /// Whether nobody waits for the result any more. Any thread may ask, at any time.
    pub fn cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }
}

impl Drop for CallToken {
    fn drop(&mut self) {
        self.0.finish();
    }
}

/// What both ends of a call share.
#[derive(Default)]
pub(crate) struct Call {
    cancelled: AtomicBool,
    finished: AtomicBool,
    waker: AtomicWaker,
    /// What Rust could not keep any longer before C++ had finished; see [`Call::leave`].
    left: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Call {
    /// The task that polls, to be woken when C++ has finished.
    pub fn register(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    /// Whether C++ has let go of the coroutine.
    pub fn finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }

    /// Tells C++ that nobody waits any more.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Has `clean_up` called when C++ has finished: now, or by the thread that finishes.
    pub fn leave(&self, clean_up: impl FnOnce() + Send + 'static) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock, so that `finish` either sees what is left here or is seen here.
        if self.finished() {
            drop(left);
            clean_up();
        } else {
            *left = Some(Box::new(clean_up));
        }
    }

    fn finish(&self) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        self.finished.store(true, Ordering::Release);
        let clean_up = left.take();
        drop(left);
        if let Some(clean_up) = clean_up {
            clean_up();
        }
        self.waker.wake();
    }
}

/// The waker that a future of C++ is polled with.
///
/// The result alone is of no use before C++ has finished, which wakes the task anyway; woken for
/// both, a task would often be polled twice, and its thread go to sleep in between. So a wake that
/// consumes its waker, which is how a channel of cxx-async tells of its result, goes no further. One
/// by reference, which is how an execlet asks to be run, is passed on.
impl Wake for Call {
    fn wake(self: Arc<Self>) {}

    fn wake_by_ref(self: &Arc<Self>) {
        self.waker.wake();
    }
}
