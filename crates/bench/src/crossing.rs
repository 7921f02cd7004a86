//! One crossing of the language border, in every way that there is: for `benches/crossing.rs`.
//!
//! The work behind every call is one addition, so that what is measured is the way there and back.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;

use cxx::UniquePtr;
use cxx_async_tokio::{for_cpp, guard};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

#[cfg(cppcoro)]
mod cppcoro;
#[cfg(folly)]
mod folly;

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        type Context;
        fn value_from_rust(value: i64) -> FutureValue;
        fn ready_value_from_rust(value: i64) -> FutureValue;
    }

    unsafe extern "C++" {
        include!("bench/cpp/calls.h");

        #[namespace = "cxx_async_tokio"]
        type CallToken = cxx_async_tokio::CallToken;
        type FutureValue = crate::crossing::FutureValue;
        type Pool;
        fn new_pool(threads: usize) -> UniquePtr<Pool>;

        fn plain(value: i64) -> i64;
        fn call_back(
            pool: &Pool,
            value: i64,
            context: Box<Context>,
            done: fn(Box<Context>, value: i64),
        );
        fn ready(value: i64, token: Box<CallToken>) -> FutureValue;
        fn bare_ready(value: i64) -> FutureValue;
        fn scheduled(pool: &Pool, value: i64, token: Box<CallToken>) -> FutureValue;
        fn bare_scheduled(pool: &Pool, value: i64) -> FutureValue;
        fn scheduled_on(pool: &Pool, value: i64, token: Box<CallToken>) -> FutureValue;
        fn bare_scheduled_on(pool: &Pool, value: i64) -> FutureValue;
        fn co_spawned(pool: &Pool, value: i64, token: Box<CallToken>) -> FutureValue;

        fn awaits_in_asio(pool: &Pool, times: i64, token: Box<CallToken>) -> FutureValue;
        fn awaits_plainly(times: i64, token: Box<CallToken>) -> FutureValue;
        fn awaits_ready(times: i64, token: Box<CallToken>) -> FutureValue;
    }
}

// SAFETY: `CXXASYNC_DEFINE_FUTURE` in `cpp/calls.h` names the C++ type of this `Output`.
#[cxx_async::bridge]
unsafe impl Future for FutureValue {
    type Output = i64;
}

// SAFETY: all that can be done with a pool is to post to it, from any thread.
unsafe impl Send for ffi::Pool {}
// SAFETY: as above.
unsafe impl Sync for ffi::Pool {}

/// One thread, for all.
static POOL: LazyLock<UniquePtr<ffi::Pool>> = LazyLock::new(|| ffi::new_pool(1));

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
    FutureValue::fallible(for_cpp(RUNTIME.handle(), async move {
        Ok::<_, Infallible>(value)
    }))
}

fn ready_value_from_rust(value: i64) -> FutureValue {
    FutureValue::infallible(async move { value })
}

/// A way to cross.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// A function call through cxx.
    Plain,
    /// A coroutine that has its value at once, with a guard.
    Ready,
    /// The same without.
    BareReady,
    /// A callback from the pool that sends into a one-shot channel: step 2.
    Callback,
    /// A coroutine that goes to the pool, with a guard: step 3.
    Schedule,
    /// The same without.
    BareSchedule,
    /// A coroutine that runs an `asio::awaitable` in the pool, with a guard.
    ScheduleOn,
    /// The same without.
    BareScheduleOn,
    /// The same with Asio's own `co_spawn` in the place of `schedule_on`, with a guard.
    CoSpawn,
    /// A coroutine that runs a task in a pool of Folly's, with a guard: step 3 on Folly.
    #[cfg(folly)]
    Folly,
    /// A coroutine that goes to a pool of CppCoro's, with a guard: step 3 on CppCoro.
    #[cfg(cppcoro)]
    Cppcoro,
    /// The plain call in Tokio's own pool.
    SpawnBlocking,
    /// C++ awaits a Tokio task in an `asio::awaitable`: `for_cpp` and `async_await`.
    AsyncAwait,
    /// C++ awaits a Tokio task in a cxx-async coroutine: `for_cpp` and cxx-async's own awaiter,
    /// which goes on in the thread of Tokio.
    RustAwaiter,
    /// C++ awaits a Rust future that is ready at once, with cxx-async's own awaiter.
    RustAwaiterReady,
}

impl Way {
    /// All of them.
    pub const ALL: &[Way] = &[
        Way::Plain,
        Way::BareReady,
        Way::Ready,
        Way::Callback,
        Way::BareSchedule,
        Way::Schedule,
        Way::BareScheduleOn,
        Way::ScheduleOn,
        Way::CoSpawn,
        #[cfg(folly)]
        Way::Folly,
        #[cfg(cppcoro)]
        Way::Cppcoro,
        Way::SpawnBlocking,
        Way::RustAwaiterReady,
        Way::RustAwaiter,
        Way::AsyncAwait,
    ];

