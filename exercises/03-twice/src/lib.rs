//! Exercise 3: a conversion that C++ answers with a callback.

use std::sync::atomic::{AtomicUsize, Ordering};

use cxx::UniquePtr;
use tokio::sync::oneshot;

#[cxx::bridge]
mod ffi {
    /// How a conversion ended.
    #[derive(Debug)]
    enum Outcome {
        /// With a sum.
        Converted,
        /// There is nothing to add up.
        Refused,
        /// It never ran: the pool went away.
        Abandoned,
    }

    extern "Rust" {
        type Context;

        /// # Safety
        ///
        /// `context` is what `convert` was called with, and it was not given back before.
        unsafe fn done(context: *mut Context, outcome: Outcome, sum: u64);
    }

    unsafe extern "C++" {
        include!("exercise-03-twice/cpp/converter.h");

        type Converter;
        fn new_converter() -> UniquePtr<Converter>;
        fn hold(self: &Converter);
        fn release(self: &Converter);
        fn stop(self: &Converter);

        /// # Safety
        ///
        /// `context` is an address from `Box::into_raw`.
        unsafe fn convert(self: &Converter, picture: Vec<u8>, context: *mut Context);
    }
}

// SAFETY: its methods hand work to a pool, or end it, from any thread.
unsafe impl Send for ffi::Converter {}
// SAFETY: as above.
unsafe impl Sync for ffi::Converter {}

/// The C++ pool. Joined when dropped.
pub type Converter = UniquePtr<ffi::Converter>;
pub use ffi::{Outcome, new_converter};

/// What a conversion needs when it ends: where to send how.
pub struct Context {
    answer: Option<oneshot::Sender<(Outcome, u64)>>,
}

static CONTEXTS: AtomicUsize = AtomicUsize::new(0);

impl Context {
    /// How many there are.
    pub fn count() -> usize {
        CONTEXTS.load(Ordering::SeqCst)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        CONTEXTS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Called by C++, on a thread of its pool.
unsafe fn done(context: *mut Context, outcome: Outcome, sum: u64) {
    // > leaked
    // | // SAFETY: the bridge says so.
    // | let context = unsafe { &mut *context };
    // > given
    // | // SAFETY: the bridge says so.
    // | let mut context = unsafe { *Box::from_raw(context) };
    // > solution
    // SAFETY: the bridge says so.
    let mut context = unsafe { *Box::from_raw(context) };
    // > end
    if let Some(answer) = context.answer.take() {
        // An error says that nobody waits any more.
        let _ = answer.send((outcome, sum));
    }
}

/// Begins to add up the bytes of a picture; how that ends comes through the channel.
pub fn convert(converter: &Converter, picture: Vec<u8>) -> oneshot::Receiver<(Outcome, u64)> {
    let (answer, answered) = oneshot::channel();
    CONTEXTS.fetch_add(1, Ordering::SeqCst);
    let context = Box::new(Context {
        answer: Some(answer),
    });
    // SAFETY: the address is from `into_raw`; `done` takes it back.
    unsafe { converter.convert(picture, Box::into_raw(context)) };
    answered
}
