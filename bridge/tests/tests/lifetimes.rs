//! What goes when: frames, parameters, tasks, what is kept, and executors that go first.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use bridge_tests::edges::{FutureNamed, StreamText, ffi};
use bridge_tests::ffi as calls;
use bridge_tests::process::{End, in_child};
use bridge_tests::waiting::{
    Dropped, assert_idle, block_until, completes_and_drops, scope, soon, until,
    until_no_frame_is_left,
};
use co_await::Error;
use futures::executor::block_on;
use futures::task::AtomicWaker;
use futures::{FutureExt, StreamExt};
use tokio::runtime::{Builder, Handle};

/// A Rust future that never ends, and that is counted when it goes.
fn never(dropped: &Dropped) -> FutureNamed {
    FutureNamed::infallible(dropped.never())
}

/// The same, as a task.
fn never_spawned(dropped: &Dropped) -> FutureNamed {
    FutureNamed::spawn(&Handle::current(), dropped.never::<Result<i64, String>>())
}

/// A Rust future that another thread can end, and with which C++ waits until then.
#[derive(Clone, Default)]
struct Later(Arc<(AtomicWaker, AtomicBool, AtomicBool)>);

impl Later {
    fn future(&self) -> FutureNamed {
        let later = self.clone();
        FutureNamed::infallible(poll_fn(move |cx| {
            let (waker, awaited, ended) = &*later.0;
            waker.register(cx.waker());
            awaited.store(true, Ordering::SeqCst);
            if ended.load(Ordering::SeqCst) {
                Poll::Ready(7)
            } else {
                Poll::Pending
            }
        }))
    }

    fn is_awaited(&self) -> bool {
        self.0.1.load(Ordering::SeqCst)
    }

    fn end(&self) {
        self.0.2.store(true, Ordering::SeqCst);
        self.0.0.wake();
    }
}

// Finished means finished.

#[test]
fn a_future_is_ready_only_when_every_parameter_is_gone() {
    let pool = calls::new_pool(1);
    for slow in 0..3 {
        for _ in 0..1000 {
            // One that takes its time, and two that do not.
            let parameter = |place| ffi::new_slow(if place == slow { 300 } else { 0 });
            let call = ffi::with_parameters(&pool, parameter(0), parameter(1), parameter(2));
            block_on(call).unwrap();
            assert_eq!(ffi::live_slow(), 0, "the slow one is parameter {slow}");
        }
    }
}

