//! Bridges as few people write them.

use std::sync::atomic::Ordering;

use bridge_tests::odd::first::{self, OddAsync};
use bridge_tests::odd::{Entered, Panics, WITHIN, second};
use futures::{FutureExt, StreamExt};
use tokio::runtime::Handle;

#[tokio::test]
async fn a_function_may_have_any_name() {
    let odd = first::new_odd();
    assert_eq!(odd.r#move().await.unwrap().one, 1);
    assert_eq!(odd.object().await.unwrap(), 2);
    assert_eq!(odd.keep(3, 4).await.unwrap(), 7);
    assert_eq!(odd.poll(3, 4).await.unwrap(), 12);
}

#[tokio::test]
async fn two_structures_of_one_name_are_two_types() {
    let pair = second::pair().await.unwrap();
    assert_eq!((&*pair.one, pair.two), ("one", 2));
    let pairs = second::pairs().next().await.unwrap().unwrap();
    let pairs: Vec<_> = pairs.iter().map(|pair| (&*pair.one, pair.two)).collect();
    assert_eq!(pairs, [("three", 4), ("five", 6)]);
}

#[tokio::test]
async fn a_copy_that_panics_is_an_error() {
    let error = first::asks_who_panics(Box::new(Panics)).await;
    assert_eq!(error.unwrap_err().to_string(), "panicked: no copies");
}

#[tokio::test]
async fn what_runs_within_a_runtime_is_dropped_within_it() {
    let mut call = first::asks_who_waits(Box::new(Entered(Handle::current())));
    assert!((&mut call).now_or_never().is_none());
    let dropping = std::thread::spawn(move || {
        assert!(Handle::try_current().is_err());
        drop(call);
    });
    dropping.join().unwrap();
    assert_eq!(WITHIN.load(Ordering::SeqCst), 1);
}
