//! Tests of `co-await` and `co-await-asio`, and of what cxx-async does without them.
//!
//! The bridge that the tests share. They are in `tests/`: `cpp_from_rust.rs` and `rust_from_cpp.rs`
//! for the two directions, `lifetimes.rs` for what goes when, `streams.rs`, `errors.rs`, `costs.rs`,
//! `underneath.rs` for how it works, and `sharp_edges.rs` for what cxx-async does by itself.

#[cfg(upstream)]
pub mod bare;
pub mod conventions;
#[cfg(feature = "cppcoro")]
pub mod cppcoro;
pub mod edges;
#[cfg(feature = "folly")]
pub mod folly;
pub mod functions;
#[path = "../hostile/mod.rs"]
pub mod hostile;
pub mod keyed_mutex;
pub mod leaving;
pub mod odd;
pub mod process;
pub mod spans;
pub mod streams;
pub mod trouble;
pub mod types;
pub mod waiting;

use std::future::Future;
use std::sync::OnceLock;

use futures::Stream;
use tokio::runtime::Handle;

#[co_await::bridge]
pub mod ffi {
    extern "Rust" {
        type Thing;
        fn make_thing(value: i64) -> Box<Thing>;
        fn pong(pool: &Pool, levels: i64) -> FutureInt;
    }

    unsafe extern "C++" {
        include!("bridge-tests/cpp/calls.h");

        type FutureInt = crate::FutureInt;
        type FutureVoid = crate::FutureVoid;
        type FutureThing = crate::FutureThing;
        type FutureText = crate::FutureText;
        type StreamInt = crate::StreamInt;

        type Pool;
        type Gate;
        fn new_pool(threads: usize) -> UniquePtr<Pool>;
        fn new_gate() -> SharedPtr<Gate>;
        fn open(self: &Gate);
        fn arrived(self: &Gate) -> i64;
        fn gone_on(self: &Gate) -> i64;
        fn live_frames() -> i64;
        fn thread_id() -> u64;
        fn exit_silently();

        fn ready(value: i64) -> FutureInt;
        fn scheduled(pool: &Pool, value: i64) -> FutureInt;
        fn scheduled_on(pool: &Pool, value: i64) -> FutureInt;
        fn nothing(pool: &Pool, on: bool) -> FutureVoid;
        fn thing(pool: &Pool, value: i64) -> FutureThing;
        fn text(pool: &Pool, value: i64) -> FutureText;
        fn throws(pool: &Pool, what: i32, on: bool) -> FutureInt;
        fn throws_without_a_coroutine(what: i32) -> Result<()>;
        fn short_work(pool: &Pool, gate: SharedPtr<Gate>) -> FutureInt;
        fn long_work(pool: &Pool, gate: SharedPtr<Gate>) -> FutureInt;

        fn numbers(pool: &Pool, count: i64) -> StreamInt;
        fn endless_numbers(pool: &Pool) -> StreamInt;
        fn numbers_then_throw(pool: &Pool, count: i64) -> StreamInt;

        fn awaits_plainly(future: FutureInt) -> FutureInt;
        fn awaits_in_asio(pool: &Pool, future: FutureInt) -> FutureInt;
        fn awaits_nothing(pool: &Pool, future: FutureVoid) -> FutureVoid;
        fn awaits_thing(pool: &Pool, future: FutureThing) -> FutureThing;
        fn awaits_and_catches(pool: &Pool, future: FutureInt) -> FutureText;
        fn ping(pool: &Pool, levels: i64) -> FutureInt;
        fn hops(pool: &Pool, coroutines: i64, times: i64) -> Result<i64>;
        fn awaits_with_use_future(future: FutureInt) -> Result<i64>;
        fn awaits_with_callback(pool: &Pool, future: FutureInt) -> Result<i64>;
        fn begins_to_await(pool: &Pool, future: FutureInt);
        fn cancels_while_awaiting(pool: &Pool, future: FutureInt) -> bool;

        fn thread_at_start(pool: &Pool, gate: SharedPtr<Gate>) -> FutureInt;
        fn thread_after_schedule(pool: &Pool) -> FutureInt;
        fn thread_after_plain_await(future: FutureInt) -> FutureInt;
        fn thread_after_asio_await(pool: &Pool, future: FutureInt) -> FutureInt;

        fn sums_view(pool: &Pool, gate: SharedPtr<Gate>, bytes: &[u8]) -> FutureInt;
        fn sums_owned(pool: &Pool, gate: SharedPtr<Gate>, bytes: Vec<u8>) -> FutureInt;
    }

    impl UniquePtr<Pool> {}
    impl SharedPtr<Gate> {}
}

// SAFETY: a pool's executor may be used from any thread, and nothing else of it can be.
unsafe impl Send for ffi::Pool {}
// SAFETY: as above.
unsafe impl Sync for ffi::Pool {}
// SAFETY: a latch and an atomic counter.
unsafe impl Send for ffi::Gate {}
// SAFETY: as above.
unsafe impl Sync for ffi::Gate {}

// SAFETY, for each of these: the C++ type given to CXXASYNC_DEFINE_FUTURE in cpp/calls.h is what
// cxx makes of the Rust type here.
#[co_await::bridge]
unsafe impl Future for FutureInt {
    type Output = i64;
}
#[co_await::bridge]
unsafe impl Future for FutureVoid {
    type Output = ();
}
#[co_await::bridge]
unsafe impl Future for FutureThing {
    type Output = Box<Thing>;
}
#[co_await::bridge]
unsafe impl Future for FutureText {
    type Output = cxx::UniquePtr<cxx::CxxString>;
}
#[co_await::bridge]
unsafe impl Stream for StreamInt {
    type Item = i64;
}

/// Something of Rust that C++ cannot make by itself.
pub struct Thing(pub i64);

fn make_thing(value: i64) -> Box<Thing> {
    Box::new(Thing(value))
}

/// The runtime that Rust futures for C++ run on: set by the test that has one.
pub static RUNTIME: OnceLock<Handle> = OnceLock::new();

fn pong(pool: &ffi::Pool, levels: i64) -> FutureInt {
    // The tests keep their pool until every call has ended.
    struct Shared(*const ffi::Pool);
    // SAFETY: a pool may be used from any thread.
    unsafe impl Send for Shared {}
    impl Shared {
        fn ping(&self, levels: i64) -> FutureInt {
            // SAFETY: the pool outlives the call; see above.
            ffi::ping(unsafe { &*self.0 }, levels)
        }
    }
    let pool = Shared(pool);
    let runtime = RUNTIME.get().expect("a runtime for C++");
    FutureInt::spawn(runtime, async move { pool.ping(levels).await })
}
