//! One crossing of the language border, in every way that there is: for `benches/crossing.rs`.
//!
//! The work behind every call is one addition, so that what is measured is the way there and back.

use std::convert::Infallible;
use std::sync::LazyLock;

use cxx::{SharedPtr, UniquePtr};
use futures::{Stream, StreamExt, stream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

#[cfg(cppcoro)]
mod cppcoro;
#[cfg(folly)]
mod folly;

#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Context;
        #[spawn(super::RUNTIME.handle())]
        async fn same_from_rust(value: i64) -> i64;
        fn value_from_rust(value: i64) -> FutureValue;
        fn ready_value_from_rust(value: i64) -> FutureValue;
    }

    unsafe extern "C++" {
        include!("bench/cpp/calls.h");

        type FutureValue = crate::crossing::FutureValue;
        #[thread_safe] // all that can be done with a pool is to post to it
        type Pool;
        fn new_pool(threads: usize) -> UniquePtr<Pool>;
        fn shared_pool(threads: usize) -> SharedPtr<Pool>;
        async fn next(self: &Pool, value: i64) -> Result<i64>;
        async fn sum(self: &Pool, times: i64) -> Result<i64>;

        fn plain(value: i64) -> i64;
        fn call_back(
            pool: &Pool,
            value: i64,
            context: Box<Context>,
            done: fn(Box<Context>, value: i64),
        );
        fn ready(value: i64) -> FutureValue;
        fn scheduled(pool: &Pool, value: i64) -> FutureValue;
        fn scheduled_on(pool: &Pool, value: i64) -> FutureValue;
        fn co_spawned(pool: &Pool, value: i64) -> FutureValue;

        fn awaits_in_asio(pool: &Pool, times: i64) -> FutureValue;
        fn awaits_in_pool(pool: &Pool, times: i64) -> FutureValue;
        fn awaits_plainly(times: i64) -> FutureValue;
        fn awaits_ready(times: i64) -> FutureValue;

        type StreamOne = crate::crossing::StreamOne;
        type StreamAhead = crate::crossing::StreamAhead;
        fn yields_one(pool: &Pool, items: i64) -> StreamOne;
        fn yields_ahead(pool: &Pool, items: i64) -> StreamAhead;
        fn reads_one(pool: &Pool, items: StreamOne) -> FutureValue;
        fn reads_ahead(pool: &Pool, items: StreamAhead) -> FutureValue;
    }
}

// SAFETY: `CXXASYNC_DEFINE_FUTURE` in `cpp/calls.h` names the C++ type of this `Output`.
#[co_await::bridge]
unsafe impl Future for FutureValue {
    type Output = i64;
}

// SAFETY, for both: as above, of the `Item`.
#[co_await::bridge]
unsafe impl Stream for StreamOne {
    type Item = i64;
}
#[co_await::bridge(buffer = 64)]
unsafe impl Stream for StreamAhead {
    type Item = i64;
}

/// One thread, for all.
static POOL: LazyLock<UniquePtr<ffi::Pool>> = LazyLock::new(|| ffi::new_pool(1));

/// The same, which each call keeps.
static SHARED: LazyLock<SharedPtr<ffi::Pool>> = LazyLock::new(|| ffi::shared_pool(1));

/// The event loop: one thread as well.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = Builder::new_current_thread();
    builder
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .expect("an event loop can be made")
});

/// What the callback needs.
pub struct Context(oneshot::Sender<i64>);

#[expect(
    clippy::boxed_local,
    reason = "a box is how C++ can hold what only Rust knows"
)]
fn done(context: Box<Context>, value: i64) {
    let _ = context.0.send(value);
}

fn value_from_rust(value: i64) -> FutureValue {
    FutureValue::spawn(RUNTIME.handle(), async move { Ok::<_, Infallible>(value) })
}

async fn same_from_rust(value: i64) -> i64 {
    value
}

fn ready_value_from_rust(value: i64) -> FutureValue {
    FutureValue::infallible(async move { value })
}

