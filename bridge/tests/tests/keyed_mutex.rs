//! The keyed mutex of `co-await-asio`: who holds a key, who waits for it, and where it goes on.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bridge_tests::FutureInt;
use bridge_tests::ffi::thread_id;
use bridge_tests::keyed_mutex::ffi::{Keys, new_keys};
use bridge_tests::waiting::{scope, soon, until};
use co_await::Error;
use cxx_async::CxxAsyncException;
use futures::channel::oneshot;
use futures::future::{join, join_all};
use tokio::task::yield_now;

/// Who got a key, in the order they did.
type Got = Arc<Mutex<Vec<usize>>>;

/// Notes who got a key, which it does when C++ polls it first, and holds the key until told.
fn holder(who: usize, got: &Got) -> (FutureInt, oneshot::Sender<()>) {
    let (release, released) = oneshot::channel();
    let got = got.clone();
    let future = FutureInt::infallible(async move {
        got.lock().unwrap().push(who);
        // Released, or given up by the test.
        let _ = released.await;
        0
    });
    (future, release)
}

#[tokio::test]
async fn who_wants_a_key_that_is_held_waits_without_a_thread() {
    // One thread: if a waiter occupied it, nobody could go on.
    let (keys, got) = (new_keys(1), Got::default());
    let hold = |key: i64, who| {
        let (future, release) = holder(who, &got);
        (keys.hold_in_pool(key, future), release)
    };
    let (first, release) = hold(1, 0);
    until(|| got.lock().unwrap().len() == 1).await;
    let (second, release_second) = hold(1, 1);
    let (other_key, release_other) = hold(2, 2);
    release_other.send(()).unwrap();
    soon(other_key).await.unwrap();
    assert_eq!(*got.lock().unwrap(), [0, 2]);
    release.send(()).unwrap();
    release_second.send(()).unwrap();
    soon(first).await.unwrap();
    let thread = soon(second).await.unwrap();
    assert_eq!(*got.lock().unwrap(), [0, 2, 1]);
    assert_ne!(thread, i64::try_from(thread_id()).unwrap());
}

#[tokio::test]
async fn who_finds_a_key_free_goes_on_at_once_and_who_waits_goes_on_where_it_was() {
    let (keys, got) = (new_keys(1), Got::default());
    let (future, release) = holder(0, &got);
    let first = keys.hold(1, future);
    let (mut in_pool, mut here) = (Vec::new(), Vec::new());
    for who in 1..10 {
        let (future, release) = holder(who, &got);
        release.send(()).unwrap();
        here.push(keys.hold(1, future));
    }
    for who in 10..20 {
        let (future, release) = holder(who, &got);
        release.send(()).unwrap();
        in_pool.push(keys.hold_in_pool(1, future));
    }
    release.send(()).unwrap();
    let this_thread = i64::try_from(thread_id()).unwrap();
    assert_eq!(soon(first).await.unwrap(), this_thread);
    let (here, in_pool) = soon(join(join_all(here), join_all(in_pool))).await;
    for thread in here {
        assert_eq!(thread.unwrap(), this_thread);
    }
    let in_pool: Vec<_> = in_pool.into_iter().map(Result::unwrap).collect();
    assert_ne!(in_pool[0], this_thread);
    assert!(in_pool.iter().all(|thread| *thread == in_pool[0]));
    // In the order they came.
    assert!(got.lock().unwrap().is_sorted());
    assert_eq!(got.lock().unwrap().len(), 20);
}

#[tokio::test]
async fn an_exception_unlocks_the_key() {
    let (keys, got) = (new_keys(1), Got::default());
    let failing = FutureInt::fallible(async {
        yield_now().await;
        Err(CxxAsyncException::new("out of cheese".into()))
    });
    let first = keys.hold(1, failing);
    let (future, release) = holder(1, &got);
    release.send(()).unwrap();
    let second = keys.hold(1, future);
    let error = soon(first).await.unwrap_err();
    assert_eq!(error.to_string(), "out of cheese");
    soon(second).await.unwrap();
}

#[tokio::test]
async fn a_pool_that_is_destroyed_takes_those_that_hold_and_those_that_wait_with_it() {
    struct Witness(Arc<AtomicUsize>);
    impl Drop for Witness {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let (keys, dropped) = (new_keys(2), Arc::<AtomicUsize>::default());
    let calls: Vec<_> = (0..30)
        .map(|call| {
            let witness = Witness(dropped.clone());
            let future = FutureInt::infallible(async move {
                let _here = witness;
                pending().await
            });
            keys.hold_in_pool(call % 3, future)
        })
        .collect();
    drop(keys);
    assert_eq!(dropped.load(Ordering::SeqCst), 30);
    for result in soon(join_all(calls)).await {
        assert!(matches!(result, Err(Error::Abandoned)));
    }
}

/// What an object owns whose coroutines are at work has to be there until its threads are joined.
#[tokio::test]
async fn a_pool_may_go_while_coroutines_take_keys() {
    for _ in 0..100 {
        let keys = new_keys(2);
        let calls: Vec<_> = (0..10).map(|call| keys.take_turns(call % 2)).collect();
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        drop(keys);
        for result in soon(join_all(calls)).await {
            assert!(matches!(result, Err(Error::Abandoned)));
        }
    }
}

#[test]
fn of_eight_threads_one_at_a_time_holds_a_key() {
    let keys: &Keys = &new_keys(4);
    let held: [Arc<AtomicBool>; 3] = Default::default();
    let count = AtomicUsize::new(0);
    scope(|scope| {
        for thread in 0..8 {
            let (held, count) = (&held, &count);
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = { runtime }.enable_time().build().unwrap();
                runtime.block_on(async {
                    for round in 0..2000 {
                        let key = (thread + round) % 3;
                        let held = held[key].clone();
                        let future = FutureInt::infallible(async move {
                            assert!(!held.swap(true, Ordering::Relaxed));
                            yield_now().await;
                            assert!(held.swap(false, Ordering::Relaxed));
                            0
                        });
                        let key = i64::try_from(key).unwrap();
                        soon(keys.hold(key, future)).await.unwrap();
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                });
            });
        }
    });
    assert_eq!(count.load(Ordering::Relaxed), 16_000);
}
