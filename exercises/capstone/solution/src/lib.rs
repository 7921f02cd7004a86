//! A C++ library that finds repeats in a text, and that Rust awaits.

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-template/cpp/engine.h");

        type FutureText = crate::FutureText;

        type Engine;
        /// Starts a pool of so many threads.
        fn new_engine(threads: usize) -> Result<UniquePtr<Engine>>;
        /// The longest piece of a text that occurs in it twice; fails where the text is refused.
        fn longest(self: &Engine, text: Vec<u8>) -> FutureText;
    }
}

// SAFETY: `CXXASYNC_DEFINE_FUTURE` in `cpp/engine.h` names the C++ type of this `Output`.
#[co_await::bridge]
unsafe impl Future for FutureText {
    type Output = String;
}

// SAFETY: its one method that Rust can call is const and hands the work to a pool.
unsafe impl Send for ffi::Engine {}
// SAFETY: as above; the pool takes work from many threads at once.
unsafe impl Sync for ffi::Engine {}

/// The C++ library, with its threads. They are joined when it is dropped.
pub type Engine = cxx::UniquePtr<ffi::Engine>;
pub use ffi::new_engine;
