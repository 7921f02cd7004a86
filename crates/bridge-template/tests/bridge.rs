//! A value, an exception, and a caller that leaves.

use std::sync::Arc;
use std::time::Duration;

use bridge_template::{Directory, new_engine};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

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

#[tokio::test]
async fn of_callers_that_leave_nothing_is_left() {
    let engine = new_engine(1).unwrap();
    let directory = Directory::new(Handle::current());
    // Held by each call until C++ has let go of all that it had for it.
    let held = Arc::new(());
    for _ in 0..1000 {
        let call = engine
            .greet(Box::new(directory.clone()), 0)
            .keep(held.clone());
        // Polled once or not at all, and dropped.
        let _ = timeout(Duration::ZERO, call).await;
    }
    timeout(Duration::from_secs(10), async {
        while Arc::strong_count(&held) > 1 {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("every call ends");
}
