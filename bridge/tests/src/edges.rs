//! The bridge of the tests that look where a bridge usually breaks.

use futures::Stream;

#[cxx::bridge]
pub mod ffi {
    /// A shared structure.
    #[derive(Debug, PartialEq)]
    pub struct Pair {
        /// Its number.
        pub number: i64,
        /// Its text.
        pub text: String,
    }

    unsafe extern "C++" {
        include!("bridge-tests/cpp/count.h");
        include!("bridge-tests/cpp/edges.h");

        #[namespace = "bridge_tests::inner"]
        type FutureNamed = crate::edges::FutureNamed;
        type FuturePair = crate::edges::FuturePair;
        type FutureOwnWords = crate::edges::FutureOwnWords;
        type StreamText = crate::edges::StreamText;
        type Pool = crate::ffi::Pool;

        fn allocations() -> i64;
        fn allocated() -> i64;

        type Slow;
        fn new_slow(microseconds: i64) -> UniquePtr<Slow>;
        fn live_slow() -> i64;
        fn with_parameters(
            pool: &Pool,
            first: UniquePtr<Slow>,
            second: UniquePtr<Slow>,
            third: UniquePtr<Slow>,
        ) -> FutureNamed;

        fn wraps(pool: &Pool, value: i64) -> FutureNamed;
        fn awaits_its_own(pool: &Pool, value: i64) -> FutureNamed;
        fn awaits_its_own_deeply(pool: &Pool, value: i64, levels: i64) -> FutureNamed;

        fn awaits_in_pool(pool: &Pool, future: FutureNamed) -> FutureNamed;
        fn awaits_here(future: FutureNamed) -> FutureNamed;
        fn thread_after_awaiting_in_pool(pool: &Pool, future: FutureNamed) -> FutureNamed;
        fn awaits_twice(future: FutureNamed) -> FutureNamed;
        fn task_is_destroyed_once(future: FutureNamed) -> bool;

        fn throws_null() -> FutureNamed;
        fn throws_in_its_own_words(what: i32) -> FutureOwnWords;
        fn pair_of(number: i64, text: String) -> FuturePair;
        fn pair_in_braces(future: FutureNamed) -> FuturePair;

        fn words(pool: &Pool, count: i64) -> StreamText;
        fn words_here(count: i64) -> StreamText;
        fn threads(pool: &Pool) -> StreamText;
        fn words_then_awaits(future: FutureNamed) -> StreamText;

        type Context;
        fn new_context() -> UniquePtr<Context>;
        fn run(self: &Context);
        fn awaits_on_strand(self: &Context, future: FutureNamed) -> FutureNamed;
        fn begins_to_await_on_strand(self: &Context, future: FutureNamed);

        type Locks;
        fn new_locks() -> UniquePtr<Locks>;
        fn hold(self: &Locks, key: i64, future: FutureNamed) -> FutureNamed;
        fn hold_in_pool(self: &Locks, key: i64, future: FutureNamed) -> FutureNamed;
        fn make_mutexes(count: i64);
    }
}

// SAFETY: its destructor sleeps, in whatever thread.
unsafe impl Send for ffi::Slow {}
// SAFETY: the tests destroy it in one thread while it runs in none.
unsafe impl Send for ffi::Context {}
// SAFETY: its one method takes calls from any thread.
unsafe impl Send for ffi::Locks {}
// SAFETY: as above; what the calls share is a pool, and a mutex.
unsafe impl Sync for ffi::Locks {}

// SAFETY, for each of these: cpp/edges.h names the C++ type of the Rust type here.
#[co_await::bridge(namespace = bridge_tests::inner)]
unsafe impl Future for FutureNamed {
    type Output = i64;
}
#[co_await::bridge]
unsafe impl Future for FuturePair {
    type Output = ffi::Pair;
}
#[co_await::bridge]
unsafe impl Future for FutureOwnWords {
    type Output = i64;
}
#[co_await::bridge]
unsafe impl Stream for StreamText {
    type Item = String;
}