    /// How it is called in tables.
    pub fn name(self) -> &'static str {
        match self {
            Way::Plain => "plain cxx call",
            Way::BareReady => "coroutine, ready at once, no guard",
            Way::Ready => "coroutine, ready at once",
            Way::Callback => "callback + one-shot",
            Way::BareSchedule => "coroutine, schedule(pool), no guard",
            Way::Schedule => "coroutine, schedule(pool)",
            Way::BareScheduleOn => "coroutine, schedule_on(pool, awaitable), no guard",
            Way::ScheduleOn => "coroutine, schedule_on(pool, awaitable)",
            Way::CoSpawn => "coroutine, co_spawn(pool, awaitable)",
            #[cfg(folly)]
            Way::Folly => "coroutine, schedule_on(folly pool, task)",
            #[cfg(cppcoro)]
            Way::Cppcoro => "coroutine, schedule of CppCoro's pool",
            Way::SpawnBlocking => "tokio spawn_blocking of the plain call",
            Way::RustAwaiterReady => "C++ awaits Rust: ready at once, cxx-async alone",
            Way::RustAwaiter => "C++ awaits Rust: for_cpp, cxx-async alone",
            Way::AsyncAwait => "C++ awaits Rust: for_cpp, async_await",
        }
    }

    /// The same way without a guard, where it has one.
    pub fn bare(self) -> Option<Way> {
        match self {
            Way::Ready => Some(Way::BareReady),
            Way::Schedule => Some(Way::BareSchedule),
            Way::ScheduleOn => Some(Way::BareScheduleOn),
            _ => None,
        }
    }

    /// Crosses `times` times, one after the other.
    pub async fn cross(self, times: u64) {
        let pool: &'static ffi::Pool = &POOL;
        let last = times as i64;
        match self {
            Way::Plain => (0..last).for_each(|value| assert_eq!(ffi::plain(value), value + 1)),
            Way::Ready => guarded(last, |value| guard(|token| ffi::ready(value, token))).await,
            Way::BareReady => bare(last, ffi::bare_ready).await,
            Way::Callback => {
                for value in 0..last {
                    assert_eq!(call_back(pool, value).await, value + 1);
                }
            }
            Way::Schedule => {
                let call = |value| guard(|token| ffi::scheduled(pool, value, token));
                guarded(last, call).await
            }
            Way::BareSchedule => bare(last, |value| ffi::bare_scheduled(pool, value)).await,
            Way::ScheduleOn => {
                let call = |value| guard(|token| ffi::scheduled_on(pool, value, token));
                guarded(last, call).await
            }
            Way::CoSpawn => {
                let call = |value| guard(|token| ffi::co_spawned(pool, value, token));
                guarded(last, call).await
            }
            Way::BareScheduleOn => bare(last, |value| ffi::bare_scheduled_on(pool, value)).await,
            #[cfg(folly)]
            Way::Folly => {
                let pool: &'static folly::ffi::FollyPool = &folly::POOL;
                let call = |value| guard(|token| folly::ffi::on_folly(pool, value, token));
                guarded(last, call).await
            }
            #[cfg(cppcoro)]
            Way::Cppcoro => {
                let pool: &'static cppcoro::ffi::CppcoroPool = &cppcoro::POOL;
                let call = |value| guard(|token| cppcoro::ffi::on_cppcoro(pool, value, token));
                guarded(last, call).await
            }
            Way::SpawnBlocking => {
                for value in 0..last {
                    let called = spawn_blocking(move || ffi::plain(value)).await;
                    assert_eq!(called.expect("the call does not panic"), value + 1);
                }
            }
            // One call of Rust into C++, and as many of C++ into Rust as asked for.
            Way::AsyncAwait => {
                let sum = guard(|token| ffi::awaits_in_asio(pool, last, token)).await;
                assert_eq!(sum.expect("nothing throws"), last * (last + 1) / 2);
            }
            Way::RustAwaiter => {
                let sum = guard(|token| ffi::awaits_plainly(last, token)).await;
                assert_eq!(sum.expect("nothing throws"), last * (last + 1) / 2);
            }
            Way::RustAwaiterReady => {
                let sum = guard(|token| ffi::awaits_ready(last, token)).await;
                assert_eq!(sum.expect("nothing throws"), last * (last + 1) / 2);
            }
        }
    }
}

async fn call_back(pool: &ffi::Pool, value: i64) -> i64 {
    let (sender, receiver) = oneshot::channel();
    ffi::call_back(pool, value, Box::new(Context(sender)), done);
    receiver.await.expect("the pool outlives the call")
}

async fn guarded<F>(last: i64, call: impl Fn(i64) -> F)
where
    F: Future<Output = Result<i64, cxx_async_tokio::Error>>,
{
    for value in 0..last {
        assert_eq!(call(value).await.expect("nothing throws"), value + 1);
    }
}

/// Without a guard, and without what happens then.
///
/// A future that is dropped before C++ has closed it starts cxx-async's reaper, and all that is
/// measured from then on shares the machine with a thread that spins. So each future is kept until
/// the next has its value: the pool has one thread, and that ends one coroutine before it begins
/// another.
async fn bare(last: i64, call: impl Fn(i64) -> FutureValue) {
    let mut previous = None;
    for value in 0..last {
        let mut future = call(value);
        assert_eq!((&mut future).await.expect("nothing throws"), value + 1);
        previous = Some(future);
    }
    call_back(&POOL, 0).await;
    drop(previous);
}
