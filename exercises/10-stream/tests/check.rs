//! What has to hold when exercise 10 is done.

use std::pin::pin;
use std::thread;
use std::time::{Duration, Instant};

use exercise_10_stream::{Pool, new_pool, strips};
use futures::StreamExt;

/// A number that no strip has.
const NONE: u32 = u32::MAX;
const MANY: u32 = 1000;
/// How far C++ may run ahead, and how much more there may be on the way.
const AHEAD: u32 = 8;
const ON_THE_WAY: u32 = 3;

#[tokio::test]
async fn strips_come_in_order_and_end() {
    let pool = new_pool();
    let all: Vec<_> = strips(&pool, 100, NONE)
        .map(|strip| strip.map(|strip| strip[0]))
        .collect()
        .await;
    let all: Result<Vec<_>, _> = all.into_iter().collect();
    assert_eq!(
        all.ok(),
        Some((0..100).collect()),
        "Of a picture of 100 strips, other strips came, or in another order."
    );
}

#[tokio::test]
async fn a_slow_reader_has_few_strips_decoded() {
    let pool = new_pool();
    let mut strips = pin!(strips(&pool, MANY, NONE));
    let mut taken = 0;
    for _ in 0..3 {
        taken += u32::from(strips.next().await.is_some_and(|strip| strip.is_ok()));
    }
    assert_eq!(taken, 3, "The first 3 strips did not come.");
    let ahead = settled(&pool) - taken;
    assert!(
        ahead + taken < MANY,
        "The reader had taken 3 strips, and C++ had decoded all {MANY} strips of the picture."
    );
    assert!(
        ahead <= AHEAD + ON_THE_WAY,
        "The reader had taken 3 strips, and C++ was {ahead} strips ahead of its reader, where {AHEAD} \
         are allowed."
    );
    assert!(
        ahead >= AHEAD,
        "The reader paused after 3 strips, and C++ made no use of the pause: it was {ahead} strips \
         ahead, where {AHEAD} are allowed."
    );
}

#[tokio::test]
async fn who_leaves_has_no_more_decoded() {
    let pool = new_pool();
    {
        let mut strips = pin!(strips(&pool, MANY, NONE));
        let _ = strips.next().await;
    }
    let decoded = settled(&pool);
    assert!(
        decoded < MANY,
        "A client left after the first strip, and C++ decoded all {MANY} strips for it."
    );
}

#[tokio::test]
async fn a_broken_strip_is_an_error_after_those_before_it() {
    let pool = new_pool();
    let mut strips = pin!(strips(&pool, 10, 5));
    let mut good = 0;
    let error = loop {
        match strips.next().await {
            Some(Ok(_)) => good += 1,
            Some(Err(error)) => break Some(error.to_string()),
            None => break None,
        }
    };
    let Some(error) = error else {
        panic!("Strip 5 of 10 is broken, and the stream ended as if that were all, after {good}.");
    };
    assert_eq!(
        (good, error.contains("strip 5 is broken")),
        (5, true),
        "Strip 5 of 10 is broken. {good} strips came, and then the error “{error}”."
    );
}

/// How many strips were decoded when C++ had done what it would without its reader.
fn settled(pool: &Pool) -> u32 {
    let begun = Instant::now();
    let mut before = pool.decoded();
    let mut same = 0;
    while same < 10 && begun.elapsed() < Duration::from_secs(5) {
        thread::sleep(Duration::from_millis(10));
        pool.settle();
        let now = pool.decoded();
        same = if now == before { same + 1 } else { 0 };
        before = now;
    }
    before
}
