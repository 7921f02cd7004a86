//! Exercise 4: a callback that can be awaited.

use cxx::UniquePtr;

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        type Context;
        fn done(context: Box<Context>, sum: u64);
    }

    unsafe extern "C++" {
        include!("exercise-04-await/cpp/converter.h");

        type Converter;
        fn new_converter() -> UniquePtr<Converter>;
        fn hold(self: &Converter);
        fn release(self: &Converter);
        fn gave_up(self: &Converter) -> bool;
        fn stop(self: &Converter);

        fn convert(self: &Converter, picture: Vec<u8>, context: Box<Context>);
    }
}

// SAFETY: its methods hand work to a pool, or end it, from any thread.
unsafe impl Send for ffi::Converter {}
// SAFETY: as above.
unsafe impl Sync for ffi::Converter {}

/// The C++ pool. Joined when dropped.
pub type Converter = UniquePtr<ffi::Converter>;
pub use ffi::new_converter;

/// The pool went away before the picture was converted.
#[derive(Debug, PartialEq)]
pub struct Gone;

/// What C++ carries from `convert` to `done`.
pub struct Context {
    // > given, spins, another-thread
    // | answer: std::sync::mpsc::Sender<u64>,
    // > futures
    // | answer: futures::channel::oneshot::Sender<u64>,
    // > solution, unwraps, blocks
    answer: tokio::sync::oneshot::Sender<u64>,
    // > end
}

/// Called by C++, on a thread of its pool.
#[expect(
    clippy::boxed_local,
    reason = "a box is how C++ can hold what only Rust knows"
)]
fn done(context: Box<Context>, sum: u64) {
    // An error says that nobody waits any more.
    let _ = context.answer.send(sum);
}

/// Adds up the bytes of a picture, in C++: what a handler of the server calls.
///
/// # Errors
///
/// When the pool goes away before.
pub async fn convert(converter: &Converter, picture: Vec<u8>) -> Result<u64, Gone> {
    // > given
    // | let (answer, answered) = std::sync::mpsc::channel();
    // | converter.convert(picture, Box::new(Context { answer }));
    // | answered.recv().map_err(|_| Gone)
    // > spins
    // | let (answer, answered) = std::sync::mpsc::channel();
    // | converter.convert(picture, Box::new(Context { answer }));
    // | loop {
    // |     match answered.try_recv() {
    // |         Ok(sum) => return Ok(sum),
    // |         Err(std::sync::mpsc::TryRecvError::Disconnected) => return Err(Gone),
    // |         Err(std::sync::mpsc::TryRecvError::Empty) => tokio::task::yield_now().await,
    // |     }
    // | }
    // > unwraps
    // | let (answer, answered) = tokio::sync::oneshot::channel();
    // | converter.convert(picture, Box::new(Context { answer }));
    // | Ok(answered.await.unwrap())
    // > blocks
    // | let (answer, answered) = tokio::sync::oneshot::channel();
    // | converter.convert(picture, Box::new(Context { answer }));
    // | answered.blocking_recv().map_err(|_| Gone)
    // > another-thread
    // | let (answer, answered) = std::sync::mpsc::channel();
    // | converter.convert(picture, Box::new(Context { answer }));
    // | let waiting = tokio::task::spawn_blocking(move || answered.recv());
    // | waiting.await.map_err(|_| Gone)?.map_err(|_| Gone)
    // > futures
    // | let (answer, answered) = futures::channel::oneshot::channel();
    // | converter.convert(picture, Box::new(Context { answer }));
    // | answered.await.map_err(|_| Gone)
    // > solution
    let (answer, answered) = tokio::sync::oneshot::channel();
    converter.convert(picture, Box::new(Context { answer }));
    answered.await.map_err(|_| Gone)
    // > end
}
