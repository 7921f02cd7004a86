//! What a crossing allocates, counted; and what is left of many.
//!
//! Under a sanitizer nothing is counted, so there these see nothing.

use std::sync::LazyLock;

use bridge_tests::edges::{FutureNamed, ffi};
use bridge_tests::ffi as calls;
use bridge_tests::functions::ffi::{Shop, ShopAsync, shared_shop};
use bridge_tests::leaving::ffi::asio_cancels;
use bridge_tests::waiting::until_no_frame_is_left;
use cxx::SharedPtr;
use futures::executor::block_on;
use serial_test::serial;
use tokio::runtime::Builder;

/// How much one of `crossing` allocates when many came before: the fewest of many, for Asio and
/// Tokio keep some memory for the next, and other threads allocate as well.
fn allocations_of(mut crossing: impl FnMut()) -> i64 {
    for _ in 0..100 {
        crossing();
    }
    let counts = (0..200).map(|_| {
        let before = ffi::allocations();
        crossing();
        ffi::allocations() - before
    });
    counts.min().unwrap()
}

#[test]
#[serial]
fn a_crossing_by_schedule_takes_three_allocations() {
    let pool = calls::new_pool(1);
    let count = allocations_of(|| {
        block_on(calls::scheduled(&pool, 1)).unwrap();
    });
    // The frame, the call, and what Asio posts.
    assert!(count <= 3, "{count}");
}

#[test]
#[serial]
fn an_async_fn_takes_what_a_named_future_takes() {
    static SHOP: LazyLock<SharedPtr<Shop>> = LazyLock::new(|| shared_shop(1));
    let stays: &'static Shop = SHOP.as_ref().unwrap();
    let count = allocations_of(|| {
        block_on(stays.nothing()).unwrap();
    });
    assert!(count <= 3, "{count}");
    // And a box for the object that the call keeps.
    let count = allocations_of(|| {
        block_on(SHOP.nothing()).unwrap();
    });
    assert!(count <= 4, "{count}");
}

#[test]
#[serial]
fn a_crossing_by_schedule_on_takes_five_allocations_and_more_where_it_can_be_cancelled() {
    let pool = calls::new_pool(1);
    let count = allocations_of(|| {
        block_on(calls::scheduled_on(&pool, 1)).unwrap();
    });
    // And the frames of the awaitable and of what runs it. To cancel it takes a signal, a strand, and
    // what Asio keeps with these (one more with GCC); the thread that allocates them frees them.
    let most = if asio_cancels() { 12 } else { 5 };
    assert!(count <= most, "{count}");
}

#[test]
#[serial]
fn a_rust_future_awaited_takes_four_allocations() {
    let pool = calls::new_pool(1);
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let awaiting = allocations_of(|| {
        let future = FutureNamed::spawn(runtime.handle(), async { Ok::<_, String>(1) });
        block_on(ffi::awaits_in_pool(&pool, future)).unwrap();
    });
    let crossing = allocations_of(|| {
        block_on(calls::scheduled(&pool, 1)).unwrap();
    });
    // The task, the box of its handle, the wait, and what Asio posts.
    assert!(awaiting - crossing <= 4, "{awaiting} and {crossing}");
}

#[test]
#[serial]
fn a_keyed_mutex_leaves_nothing_behind() {
    ffi::make_mutexes(100);
    let before = ffi::allocated();
    ffi::make_mutexes(100_000);
    let left = ffi::allocated() - before;
    assert!(left < 100, "{left}");
}

#[test]
#[serial]
fn a_hundred_thousand_calls_leave_nothing_behind() {
    let pool = calls::new_pool(1);
    let many = |count| {
        for value in 0..count {
            block_on(ffi::awaits_its_own(&pool, value)).unwrap();
            drop(ffi::awaits_in_pool(
                &pool,
                FutureNamed::infallible(std::future::pending()),
            ));
        }
        until_no_frame_is_left();
    };
    many(1000);
    let before = ffi::allocated();
    many(50_000);
    let left = ffi::allocated() - before;
    assert!(left < 100, "{left}");
}
