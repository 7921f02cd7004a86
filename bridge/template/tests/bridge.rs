//! A value, an exception, and a caller that leaves.

use std::sync::Arc;
use std::time::Duration;

// ANCHOR: both
use bridge_template::Directory;
// ANCHOR_END: both
use bridge_template::{EngineAsync, new_engine};
// ANCHOR: both
use tokio::runtime::Handle;
// ANCHOR_END: both
use tokio::time::{sleep, timeout};

// ANCHOR: both
#[tokio::test]
async fn cpp_answers_with_what_rust_told_it() {
    let engine = new_engine(1).unwrap();
    let directory = Box::new(Directory::new(Handle::current()));
    assert_eq!(engine.greet(directory, 1).await.unwrap(), "hello, Grace");
}

#[tokio::test]
async fn an_error_of_rust_passes_through_cpp_with_its_message() {
    let engine = new_engine(1).unwrap();
    let directory = Box::new(Directory::new(Handle::current()));
    let error = engine.greet(directory, 7).await.unwrap_err();
    assert!(
        error.to_string().contains("nobody of the number 7"),
        "{error}"
    );
}
// ANCHOR_END: both
// ANCHOR: one-way
#[tokio::test]
async fn cpp_answers_with_a_value() {
    let engine = new_engine(1).unwrap();
    assert_eq!(engine.name_of(1).await.unwrap(), "Grace");
}

#[tokio::test]
async fn an_exception_of_cpp_is_an_error_with_its_message() {
    let engine = new_engine(1).unwrap();
    let error = engine.name_of(7).await.unwrap_err();
    assert!(
        error.to_string().contains("nobody of the number 7"),
        "{error}"
    );
}
// ANCHOR_END: one-way

/// Makes a thousand calls and leaves each, then waits until nothing is left of them.
async fn leave(call: impl Fn() -> co_await::Future<String>) {
    // Held by each call until C++ has let go of all that it had for it.
    let held = Arc::new(());
    for _ in 0..1000 {
        // Polled once or not at all, and dropped.
        let _ = timeout(Duration::ZERO, call().keep(held.clone())).await;
    }
    timeout(Duration::from_secs(10), async {
        while Arc::strong_count(&held) > 1 {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("every call ends");
}

// ANCHOR: both
#[tokio::test]
async fn of_callers_that_leave_nothing_is_left() {
    let engine = new_engine(1).unwrap();
    let directory = Directory::new(Handle::current());
    leave(|| engine.greet(Box::new(directory.clone()), 0)).await;
}
// ANCHOR_END: both
// ANCHOR: one-way
#[tokio::test]
async fn of_callers_that_leave_cpp_nothing_is_left() {
    let engine = new_engine(1).unwrap();
    leave(|| engine.name_of(0)).await;
}
// ANCHOR_END: one-way
