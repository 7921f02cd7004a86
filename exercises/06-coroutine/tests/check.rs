//! What has to hold when exercise 6 is done.

use std::pin::pin;

use exercise_06_coroutine::{count, new_pool};
use futures::poll;

#[tokio::test]
async fn the_count_is_right() {
    let pool = new_pool();
    for (below, primes) in [(2, 0), (3, 1), (100, 25), (10_000, 1229)] {
        let counted = count(&pool, below).await;
        assert_eq!(
            counted,
            Ok(primes),
            "C++ was asked for the primes below {below}, of which there are {primes}."
        );
    }
}

#[tokio::test]
async fn the_event_loop_goes_on_meanwhile() {
    let pool = new_pool();
    pool.hold();
    let mut counted = pin!(count(&pool, 10_000));
    let is_there = poll!(&mut counted).is_ready();
    let asked = pool.asked();
    pool.release();
    if is_there && asked == 0 {
        panic!("{}", counted_at_once(&pool).await);
    }
    assert!(
        !is_there,
        "The pool's one thread was busy with something else, and all the same the count was there: \
         C++ counted within the call, on the event loop, which served nobody meanwhile."
    );
    assert_eq!(
        asked, 0,
        "The pool's one thread was busy with something else, and all the same C++ asked for primes: \
         it counted within the call, and went to the pool afterwards."
    );
    let _ = counted.await;
}

#[tokio::test]
async fn where_there_is_nothing_to_count_an_error_says_so() {
    let counted = count(&new_pool(), 1).await;
    let message = match counted {
        Ok(count) => {
            panic!("C++ was asked for the primes below 1, and no error came, but {count}.")
        }
        Err(message) => message,
    };
    assert!(
        !message.contains("no coroutine yet"),
        "There is no coroutine yet that could throw."
    );
    assert!(
        !message.contains("not a std::exception"),
        "C++ was asked for the primes below 1, and what it threw is no std::invalid_argument: its text \
         is lost."
    );
    assert!(
        message.split_whitespace().count() > 2,
        "C++ was asked for the primes below 1, and its error says no more than “{message}”."
    );
}

#[tokio::test]
async fn a_caller_that_leaves_the_queue_is_not_counted_for() {
    let pool = new_pool();
    pool.hold();
    {
        let mut counted = pin!(count(&pool, 10_000));
        let _ = poll!(&mut counted);
    }
    pool.release();
    pool.settle();
    assert_eq!(
        pool.asked(),
        0,
        "A caller left while its coroutine waited for the pool, and C++ counted for it."
    );
}

/// What to say of a count that came without a question.
async fn counted_at_once(pool: &exercise_06_coroutine::Pool) -> String {
    match count(pool, 100).await {
        Err(message) if message.contains("no coroutine yet") => {
            "There is no coroutine yet: `count` in src/lib.rs returns an error at once.".into()
        }
        counted => format!("`count` returned {counted:?}, and C++ was never asked for a prime."),
    }
}
