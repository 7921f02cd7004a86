//! What the book's page on debugging says of its four programs.

use std::sync::mpsc::channel;
use std::time::Duration;

use bridge_tests::process::{End, in_child_for};
use bridge_tests::trouble::ffi;
use bridge_tests::waiting::{block_until, until_no_frame_is_left};
use bridge_tests::{FutureInt, ffi as calls};
use futures::executor::block_on;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

fn one_event_loop() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).build().unwrap()
}

#[test]
fn a_thread_that_blocks_on_its_own_runtime_waits_for_ever() {
    let test = "a_thread_that_blocks_on_its_own_runtime_waits_for_ever";
    let child = in_child_for(test, Duration::from_secs(3), || {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let number = FutureInt::spawn(runtime.handle(), async { Ok::<_, String>(7) });
            calls::awaits_with_use_future(number).unwrap();
        });
    });
    assert!(matches!(child.end, End::Hung), "{child:?}");
}

#[test]
fn the_same_wait_ends_where_another_thread_runs_the_runtime() {
    let runtime = one_event_loop();
    let number = FutureInt::spawn(runtime.handle(), async { Ok::<_, String>(7) });
    assert_eq!(calls::awaits_with_use_future(number).unwrap(), 7);
}

/// Whether the event loop runs anything while C++ computes.
fn answers_beside(compute: impl FnOnce(FutureInt) -> FutureInt) -> bool {
    let runtime = one_event_loop();
    // Ready only after the coroutine has begun to wait for it.
    let (begin, begun) = oneshot::channel();
    let seed = FutureInt::spawn(runtime.handle(), begun);
    let call = runtime.spawn(compute(seed));
    begin.send(7).unwrap();
    block_until(ffi::is_computing);
    let (sender, answer) = channel();
    runtime.spawn(async move { sender.send(()) });
    let answered = answer.recv_timeout(Duration::from_secs(1)).is_ok();
    ffi::stop_computing();
    block_on(call).unwrap().unwrap();
    answered
}

#[test]
fn a_coroutine_that_went_nowhere_computes_on_the_event_loop() {
    assert!(!answers_beside(ffi::computes_anywhere));
}

#[test]
fn a_coroutine_in_its_pool_leaves_the_event_loop_free() {
    let pool = calls::new_pool(1);
    assert!(answers_beside(|seed| ffi::computes_in_pool(&pool, seed)));
}

#[test]
fn a_coroutine_in_an_awaiter_that_knows_nothing_of_rust_stays_until_it_is_resumed() {
    let letterbox = ffi::new_letterbox();
    for _ in 0..100 {
        drop(letterbox.wait_for_letter());
    }
    assert_eq!(calls::live_frames(), 100);
    let call = letterbox.wait_for_letter();
    letterbox.deliver(7);
    assert_eq!(block_on(call).unwrap(), 7);
    until_no_frame_is_left();
}
