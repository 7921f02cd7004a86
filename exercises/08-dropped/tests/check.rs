//! What has to hold when exercise 8 is done.

use std::thread;
use std::time::Duration;

use exercise_08_dropped::{Pool, convert, new_pool};
use exercise_kit::{idle_cpu_time, on_an_event_loop};
use futures::{future, poll};
use tokio::runtime::Handle;
use tokio::task::yield_now;

const PARTS: usize = 100;

#[test]
fn the_sum_is_right() {
    on_an_event_loop("the_sum_is_right", async {
        let pool = new_pool();
        let go_on = async { pool.go_on() };
        let (sum, ()) = future::join(convert(&pool, vec![7; PARTS]), go_on).await;
        assert_eq!(
            sum,
            Ok(700),
            "Nobody has left, and the sum of 100 bytes of 7 each is not 700."
        );
    });
}

#[test]
fn the_process_rests_when_a_client_has_left() {
    on_an_event_loop("the_process_rests_when_a_client_has_left", async {
        // One alone does not always do the harm: cxx-async's thread spins over what C++ has not
        // ended by the time it looks.
        for _ in 0..4 {
            let pool = new_pool();
            leave_half_way(&pool).await;
            thread::sleep(Duration::from_millis(20));
            pool.go_on();
            finish(&pool).await;
        }
        let span = Duration::from_millis(600);
        let used = idle_cpu_time(span);
        assert!(
            used < span / 10,
            "Four clients have left and nothing is to be done, and yet {} ms of {} ms went into CPU: \
             the futures were dropped while C++ was not through with them, and a thread of \
             cxx-async spins for ever since.",
            used.as_millis(),
            span.as_millis()
        );
    });
}

#[test]
fn cpp_stops_when_nobody_waits() {
    on_an_event_loop("cpp_stops_when_nobody_waits", async {
        let pool = new_pool();
        let is_a_task = leave_half_way(&pool).await;
        pool.go_on();
        finish(&pool).await;
        assert!(
            pool.parts() < PARTS || !is_a_task,
            "The only client has left, and C++ did all {PARTS} parts of its picture: the call was \
             put into a task of its own, which goes on as if nothing had happened."
        );
        assert!(
            pool.parts() < PARTS,
            "The only client has left, and C++ did all {PARTS} parts of its picture: it has \
             no co_await between its parts, where it could end."
        );
    });
}

/// What a handler goes through when its client leaves: polled until C++ is at work, then dropped.
/// Tells whether there was a task of Tokio's for it meanwhile.
async fn leave_half_way(pool: &Pool) -> bool {
    let mut conversion = Box::pin(convert(pool, vec![7; PARTS]));
    while pool.parts() == 0 {
        if poll!(&mut conversion).is_ready() {
            break; // another test speaks of that
        }
        yield_now().await;
    }
    Handle::current().metrics().num_alive_tasks() > 0
}

/// Waits until C++ has ended, and Rust has seen to it.
async fn finish(pool: &Pool) {
    pool.settle();
    for _ in 0..100 {
        yield_now().await;
    }
}
