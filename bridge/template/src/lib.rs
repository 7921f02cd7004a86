//! A C++ library that Rust awaits.

// ANCHOR: both
use std::sync::Arc;

use tokio::runtime::Handle;

// ANCHOR_END: both
#[co_await::bridge]
mod ffi {
    // ANCHOR: both
    // What C++ awaits.
    extern "Rust" {
        type Directory;
        fn find(self: &Directory, id: u32) -> FutureText;
    }

    // ANCHOR_END: both
    // What Rust awaits.
    unsafe extern "C++" {
        include!("bridge-template/cpp/engine.h");

        type FutureText = crate::FutureText;

        type Engine;
        /// Starts a pool of so many threads.
        fn new_engine(threads: usize) -> Result<UniquePtr<Engine>>;
        // ANCHOR: both
        /// Greets somebody of the directory; fails where there is nobody of that number.
        fn greet(self: &Engine, directory: Box<Directory>, id: u32) -> FutureText;
        // ANCHOR_END: both
        // ANCHOR: one-way
        /// The name of somebody; fails where there is nobody of that number.
        fn name_of(self: &Engine, id: u32) -> FutureText;
        // ANCHOR_END: one-way
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

// ANCHOR: both
/// Who is who. Stands for anything that is async in Rust: a database, another service.
#[derive(Clone)]
pub struct Directory {
    names: Arc<[&'static str]>,
    runtime: Handle,
}

impl Directory {
    /// A directory whose questions are answered on this runtime.
    pub fn new(runtime: Handle) -> Self {
        let names = Arc::new(["Ada", "Grace"]);
        Directory { names, runtime }
    }

    fn find(&self, id: u32) -> FutureText {
        let name = self.names.get(id as usize).copied();
        FutureText::spawn(&self.runtime, async move {
            tokio::task::yield_now().await; // here it would wait for an answer
            name.map(str::to_owned)
                .ok_or_else(|| format!("there is nobody of the number {id}"))
        })
    }
}
// ANCHOR_END: both
