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
        #[spawn(self.runtime)]
        type Directory;
        async fn find(self: &Directory, id: u32) -> Result<String>;
    }

    // ANCHOR_END: both
    // What Rust awaits.
    unsafe extern "C++" {
        include!("bridge-template/cpp/engine.h");

        #[thread_safe] // its pool takes work from many threads at once
        type Engine;
        /// Starts a pool of so many threads.
        fn new_engine(threads: usize) -> Result<SharedPtr<Engine>>;
        // ANCHOR: both
        /// Greets somebody of the directory; fails where there is nobody of that number.
        async fn greet(self: &Engine, directory: Box<Directory>, id: u32) -> Result<String>;
        // ANCHOR_END: both
        // ANCHOR: one-way
        /// The name of somebody; fails where there is nobody of that number.
        async fn name_of(self: &Engine, id: u32) -> Result<String>;
        // ANCHOR_END: one-way
    }
}

/// The C++ library, with its threads. Each call keeps it; they are joined when nobody has it.
pub type Engine = cxx::SharedPtr<ffi::Engine>;
pub use ffi::{EngineAsync, new_engine};

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

    async fn find(&self, id: u32) -> Result<String, String> {
        tokio::task::yield_now().await; // here it would wait for an answer
        let name = self.names.get(id as usize);
        name.map(ToString::to_string)
            .ok_or_else(|| format!("there is nobody of the number {id}"))
    }
}
// ANCHOR_END: both
