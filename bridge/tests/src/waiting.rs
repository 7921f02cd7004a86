//! What tests wait for, and what they find when they have waited.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use futures::{StreamExt, stream};
use tokio::time::{sleep, timeout};

use crate::process::idle_cpu_time;
use crate::{FutureInt, ffi};

/// Gives up on what should have come long ago.
pub async fn soon<F: Future>(future: F) -> F::Output {
    timeout(Duration::from_secs(60), future)
        .await
        .expect("it never came")
}

/// Waits until a condition holds.
pub async fn until(condition: impl Fn() -> bool) {
    soon(async {
        while !condition() {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

/// The same where there is no runtime.
pub fn block_until(condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never came");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits until no coroutine of C++ is alive.
pub fn until_no_frame_is_left() {
    block_until(|| ffi::live_frames() == 0);
}

/// A second in which the process has nothing to do takes next to no CPU time. A reaper that spins
/// takes all of it, for ever: `sharp_edges.rs` shows that this measures. A slow machine may first have
/// to finish, so one second of the next five will do.
pub fn assert_idle() {
    let mut seconds = Vec::new();
    while seconds.len() < 5 {
        let used = idle_cpu_time(Duration::from_secs(1));
        if used < Duration::from_millis(200) {
            return;
        }
        seconds.push(used);
    }
    panic!("CPU time in the seconds of an idle process: {seconds:?}");
}

/// Counts those of its kind that are dropped.
#[derive(Clone, Default)]
pub struct Dropped(Arc<AtomicUsize>);

impl Dropped {
    /// One that counts.
    pub fn witness(&self) -> Witness {
        Witness(self.clone())
    }

    /// A Rust future that never ends, and that counts when it goes.
    pub fn never<T>(&self) -> impl Future<Output = T> + Send + use<T> {
        let witness = self.witness();
        async move {
            let _here = witness;
            pending().await
        }
    }

    /// How many were dropped.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Counted when it is dropped.
pub struct Witness(Dropped);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Threads that are joined at the end, as `std::thread::scope` has them.
pub fn scope<'env, T>(body: impl for<'scope> FnOnce(&Scope<'scope, 'env>) -> T) -> T {
    // ThreadSanitizer does not see how the standard library joins threads; this it sees.
    let ended = Arc::new(AtomicUsize::new(0));
    let result = thread::scope(|scope| {
        body(&Scope {
            scope,
            ended: ended.clone(),
        })
    });
    ended.load(Ordering::SeqCst);
    result
}

/// Where threads are started that are joined at the end.
pub struct Scope<'scope, 'env> {
    scope: &'scope thread::Scope<'scope, 'env>,
    ended: Arc<AtomicUsize>,
}

impl<'scope> Scope<'scope, '_> {
    /// Starts one.
    pub fn spawn(&self, body: impl FnOnce() + Send + 'scope) {
        let ended = self.ended.clone();
        self.scope.spawn(move || {
            body();
            ended.fetch_add(1, Ordering::SeqCst);
        });
    }
}

/// Has eight threads call 2,000,000 times, each with 64 calls in flight, and drop 100,000 more at
/// all moments; and looks what is left.
pub fn completes_and_drops(call: impl Fn(i64) -> FutureInt + Sync) {
    scope(|scope| {
        for _ in 0..8 {
            let call = &call;
            scope.spawn(move || {
                let calls = (0..250_000).map(|value| async move {
                    if value % 20 == 0 {
                        let dropped = call(value);
                        for _ in 0..value % 500 {
                            std::hint::spin_loop();
                        }
                        drop(dropped);
                    }
                    assert_eq!(call(value).await.unwrap(), value);
                });
                let all = stream::iter(calls).buffer_unordered(64);
                block_on(all.for_each(async |()| {}));
            });
        }
    });
    until_no_frame_is_left();
    assert_idle();
}

/// Has a thousand callers leave while C++ waits, each with a place that it keeps: within a second no
/// frame and no place is left, nor anything to do.
pub fn leaves_nothing(call: impl Fn(usize) -> FutureInt) {
    let places = Dropped::default();
    let calls: Vec<_> = (0..1000)
        .map(|number| call(number).keep(places.witness()))
        .collect();
    // Some wait by then, and some are on their way.
    thread::sleep(Duration::from_millis(20));
    let left = Instant::now();
    drop(calls);
    until_no_frame_is_left();
    block_until(|| places.count() == 1000);
    let took = left.elapsed();
    // Nobody waits for an hour; how long it takes is printed, for a test is not to judge a time.
    println!("1000 callers left: nothing of them after {took:?}");
    assert_idle();
}

/// The same where C++ waits for Rust futures: they are dropped too.
pub fn drops_what_waits_for_rust(call: impl Fn(FutureInt) -> FutureInt) {
    let futures = Dropped::default();
    leaves_nothing(|_| call(FutureInt::infallible(futures.never())));
    block_until(|| futures.count() == 1000);
}