#[test]
fn what_is_kept_goes_after_every_parameter() {
    struct Kept(Arc<AtomicBool>);
    impl Drop for Kept {
        fn drop(&mut self) {
            assert_eq!(ffi::live_slow(), 0);
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let pool = calls::new_pool(1);
    for dropped_early in [false, true] {
        let gone = Arc::new(AtomicBool::new(false));
        let parameter = || ffi::new_slow(2000);
        let call = ffi::with_parameters(&pool, parameter(), parameter(), parameter());
        let call = call.keep(Kept(gone.clone()));
        if dropped_early {
            drop(call);
            block_until(|| gone.load(Ordering::SeqCst));
        } else {
            block_on(call).unwrap();
            assert!(gone.load(Ordering::SeqCst), "before the result is there");
        }
    }
}

#[test]
fn a_call_has_its_result_whatever_stands_between() {
    let pool = calls::new_pool(2);
    for value in 0..2000 {
        assert_eq!(block_on(ffi::wraps(&pool, value)).unwrap(), value);
        assert_eq!(block_on(ffi::awaits_its_own(&pool, value)).unwrap(), value);
    }
    // Stored, and looked at long after C++ has ended.
    let stored: Vec<_> = (0..1000)
        .map(|value| ffi::awaits_its_own_deeply(&pool, value, 0))
        .collect();
    until_no_frame_is_left();
    // The last may have its locals behind it, and not yet its end: its thread is joined.
    drop(pool);
    for (value, call) in (0..).zip(stored) {
        assert_eq!(call.now_or_never().unwrap().unwrap(), value);
    }
    let pool = calls::new_pool(2);
    let deep: Vec<_> = (0..1000)
        .map(|value| ffi::awaits_its_own_deeply(&pool, value, 20))
        .collect();
    for (value, call) in (0..).zip(deep) {
        assert_eq!(block_on(call).unwrap(), value);
    }
    assert_idle();
}

// Dropping is dropping.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_that_wait_for_rust_are_dropped_and_nothing_is_left() {
    let pool = calls::new_pool(2);
    let (dropped, kept) = (Dropped::default(), Dropped::default());
    let waiting: Vec<_> = (0..1000)
        .map(|call| {
            let future = match call % 2 {
                0 => never(&dropped),
                _ => never_spawned(&dropped),
            };
            let waiting = match call % 3 {
                0 => ffi::awaits_here(future),
                _ => ffi::awaits_in_pool(&pool, future),
            };
            waiting.keep(kept.witness())
        })
        .collect();
    assert_eq!(calls::live_frames(), 1000);
    drop(waiting);
    until(|| dropped.count() == 1000 && kept.count() == 1000 && calls::live_frames() == 0).await;
    assert_idle();
}

#[test]
fn without_a_runtime_a_dropped_call_leaves_nothing() {
    let pool = calls::new_pool(1);
    let (dropped, kept) = (Dropped::default(), Dropped::default());
    for _ in 0..100 {
        drop(ffi::awaits_here(never(&dropped)).keep(kept.witness()));
    }
    // They went in this thread, where they were awaited; what was kept goes in one of ours.
    assert_eq!((dropped.count(), calls::live_frames()), (100, 0));
    for _ in 0..100 {
        let call = ffi::awaits_in_pool(&pool, never(&dropped)).keep(kept.witness());
        thread::yield_now();
        drop(call);
    }
    block_until(|| dropped.count() == 200 && kept.count() == 200);
    until_no_frame_is_left();
}

#[test]
fn a_task_is_aborted_even_while_the_pool_is_busy() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let (pool, gate) = (calls::new_pool(1), calls::new_gate());
    let dropped = Dropped::default();
    let future = {
        let _entered = runtime.enter();
        never_spawned(&dropped)
    };
    let call = ffi::awaits_in_pool(&pool, future);
    let later = calls::short_work(&pool, gate.clone());
    block_until(|| gate.arrived() == 1);
    drop(call);
    block_until(|| dropped.count() == 1);
    assert_eq!(calls::live_frames(), 2, "the pool has had no turn for it");
    gate.open();
    block_on(later).unwrap();
    until_no_frame_is_left();
}

/// A small generator of numbers that look random, for moments that differ.
fn moments(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed * 2 + 1), |number| {
        Some(
            number
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407),
        )
    })
    .map(|number| number >> 40)
}

#[test]
fn eight_threads_drop_100_000_calls_at_all_moments() {
    let pool = calls::new_pool(2);
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let kept = Dropped::default();
    scope(|scope| {
        for thread in 0..8 {
            let (pool, kept, handle) = (&pool, &kept, runtime.handle());
            scope.spawn(move || {
                for moment in moments(thread).take(12_500) {
                    let soon = FutureNamed::spawn(handle, async { Ok::<_, String>(1) });
                    let call = match moment % 4 {
                        0 => ffi::awaits_in_pool(pool, soon),
                        1 => ffi::awaits_here(soon),
                        2 => ffi::awaits_its_own(pool, 1),
                        _ => ffi::with_parameters(
                            pool,
                            ffi::new_slow(0),
                            ffi::new_slow(0),
                            ffi::new_slow(0),
                        ),
                    };
                    let mut call = call.keep(kept.witness());
                    if moment % 3 == 0 {
                        let _ = (&mut call).now_or_never();
                    }
                    for _ in 0..moment % 2000 {
                        std::hint::spin_loop();
                    }
                    drop(call);
                }
            });
        }
    });
    until_no_frame_is_left();
    block_until(|| kept.count() == 100_000);
    assert_eq!(ffi::live_slow(), 0);
    assert_idle();
}

#[test]
fn two_million_calls_and_100_000_drops_leave_an_idle_process_on_asio() {
    let pool = calls::new_pool(2);
    completes_and_drops(|value| calls::scheduled(&pool, value));
    assert_eq!(calls::live_frames(), 0);
}

// What is kept.

