//! C++ awaited from Rust.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bridge_tests::ffi;
use bridge_tests::waiting::{assert_idle, scope, soon, until, until_no_frame_is_left};
use co_await::Error;
use futures::{StreamExt, stream};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn a_value_comes_back() {
    let pool = ffi::new_pool(1);
    assert_eq!(ffi::ready(1).await.unwrap(), 1);
    let scheduled = ffi::scheduled(&pool, 2);
    assert_eq!(soon(scheduled).await.unwrap(), 2);
    let on = ffi::scheduled_on(&pool, 3);
    assert_eq!(soon(on).await.unwrap(), 3);
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn void_comes_back() {
    let pool = ffi::new_pool(1);
    for on in [false, true] {
        let nothing = ffi::nothing(&pool, on);
        soon(nothing).await.unwrap();
    }
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn a_value_that_can_only_be_moved_comes_back() {
    let pool = ffi::new_pool(1);
    let text = ffi::text(&pool, 17);
    assert_eq!(soon(text).await.unwrap().to_string(), "17");
}

#[tokio::test]
async fn a_value_without_a_default_constructor_comes_back() {
    let pool = ffi::new_pool(1);
    let thing = ffi::thing(&pool, 23);
    assert_eq!(soon(thing).await.unwrap().0, 23);
}

#[tokio::test]
async fn an_exception_comes_back_with_its_message() {
    let pool = ffi::new_pool(1);
    for on in [false, true] {
        let throws = ffi::throws(&pool, 0, on);
        let error = soon(throws).await.unwrap_err();
        assert!(matches!(error, Error::Exception(_)));
        assert_eq!(error.to_string(), "out of cheese");
    }
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn an_exception_of_any_other_type_comes_back_too() {
    let pool = ffi::new_pool(1);
    for (what, on) in [(1, false), (1, true), (2, false), (2, true)] {
        let throws = ffi::throws(&pool, what, on);
        let error = soon(throws).await.unwrap_err().to_string();
        assert_eq!(error, "a C++ exception that is not a std::exception");
    }
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn a_future_dropped_before_it_was_polled_leaves_nothing() {
    let pool = ffi::new_pool(1);
    for value in 0..1000 {
        drop(ffi::scheduled(&pool, value));
    }
    until_no_frame_is_left();
    assert_idle();
}

#[tokio::test]
async fn a_future_dropped_while_queued_never_begins() {
    let pool = ffi::new_pool(1);
    let gate = ffi::new_gate();
    let running = ffi::long_work(&pool, gate.clone());
    until(|| gate.arrived() == 1).await;
    for _ in 0..100 {
        let mut queued = ffi::long_work(&pool, gate.clone());
        assert!(futures::poll!(&mut queued).is_pending());
        drop(queued);
    }
    gate.open();
    assert_eq!(soon(running).await.unwrap(), 0);
    until_no_frame_is_left();
    assert_eq!(gate.arrived(), 1, "what nobody waited for did not begin");
    assert_idle();
}

#[tokio::test]
async fn a_future_dropped_while_cpp_runs_ends_it_at_its_next_co_await() {
    let pool = ffi::new_pool(2);
    let gate = ffi::new_gate();
    let mut running = ffi::long_work(&pool, gate.clone());
    assert!(futures::poll!(&mut running).is_pending());
    until(|| gate.arrived() == 1).await;
    drop(running);
    yield_now().await;
    assert_eq!(ffi::live_frames(), 1, "C++ is not interrupted");
    gate.open();
    until_no_frame_is_left();
    assert_eq!(gate.gone_on(), 0);
    assert_idle();
}

#[tokio::test]
async fn a_time_limit_frees_the_caller_and_ends_cpp_at_its_next_co_await() {
    let pool = ffi::new_pool(1);
    let gate = ffi::new_gate();
    let running = ffi::long_work(&pool, gate.clone());
    until(|| gate.arrived() == 1).await;
    let limited = timeout(Duration::from_millis(1), running).await;
    assert!(limited.is_err(), "the gate is closed");
    assert_eq!(ffi::live_frames(), 1, "C++ is not interrupted");
    gate.open();
    until_no_frame_is_left();
    assert_eq!(gate.gone_on(), 0);
    assert_idle();
}

#[tokio::test]
async fn a_future_dropped_just_as_it_completes_leaves_nothing() {
    let pool = ffi::new_pool(2);
    for value in 0..20_000 {
        let mut call = ffi::scheduled(&pool, value);
        // Polled once, then dropped a moment later, at a different moment each time.
        let _ = futures::poll!(&mut call);
        for _ in 0..value % 50 {
            std::hint::spin_loop();
        }
        drop(call);
    }
    until_no_frame_is_left();
    assert_idle();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_million_calls_that_complete_leave_an_idle_process() {
    const CALLS: i64 = 2_000_000;
    let pool = Arc::new(ffi::new_pool(1));
    let sum = stream::iter(0..CALLS)
        .map(|value| {
            let pool = pool.clone();
            tokio::spawn(async move { ffi::scheduled(&pool, value).await.unwrap() })
        })
        .buffer_unordered(64)
        .fold(0, async |sum, value| sum + value.unwrap())
        .await;
    assert_eq!(sum, CALLS * (CALLS - 1) / 2);
    until_no_frame_is_left();
    assert_idle();
}

#[test]
fn eight_threads_call_100_000_times() {
    let pool = ffi::new_pool(2);
    scope(|scope| {
        for thread in 0..8_i64 {
            let pool = &pool;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    let calls = (0..12_500).map(|call| {
                        let value = thread * 100_000 + call;
                        async move {
                            let called = if call % 2 == 0 {
                                ffi::scheduled(pool, value).await
                            } else {
                                ffi::scheduled_on(pool, value).await
                            };
                            assert_eq!(called.unwrap(), value);
                        }
                    });
                    stream::iter(calls)
                        .buffer_unordered(16)
                        .for_each(async |()| {})
                        .await;
                });
            });
        }
    });
    assert_eq!(ffi::live_frames(), 0);
    assert_idle();
}

#[tokio::test]
async fn a_pool_destroyed_with_work_queued_gives_an_error() {
    let pool = ffi::new_pool(1);
    let gate = ffi::new_gate();
    let running = ffi::short_work(&pool, gate.clone());
    until(|| gate.arrived() == 1).await;
    let scheduled = ffi::scheduled(&pool, 1);
    let on = ffi::scheduled_on(&pool, 1);
    let stream = ffi::numbers(&pool, 3);
    let destroyed = tokio::task::spawn_blocking(move || drop(pool));
    // Destroying the pool gives up what is queued, then waits for what runs.
    sleep(Duration::from_millis(20)).await;
    gate.open();
    assert_eq!(soon(running).await.unwrap(), 0);
    assert!(matches!(soon(scheduled).await, Err(Error::Abandoned)));
    assert!(matches!(soon(on).await, Err(Error::Abandoned)));
    let items: Vec<_> = soon(stream.collect()).await;
    assert!(matches!(items[..], [Err(Error::Abandoned)]));
    destroyed.await.unwrap();
    assert_eq!(ffi::live_frames(), 0);
    assert_idle();
}

#[test]
fn a_runtime_that_goes_away_first_leaves_nothing() {
    let pool = ffi::new_pool(1);
    let gate = ffi::new_gate();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut calls: Vec<_> = (0..10)
            .map(|_| ffi::long_work(&pool, gate.clone()))
            .collect();
        for call in &mut calls {
            assert!(futures::poll!(call).is_pending());
        }
        until(|| gate.arrived() == 1).await;
    });
    drop(runtime);
    gate.open();
    while ffi::live_frames() != 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_idle();
}

