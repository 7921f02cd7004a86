//! What has to hold when exercise 5 is done.

use std::time::Duration;

use exercise_05_leak::{convert, metrics, new_converter};
use exercise_kit::{alone, block_on};
use tokio::sync::oneshot::Receiver;
use tokio::time::timeout;

const MANY: usize = 100;

#[test]
fn every_picture_is_answered() {
    each_alone("every_picture_is_answered", async {
        let converter = new_converter();
        let sum = answer(convert(&converter, vec![7; 6])).await;
        assert_eq!(sum, Some(42), "The sum of 6 bytes of 7 each is not 42.");
        let refused = answer(convert(&converter, Vec::new())).await;
        assert_eq!(refused, None, "A picture without a byte is not refused.");
    });
}

#[test]
fn nothing_is_left_of_pictures_that_were_converted() {
    each_alone("nothing_is_left_of_pictures_that_were_converted", async {
        left_of("were converted", || vec![7; 6]).await;
    });
}

#[test]
fn nothing_is_left_of_pictures_that_were_refused() {
    each_alone("nothing_is_left_of_pictures_that_were_refused", async {
        left_of("were refused", Vec::new).await;
    });
}

#[test]
fn nothing_is_left_of_pictures_that_never_ran() {
    each_alone("nothing_is_left_of_pictures_that_never_ran", async {
        let before = metrics();
        let converter = new_converter();
        converter.hold();
        let waiting: Vec<_> = (0..MANY).map(|_| convert(&converter, vec![7; 6])).collect();
        converter.stop();
        drop(converter);
        drop(waiting);
        compare("never ran", &before);
    });
}

async fn left_of(what: &str, picture: impl Fn() -> Vec<u8>) {
    let before = metrics();
    let converter = new_converter();
    for _ in 0..MANY {
        answer(convert(&converter, picture())).await;
    }
    // Joins the pool's thread, so that the last job has ended, too.
    drop(converter);
    compare(what, &before);
}

fn compare(what: &str, before: &str) {
    let after = metrics();
    assert!(
        before == after,
        "{MANY} pictures {what}, and C++ still holds some of them. /metrics before:\n\n{before}\nand after:\n\n{after}"
    );
}

async fn answer(answered: Receiver<Option<u64>>) -> Option<u64> {
    match timeout(Duration::from_secs(5), answered).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => panic!("For a picture no answer came: its job was gone before it ran."),
        Err(_) => panic!("For a picture no answer came: its callback was never called."),
    }
}

/// Runs a test in a process of its own, where nobody else's objects are counted.
fn each_alone(test: &str, body: impl Future<Output = ()>) {
    alone(test, || block_on(body)).or_say(|ending| ending.to_string());
}
