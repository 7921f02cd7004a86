//! Exercise 11: C++ that awaits Rust, and then has work to do. Nothing to do here.

use std::time::Duration;

use co_await::Error;
use cxx::UniquePtr;
use tokio::runtime::Handle;

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        fn fetch(name: &str) -> FuturePicture;
    }

    unsafe extern "C++" {
        include!("exercise-11-thread/cpp/convert.h");

        type FuturePicture = crate::FuturePicture;
        type FutureSum = crate::FutureSum;

        type Pool;
        fn new_pool() -> UniquePtr<Pool>;
        fn ring(self: &Pool);
        fn begun(self: &Pool) -> bool;
        fn thread(self: &Pool) -> u64;
        fn heard(self: &Pool) -> bool;

        fn this_thread() -> u64;
        fn convert(pool: &Pool, name: String) -> FutureSum;
    }
}

// SAFETY: `rust::Vec<std::uint8_t>`, in CXXASYNC_DEFINE_FUTURE, is what `Vec<u8>` is in C++.
#[co_await::bridge]
unsafe impl Future for FuturePicture {
    type Output = Vec<u8>;
}

// SAFETY: `std::uint64_t`, in CXXASYNC_DEFINE_FUTURE, is what `u64` is in C++.
#[co_await::bridge]
unsafe impl Future for FutureSum {
    type Output = u64;
}

// SAFETY: what it holds is guarded by its mutex, and its pool takes work from any thread.
unsafe impl Send for ffi::Pool {}
// SAFETY: as above.
unsafe impl Sync for ffi::Pool {}

/// The C++ pool. Joined when dropped.
pub type Pool = UniquePtr<ffi::Pool>;
pub use ffi::{new_pool, this_thread};

/// Fetches a picture, on the runtime of the server.
fn fetch(name: &str) -> FuturePicture {
    let size = name.len();
    let runtime = RUNTIME.get().expect("the tests have set it");
    FuturePicture::spawn(runtime, async move {
        tokio::time::sleep(Duration::from_millis(5)).await; // in reality: ask a store
        Ok::<_, String>(vec![7; size])
    })
}

/// The server's event loop.
pub static RUNTIME: std::sync::OnceLock<Handle> = std::sync::OnceLock::new();

/// Adds up the bytes of a picture, which C++ has Rust fetch.
///
/// # Errors
///
/// What C++ threw, or that its pool went away.
pub async fn convert(pool: &Pool, name: &str) -> Result<u64, Error> {
    ffi::convert(pool, name.to_owned()).await
}
