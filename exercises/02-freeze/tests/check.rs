//! What has to hold when exercise 2 is done.

use std::sync::Arc;

use exercise_02_freeze::{convert, new_bell, this_thread};
use exercise_kit::on_an_event_loop;
use futures::{future, poll};

#[test]
fn the_sum_is_right() {
    on_an_event_loop("the_sum_is_right", async {
        let bell = Arc::new(new_bell());
        bell.ring();
        let sum = convert(bell, vec![7; 6]).await;
        assert_eq!(sum, 42, "The sum of 6 bytes of 7 each is not 42.");
    });
}

#[test]
fn another_request_is_served_meanwhile() {
    on_an_event_loop("another_request_is_served_meanwhile", async {
        let bell = Arc::new(new_bell());
        let mut conversion = Box::pin(convert(bell.clone(), vec![0; 100]));
        let is_over = poll!(&mut conversion).is_ready();
        let has_begun = bell.begun();
        let another_request = async {
            while !bell.begun() {
                tokio::task::yield_now().await;
            }
            bell.ring();
        };
        if !is_over {
            future::join(conversion, another_request).await;
        }
        let is_on_the_loop = bell.thread() == this_thread();
        let served = "While C++ converted one picture, the event loop served nobody:";
        assert!(
            bell.heard() || !is_over || !is_on_the_loop,
            "{served} the handler called C++ straight away, on the event loop's own thread."
        );
        assert!(
            bell.heard() || !is_over || is_on_the_loop,
            "{served} C++ has a thread of its own now, but the event loop's thread stands and \
             waits for it."
        );
        assert!(
            bell.heard() || has_begun,
            "{served} a task of Tokio's is run by the event loop too, so C++ still ran on its \
             thread, a little later."
        );
        assert!(bell.heard(), "{served} something else held it up.");
    });
}