/// A way to cross.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// A function call through cxx.
    Plain,
    /// A coroutine that has its value at once.
    Ready,
    /// A callback from the pool that sends into a one-shot channel: step 2.
    Callback,
    /// A coroutine that goes to the pool: step 3.
    Schedule,
    /// The same as an `async fn` of an object that stays.
    AsyncFn,
    /// The same of an object that each call keeps.
    AsyncFnKept,
    /// A coroutine that runs an `asio::awaitable` in the pool.
    ScheduleOn,
    /// The same with Asio's own `co_spawn` in the place of `schedule_on`.
    CoSpawn,
    /// A coroutine that runs a task in a pool of Folly's.
    #[cfg(folly)]
    Folly,
    /// A coroutine that awaits a Folly task as it is, which runs where Rust polls.
    #[cfg(folly)]
    FollyTask,
    /// A coroutine that goes to a pool of CppCoro's: step 3 on CppCoro.
    #[cfg(cppcoro)]
    Cppcoro,
    /// The plain call in Tokio's own pool.
    SpawnBlocking,
    /// C++ awaits a Tokio task in an `asio::awaitable`.
    AsyncAwait,
    /// C++ awaits a Tokio task in a coroutine that went to the pool, and comes back there.
    AwaitInPool,
    /// The same by an `async fn` of Rust's.
    AwaitAsyncFn,
    /// The same in one that has gone nowhere: it goes on where Rust polls.
    AwaitHere,
    /// C++ awaits a Rust future that is ready at once.
    AwaitReady,
    /// An item of a stream that C++ writes in its pool, and that Rust takes before the next.
    YieldOne,
    /// The same where up to 64 may wait to be read.
    YieldAhead,
    /// An item of a stream that a Tokio task writes, and that C++ reads in its pool.
    ReadOne,
    /// The same where up to 64 may wait to be read.
    ReadAhead,
}

impl Way {
    /// All of them.
    pub const ALL: &[Way] = &[
        Way::Plain,
        Way::Ready,
        Way::Callback,
        Way::Schedule,
        Way::AsyncFn,
        Way::AsyncFnKept,
        Way::ScheduleOn,
        Way::CoSpawn,
        #[cfg(folly)]
        Way::Folly,
        #[cfg(folly)]
        Way::FollyTask,
        #[cfg(cppcoro)]
        Way::Cppcoro,
        Way::SpawnBlocking,
        Way::AwaitReady,
        Way::AwaitHere,
        Way::AwaitInPool,
        Way::AwaitAsyncFn,
        Way::AsyncAwait,
        Way::YieldOne,
        Way::YieldAhead,
        Way::ReadOne,
        Way::ReadAhead,
    ];

