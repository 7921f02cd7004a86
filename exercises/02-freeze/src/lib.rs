//! Exercise 2: a handler that calls slow C++.

use std::sync::Arc;

use cxx::UniquePtr;

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("exercise-02-freeze/cpp/convert.h");

        type Bell;
        fn new_bell() -> UniquePtr<Bell>;
        fn ring(self: &Bell);
        fn begun(self: &Bell) -> bool;
        fn thread(self: &Bell) -> u64;
        fn heard(self: &Bell) -> bool;

        fn this_thread() -> u64;
        fn convert(bell: &Bell, picture: &[u8]) -> u64;
    }
}

// SAFETY: all that it holds is guarded by its mutex.
unsafe impl Send for ffi::Bell {}
// SAFETY: as above.
unsafe impl Sync for ffi::Bell {}

/// What tells the tests how the conversion went.
pub type Bell = UniquePtr<ffi::Bell>;
pub use ffi::{new_bell, this_thread};

/// Adds up the bytes of a picture, in C++: what a handler of the server calls.
pub async fn convert(bell: Arc<Bell>, picture: Vec<u8>) -> u64 {
    // > given
    // | ffi::convert(&bell, &picture)
    // > spawned
    // | tokio::spawn(async move { ffi::convert(&bell, &picture) })
    // |     .await
    // |     .expect("C++ does not panic")
    // > joined
    // | std::thread::spawn(move || ffi::convert(&bell, &picture))
    // |     .join()
    // |     .expect("C++ does not panic")
    // > solution
    tokio::task::spawn_blocking(move || ffi::convert(&bell, &picture))
        .await
        .expect("C++ does not panic")
    // > end
}