#[test]
fn keep_may_be_called_as_often_as_one_likes() {
    let (pool, gate) = (calls::new_pool(1), calls::new_gate());
    let kept = Dropped::default();
    let call = calls::short_work(&pool, gate.clone())
        .keep(kept.witness())
        .keep(kept.witness())
        .keep(kept.witness());
    assert_eq!(kept.count(), 0);
    gate.open();
    block_on(call).unwrap();
    assert_eq!(kept.count(), 3);

    let stream = ffi::words(&pool, 3)
        .keep(kept.witness())
        .keep(kept.witness());
    assert_eq!(block_on(stream.count()), 3);
    assert_eq!(kept.count(), 5);

    // Of what Rust makes, too.
    let rust = FutureNamed::infallible(async { 1 }).keep(kept.witness());
    assert_eq!(block_on(rust).unwrap(), 1);
    let rust = StreamText::infallible(futures::stream::empty()).keep(kept.witness());
    assert_eq!(block_on(rust.count()), 0);
    drop(never(&Dropped::default()).keep(kept.witness()));
    assert_eq!(kept.count(), 8);
}

#[test]
fn a_pool_that_a_call_keeps_is_not_joined_by_a_thread_of_its_own() {
    /// The last that refers to a pool, and the thread in which it went.
    struct Last(Option<Arc<cxx::UniquePtr<calls::Pool>>>, Arc<Mutex<String>>);
    impl Drop for Last {
        fn drop(&mut self) {
            self.0.take();
            let name = thread::current().name().unwrap_or_default().to_owned();
            *self.1.lock().unwrap() = name;
        }
    }
    let pool = Arc::new(calls::new_pool(1));
    let gate = calls::new_gate();
    let joined_in = Arc::new(Mutex::new(String::new()));
    let call = calls::long_work(&pool, gate.clone()).keep(Last(Some(pool), joined_in.clone()));
    block_until(|| gate.arrived() == 1);
    drop(call);
    gate.open();
    block_until(|| !joined_in.lock().unwrap().is_empty());
    assert_eq!(*joined_in.lock().unwrap(), "co-await");
    until_no_frame_is_left();
}

#[test]
fn what_is_kept_may_panic_when_it_goes() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("a destructor that panics");
        }
    }
    let child = in_child("what_is_kept_may_panic_when_it_goes", || {
        let (pool, gate) = (calls::new_pool(1), calls::new_gate());
        let call = calls::long_work(&pool, gate.clone()).keep(Panics);
        block_until(|| gate.arrived() == 1);
        drop(call);
        gate.open();
        until_no_frame_is_left();
        // Whatever is kept after that goes as well.
        let kept = Dropped::default();
        let gate = calls::new_gate();
        let call = calls::long_work(&pool, gate.clone()).keep(kept.witness());
        block_until(|| gate.arrived() == 1);
        drop(call);
        gate.open();
        block_until(|| kept.count() == 1);
    });
    assert!(
        matches!(child.end, End::Exited(status) if status.success()),
        "{child:?}"
    );
    assert!(
        child.stderr.contains("a destructor that panics"),
        "{}",
        child.stderr
    );
}

// Executors that go first.

#[test]
fn a_pool_that_is_gone_when_rust_wakes_means_abandoned() {
    for _ in 0..200 {
        let pool = calls::new_pool(1);
        let later = Later::default();
        let call = ffi::awaits_in_pool(&pool, later.future());
        block_until(|| later.is_awaited());
        drop(pool);
        assert_eq!(calls::live_frames(), 0);
        later.end();
        assert!(matches!(block_on(call), Err(Error::Abandoned)));
    }
}

#[test]
fn a_pool_is_destroyed_while_rust_wakes_and_everybody_is_told() {
    for _ in 0..300 {
        let pool = calls::new_pool(2);
        let laters: Vec<_> = (0..16).map(|_| Later::default()).collect();
        let calls: Vec<_> = laters
            .iter()
            .map(|later| ffi::awaits_in_pool(&pool, later.future()))
            .collect();
        scope(|scope| {
            scope.spawn(|| laters.iter().for_each(Later::end));
            drop(pool);
        });
        for call in calls {
            assert!(matches!(block_on(call), Ok(7) | Err(Error::Abandoned)));
        }
        assert_eq!(bridge_tests::ffi::live_frames(), 0);
    }
}