    /// How it is called in tables.
    pub fn name(self) -> &'static str {
        match self {
            Way::Plain => "plain cxx call",
            Way::Ready => "coroutine, ready at once",
            Way::Callback => "callback + one-shot",
            Way::Schedule => "coroutine, schedule(pool)",
            Way::AsyncFn => "async fn, schedule(pool)",
            Way::AsyncFnKept => "async fn, schedule(pool), which the call keeps",
            Way::ScheduleOn => "coroutine, schedule_on(pool, awaitable)",
            Way::CoSpawn => "coroutine, co_spawn(pool, awaitable)",
            #[cfg(folly)]
            Way::Folly => "coroutine, schedule_on(folly pool, task)",
            #[cfg(folly)]
            Way::FollyTask => "coroutine, Folly task where Rust polls",
            #[cfg(cppcoro)]
            Way::Cppcoro => "coroutine, schedule of CppCoro's pool",
            Way::SpawnBlocking => "tokio spawn_blocking of the plain call",
            Way::AwaitReady => "C++ awaits Rust: ready at once",
            Way::AwaitHere => "C++ awaits Rust: a task, where Rust polls",
            Way::AwaitInPool => "C++ awaits Rust: a task, in the pool",
            Way::AwaitAsyncFn => "C++ awaits Rust: an async fn, in the pool",
            Way::AsyncAwait => "C++ awaits Rust: a task, async_await",
            Way::YieldOne => "item of a C++ stream, one at a time",
            Way::YieldAhead => "item of a C++ stream, buffer of 64",
            Way::ReadOne => "item of a Rust stream, one at a time",
            Way::ReadAhead => "item of a Rust stream, buffer of 64",
        }
    }

    /// Crosses `times` times, one after the other.
    pub async fn cross(self, times: u64) {
        let pool: &'static ffi::Pool = &POOL;
        let last = times as i64;
        match self {
            Way::Plain => (0..last).for_each(|value| assert_eq!(ffi::plain(value), value + 1)),
            Way::Ready => each(last, ffi::ready).await,
            Way::Callback => {
                for value in 0..last {
                    assert_eq!(call_back(pool, value).await, value + 1);
                }
            }
            Way::Schedule => each(last, |value| ffi::scheduled(pool, value)).await,
            Way::AsyncFn => each(last, |value| pool.next(value)).await,
            Way::AsyncFnKept => each(last, |value| SHARED.next(value)).await,
            Way::ScheduleOn => each(last, |value| ffi::scheduled_on(pool, value)).await,
            Way::CoSpawn => each(last, |value| ffi::co_spawned(pool, value)).await,
            #[cfg(folly)]
            Way::Folly => {
                let pool: &'static folly::ffi::FollyPool = &folly::POOL;
                each(last, |value| folly::ffi::on_folly(pool, value)).await
            }
            #[cfg(folly)]
            Way::FollyTask => each(last, folly::ffi::on_poll).await,
            #[cfg(cppcoro)]
            Way::Cppcoro => {
                let pool: &'static cppcoro::ffi::CppcoroPool = &cppcoro::POOL;
                each(last, |value| cppcoro::ffi::on_cppcoro(pool, value)).await
            }
            Way::SpawnBlocking => {
                for value in 0..last {
                    let called = spawn_blocking(move || ffi::plain(value)).await;
                    assert_eq!(called.expect("the call does not panic"), value + 1);
                }
            }
            // One call of Rust into C++, and as many of C++ into Rust as asked for.
            Way::AsyncAwait => sums_up(ffi::awaits_in_asio(pool, last), last).await,
            Way::AwaitInPool => sums_up(ffi::awaits_in_pool(pool, last), last).await,
            Way::AwaitAsyncFn => sums_up(pool.sum(last), last).await,
            Way::AwaitHere => sums_up(ffi::awaits_plainly(last), last).await,
            Way::AwaitReady => sums_up(ffi::awaits_ready(last), last).await,
            // One stream, of as many items.
            Way::YieldOne => assert_eq!(ffi::yields_one(pool, last).count().await, times as usize),
            Way::YieldAhead => {
                assert_eq!(ffi::yields_ahead(pool, last).count().await, times as usize)
            }
            Way::ReadOne => {
                let items = StreamOne::spawn(RUNTIME.handle(), items(last));
                assert_eq!(
                    ffi::reads_one(pool, items).await.expect("nothing throws"),
                    last
                );
            }
            Way::ReadAhead => {
                let items = StreamAhead::spawn(RUNTIME.handle(), items(last));
                assert_eq!(
                    ffi::reads_ahead(pool, items).await.expect("nothing throws"),
                    last
                );
            }
        }
    }
}

fn items(count: i64) -> impl Stream<Item = Result<i64, Infallible>> {
    stream::iter(0..count).map(Ok)
}

async fn call_back(pool: &ffi::Pool, value: i64) -> i64 {
    let (sender, receiver) = oneshot::channel();
    ffi::call_back(pool, value, Box::new(Context(sender)), done);
    receiver.await.expect("the pool outlives the call")
}

async fn each<F: Future<Output = Result<i64, co_await::Error>>>(
    last: i64,
    call: impl Fn(i64) -> F,
) {
    for value in 0..last {
        assert_eq!(call(value).await.expect("nothing throws"), value + 1);
    }
}

async fn sums_up(call: impl Future<Output = Result<i64, co_await::Error>>, last: i64) {
    assert_eq!(call.await.expect("nothing throws"), last * (last + 1) / 2);
}
