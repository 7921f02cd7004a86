//! Bridges as few people write them, which have to work all the same.
#![deny(missing_docs, unsafe_code)]

mod other;

pub use other::second;

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Handle;

/// Names that mean something elsewhere, and what is there only at times.
#[co_await::bridge(namespace = "odd::first")]
pub mod first {
    /// A structure of the same name is in the other bridge, and is another.
    struct Pair {
        /// The first.
        one: u8,
    }

    extern "Rust" {
        type Panics;
        /// Its copy panics.
        async fn never(self: &Panics) -> u8;
        #[cfg(windows)]
        async fn not_there() -> u16;

        #[runtime(self.0)]
        type Entered;
        /// Waits until it is dropped, within its runtime.
        async fn waits(self: &Entered) -> u8;
    }

    unsafe extern "C++" {
        include!("bridge-tests/cpp/odd.h");

        /// Odd.
        #[thread_safe]
        type Odd;
        /// Makes one.
        fn new_odd() -> SharedPtr<Odd>;
        /// A keyword of Rust's.
        #[cxx_name = "go"]
        async fn r#move(self: &Odd) -> Result<Pair>;
        /// Names that a pointer or a trait has.
        async fn object(self: &Odd) -> Result<u8>;
        /// As above.
        async fn keep(self: &Odd, object: u8, owner: u8) -> Result<u8>;
        /// As above, of this block's type.
        async fn poll(self: &Odd, called: u8, begin: u8) -> Result<u8>;
        #[cfg(windows)]
        async fn not_here() -> Result<Vec<u16>>;
        /// What a copy that panics comes to.
        async fn asks_who_panics(panics: Box<Panics>) -> Result<u8>;
        /// Awaits it until Rust leaves.
        async fn asks_who_waits(entered: Box<Entered>) -> Result<u8>;
    }
}

/// Does not copy.
pub struct Panics;

impl Clone for Panics {
    fn clone(&self) -> Self {
        panic!("no copies")
    }
}

impl Panics {
    async fn never(&self) -> u8 {
        0
    }
}

/// Has a runtime, and is in it.
#[derive(Clone)]
pub struct Entered(pub Handle);

/// How often a future was dropped within a runtime.
pub static WITHIN: AtomicUsize = AtomicUsize::new(0);

struct Drops;

impl Drop for Drops {
    fn drop(&mut self) {
        // As `tokio::spawn` does, it wants a runtime.
        if Handle::try_current().is_ok() {
            WITHIN.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Entered {
    async fn waits(&self) -> u8 {
        let _drops = Drops;
        std::future::pending().await
    }
}
