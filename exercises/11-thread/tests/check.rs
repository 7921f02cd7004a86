//! What has to hold when exercise 11 is done.

use exercise_11_thread::{RUNTIME, convert, new_pool, this_thread};
use futures::future;
use tokio::runtime::Handle;

#[test]
fn the_sum_is_right() {
    on_an_event_loop("the_sum_is_right", async {
        let pool = new_pool();
        pool.ring();
        let sum = convert(&pool, "a moon").await;
        assert_eq!(
            sum.ok(),
            Some(42),
            "The sum of 6 bytes of 7 each is not 42."
        );
    });
}

#[test]
fn another_request_is_served_while_cpp_works() {
    on_an_event_loop("another_request_is_served_while_cpp_works", async {
        let pool = new_pool();
        let another_request = async {
            while !pool.begun() {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            pool.ring();
        };
        let _ = future::join(convert(&pool, "a moon"), another_request).await;
        let is_on_the_loop = pool.thread() == this_thread();
        let served = "While C++ worked, the event loop served nobody:";
        assert!(
            pool.heard() || !is_on_the_loop,
            "{served} after the co_await C++ went on where Rust polls it, which is the event loop \
             itself."
        );
        assert!(
            pool.heard(),
            "{served} C++ worked in another thread, but the event loop's thread stood and waited \
             for that."
        );
    });
}

/// On an event loop whose runtime the exercise knows.
fn on_an_event_loop(test: &str, body: impl Future<Output = ()>) {
    exercise_kit::on_an_event_loop(test, async {
        RUNTIME.get_or_init(Handle::current);
        body.await;
    });
}
