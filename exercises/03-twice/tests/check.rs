//! What has to hold when exercise 3 is done.

use std::time::Duration;

use exercise_03_twice::{Context, Outcome, convert, new_converter};
use exercise_kit::{Ending, alone, block_on};
use tokio::sync::oneshot::Receiver;
use tokio::time::timeout;

#[test]
fn a_picture_is_answered_once() {
    once("a_picture_is_answered_once", "converted", async {
        let converter = new_converter();
        let (outcome, sum) = answer(convert(&converter, vec![7; 6])).await;
        assert_eq!(
            (outcome, sum),
            (Outcome::Converted, 42),
            "A good picture is not converted to the sum of its bytes."
        );
    });
}

#[test]
fn a_picture_that_is_refused_is_answered_once() {
    once(
        "a_picture_that_is_refused_is_answered_once",
        "refused",
        async {
            let converter = new_converter();
            let (outcome, _) = answer(convert(&converter, Vec::new())).await;
            assert_eq!(
                outcome,
                Outcome::Refused,
                "A picture without a byte is not refused."
            );
        },
    );
}

#[test]
fn a_picture_that_never_ran_is_answered_once() {
    once(
        "a_picture_that_never_ran_is_answered_once",
        "given up",
        async {
            let converter = new_converter();
            converter.hold();
            let waiting = convert(&converter, vec![7; 6]);
            converter.stop();
            drop(converter);
            let (outcome, _) = answer(waiting).await;
            assert_eq!(
                outcome,
                Outcome::Abandoned,
                "A picture that never ran is not given up."
            );
        },
    );
}

async fn answer(answered: Receiver<(Outcome, u64)>) -> (Outcome, u64) {
    match timeout(Duration::from_secs(5), answered).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => panic!("The callback's context was dropped without an answer."),
        Err(_) => panic!(
            "The callback never came: whoever waits for this picture waits for ever. The \
             destructor was the last resort of a job that never ran."
        ),
    }
}

/// Runs a test in which one picture ends in a certain way.
fn once(test: &str, how: &str, body: impl Future<Output = ()>) {
    alone(test, || {
        block_on(body);
        assert!(
            Context::count() == 0,
            "The picture that was {how} was answered, and its context is still in memory: nothing \
             is freed twice, because nothing is ever freed."
        );
    })
    .or_say(|ending| match ending {
        Ending::Sanitizer(report) => format!(
            "The callback of a picture that was {how} was called twice, and AddressSanitizer stopped the \
             second call ({}). Which two calls these are, its report says: --report shows it.",
            report.kind,
        ),
        other => format!("A picture was {how}, and then: {other}"),
    });
}
