//! Exercise 5: a conversion with a callback, and counts of what is alive in C++.

use cxx::UniquePtr;
use tokio::sync::oneshot;

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        type Context;
        fn done(context: Box<Context>, is_converted: bool, sum: u64);
    }

    unsafe extern "C++" {
        include!("exercise-05-leak/cpp/converter.h");

        type Converter;
        fn new_converter() -> UniquePtr<Converter>;
        fn convert(self: &Converter, picture: Vec<u8>, context: Box<Context>);
        fn hold(self: &Converter);
        fn stop(self: &Converter);

        fn metrics() -> String;
    }
}

// SAFETY: its methods hand work to a pool, or end it, from any thread.
unsafe impl Send for ffi::Converter {}
// SAFETY: as above.
unsafe impl Sync for ffi::Converter {}

/// The C++ pool. Joined when dropped.
pub type Converter = UniquePtr<ffi::Converter>;
pub use ffi::{metrics, new_converter};

/// Where the answer goes: a sum, or nothing where the picture was refused.
pub struct Context(oneshot::Sender<Option<u64>>);

/// Called by C++, on a thread of its pool.
#[expect(
    clippy::boxed_local,
    reason = "a box is how C++ can hold what only Rust knows"
)]
fn done(context: Box<Context>, is_converted: bool, sum: u64) {
    // An error says that nobody waits any more.
    let _ = context.0.send(is_converted.then_some(sum));
}

/// Begins to add up the bytes of a picture. The channel closes without an answer where the picture
/// never ran.
pub fn convert(converter: &Converter, picture: Vec<u8>) -> oneshot::Receiver<Option<u64>> {
    let (answer, answered) = oneshot::channel();
    converter.convert(picture, Box::new(Context(answer)));
    answered
}
