//! What has to hold when exercise 4 is done.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use exercise_04_await::{Gone, convert, new_converter};
use exercise_kit::{cpu_time, on_an_event_loop, threads};
use futures::{FutureExt, future, poll};

#[test]
fn the_sum_is_right() {
    on_an_event_loop("the_sum_is_right", async {
        let sum = convert(&new_converter(), vec![7; 6]).await;
        assert_eq!(sum, Ok(42), "The sum of 6 bytes of 7 each is not 42.");
    });
}

#[test]
fn another_request_is_served_meanwhile() {
    on_an_event_loop("another_request_is_served_meanwhile", async {
        let converter = new_converter();
        converter.hold();
        let another_request = async { converter.release() };
        let _ = future::join(convert(&converter, vec![0]), another_request).await;
        assert!(
            !converter.gave_up(),
            "While a picture waited for the pool, the event loop served nobody: its thread stood \
             in `recv` until the callback came."
        );
    });
}

#[test]
fn waiting_costs_nothing() {
    on_an_event_loop("waiting_costs_nothing", async {
        let converter = new_converter();
        converter.hold();
        let before = cpu_time();
        let threads_before = threads();
        let span = Duration::from_millis(600);
        let a_while_later = async {
            tokio::time::sleep(span).await;
            let found = (cpu_time() - before, threads());
            converter.release();
            found
        };
        let (_, (used, threads_then)) =
            future::join(convert(&converter, vec![0]), a_while_later).await;
        assert!(
            used < span / 10,
            "Nothing was to be done for {} ms, and {} ms of CPU went into it: the future asks again \
             and again whether the answer is there, instead of being woken.",
            span.as_millis(),
            used.as_millis()
        );
        assert!(
            threads_then <= threads_before,
            "While a picture waited for the pool, another thread stood and waited for its answer: \
             with a thousand pictures there are a thousand such threads."
        );
    });
}

#[test]
fn a_pool_that_goes_away_is_an_error() {
    on_an_event_loop("a_pool_that_goes_away_is_an_error", async {
        let converter = new_converter();
        converter.hold();
        let mut waiting = Box::pin(convert(&converter, vec![0]));
        if poll!(&mut waiting).is_ready() {
            return; // another test speaks of that
        }
        converter.stop();
        match AssertUnwindSafe(waiting).catch_unwind().await {
            Ok(answer) => assert_eq!(
                answer,
                Err(Gone),
                "The pool went away, and a picture that had waited in it has a sum all the same."
            ),
            Err(_) => panic!(
                "The pool went away before a picture was converted, and Rust panicked; `convert` \
                 should say that it is gone."
            ),
        }
    });
}