/// What an operation holds of its executor goes before that does: for a strand is no more than a
/// reference into a service of its context.
#[test]
fn a_context_with_a_strand_is_destroyed_while_rust_wakes() {
    for round in 0..2000 {
        let context = ffi::new_context();
        let later = Later::default();
        let call = if round % 2 == 0 {
            context.begins_to_await_on_strand(later.future());
            None
        } else {
            Some(context.awaits_on_strand(later.future()))
        };
        if round % 4 < 2 {
            context.run();
        }
        scope(|scope| {
            scope.spawn(|| later.end());
            for _ in 0..round % 100 {
                std::hint::spin_loop();
            }
            drop(context);
        });
        assert_eq!(calls::live_frames(), 0);
        if let Some(call) = call {
            assert!(matches!(block_on(call), Ok(7) | Err(Error::Abandoned)));
        }
    }
}

#[test]
fn a_call_is_dropped_while_its_pool_is_destroyed() {
    for round in 0..1000 {
        let pool = calls::new_pool(1);
        let dropped = Dropped::default();
        let calls: Vec<_> = (0..8)
            .map(|_| ffi::awaits_in_pool(&pool, never(&dropped)))
            .collect();
        if round % 2 == 0 {
            thread::yield_now();
        }
        scope(|scope| {
            scope.spawn(|| drop(calls));
            drop(pool);
        });
        assert_eq!(bridge_tests::ffi::live_frames(), 0);
        assert_eq!(dropped.count(), 8);
    }
}

#[test]
fn a_key_is_unlocked_while_the_pool_of_those_that_wait_is_destroyed() {
    for _ in 0..1000 {
        let locks = ffi::new_locks();
        let later = Later::default();
        let holds = locks.hold(1, later.future());
        let waits = locks.hold_in_pool(1, FutureNamed::infallible(async { 8 }));
        scope(|scope| {
            scope.spawn(|| {
                later.end();
                // It unlocks where it is polled.
                assert_eq!(block_on(holds).unwrap(), 7);
            });
            drop(locks);
        });
        assert!(matches!(block_on(waits), Ok(8) | Err(Error::Abandoned)));
        assert_eq!(calls::live_frames(), 0);
    }
}

#[tokio::test]
async fn who_leaves_the_line_for_a_key_lets_the_next_one_have_it() {
    let locks = ffi::new_locks();
    let later = Later::default();
    let holds = locks.hold(1, later.future());
    let leaves: Vec<_> = (0..100)
        .map(|_| locks.hold(1, FutureNamed::infallible(async { 0 })))
        .collect();
    let stays = locks.hold(1, FutureNamed::infallible(async { 9 }));
    assert_eq!(calls::live_frames(), 102);
    drop(leaves);
    until(|| calls::live_frames() == 2).await;
    later.end();
    assert_eq!(soon(holds).await.unwrap(), 7);
    assert_eq!(soon(stays).await.unwrap(), 9);
}

#[test]
fn a_task_of_another_kind_is_destroyed_by_its_owner_alone() {
    let dropped = Dropped::default();
    assert!(ffi::task_is_destroyed_once(never(&dropped)));
    assert_eq!(dropped.count(), 1);
    // Nor does a waker that comes later find it.
    let later = Later::default();
    assert!(ffi::task_is_destroyed_once(later.future()));
    later.end();
}

#[test]
fn no_thread_but_the_pools_and_ours_is_ever_started() {
    let child = in_child("no_thread_but_the_pools_and_ours_is_ever_started", || {
        // Of ours there may be some for a while.
        let threads = || -> Vec<String> {
            let all = std::fs::read_dir("/proc/self/task").unwrap();
            all.filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok())
                .filter(|name| !name.starts_with("co-await"))
                .collect()
        };
        let before = threads().len();
        let pool = calls::new_pool(1);
        for value in 0..1000 {
            assert_eq!(block_on(ffi::wraps(&pool, value)).unwrap(), value);
            drop(ffi::wraps(&pool, value));
            drop(ffi::awaits_here(never(&Dropped::default())));
        }
        until_no_frame_is_left();
        thread::sleep(Duration::from_millis(50));
        assert_eq!(threads().len(), before + 1, "{:?}", threads());
    });
    assert!(
        matches!(child.end, End::Exited(status) if status.success()),
        "{child:?}"
    );
}