#[tokio::test]
async fn what_is_kept_lives_as_long_as_the_coroutine() {
    struct Kept(Arc<AtomicBool>);
    impl Drop for Kept {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let pool = ffi::new_pool(1);
    let gate = ffi::new_gate();
    let dropped = Arc::new(AtomicBool::new(false));
    let mut call = ffi::long_work(&pool, gate.clone()).keep(Kept(dropped.clone()));
    assert!(futures::poll!(&mut call).is_pending());
    until(|| gate.arrived() == 1).await;
    drop(call);
    sleep(Duration::from_millis(10)).await;
    assert!(!dropped.load(Ordering::SeqCst), "C++ is still at work");
    gate.open();
    until(|| dropped.load(Ordering::SeqCst)).await;
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn a_stream_yields_in_order_and_ends() {
    let pool = ffi::new_pool(1);
    let stream = ffi::numbers(&pool, 1000);
    let items: Vec<_> = soon(stream.map(Result::unwrap).collect()).await;
    assert_eq!(items, (0..1000).collect::<Vec<_>>());
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn a_stream_ends_with_its_exception() {
    let pool = ffi::new_pool(1);
    let stream = ffi::numbers_then_throw(&pool, 2);
    let items: Vec<_> = soon(stream.map(|item| item.map_err(|e| e.to_string())).collect()).await;
    assert_eq!(items, [Ok(0), Ok(1), Err("out of numbers".to_owned())]);
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn a_stream_dropped_half_way_leaves_nothing() {
    let pool = ffi::new_pool(1);
    for _ in 0..1000 {
        let mut bounded = ffi::numbers(&pool, 100);
        assert_eq!(soon(bounded.next()).await.unwrap().unwrap(), 0);
        drop(bounded);
        let mut endless = ffi::endless_numbers(&pool);
        assert_eq!(soon(endless.next()).await.unwrap().unwrap(), 0);
        drop(endless);
    }
    until_no_frame_is_left();
    assert_idle();
}

#[tokio::test]
async fn after_schedule_cpp_runs_in_the_pool() {
    let pool = ffi::new_pool(1);
    let here = ffi::thread_id() as i64;
    let mut threads = Vec::new();
    for _ in 0..10 {
        let thread = ffi::thread_after_schedule(&pool);
        threads.push(soon(thread).await.unwrap());
    }
    threads.dedup();
    assert_eq!(threads.len(), 1, "a pool of one thread");
    assert_ne!(threads[0], here);
}
