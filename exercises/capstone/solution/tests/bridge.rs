//! A value, an exception, and a caller that leaves.

use std::sync::Arc;
use std::time::Duration;

use bridge_template::new_engine;
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn the_longest_piece_comes_back() {
    let engine = new_engine(1).unwrap();
    assert_eq!(engine.longest(b"banana".to_vec()).await.unwrap(), "ana");
}

#[tokio::test]
async fn the_reason_of_a_refusal_comes_back() {
    let engine = new_engine(1).unwrap();
    let error = engine.longest(Vec::new()).await.unwrap_err();
    assert!(error.to_string().contains("the text is empty"), "{error}");
}

#[tokio::test]
async fn of_callers_that_leave_nothing_is_left() {
    let engine = new_engine(1).unwrap();
    // Held by each call until C++ has let go of all that it had for it.
    let held = Arc::new(());
    for _ in 0..1000 {
        let call = engine.longest(b"banana".to_vec()).keep(held.clone());
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
