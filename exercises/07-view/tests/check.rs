//! What has to hold when exercise 7 is done.

use std::pin::pin;

use exercise_07_view::{checksum, new_pool};
use exercise_kit::{Ending, Heap, Report, alone, block_on};
use futures::poll;

#[global_allocator]
static HEAP: Heap = Heap::new();

const MEBIBYTE: usize = 1 << 20;

fn picture() -> Vec<u8> {
    vec![1; MEBIBYTE]
}

#[tokio::test]
async fn the_sum_is_right() {
    let sum = checksum(&new_pool(), picture()).await;
    assert_eq!(
        sum.ok(),
        Some(MEBIBYTE as u64),
        "A picture of 1,048,576 bytes, each of them 1, has another sum than 1,048,576."
    );
}

#[tokio::test]
async fn the_event_loop_goes_on_meanwhile() {
    let pool = new_pool();
    pool.hold();
    let mut sum = pin!(checksum(&pool, picture()));
    let is_there = poll!(&mut sum).is_ready();
    pool.release();
    assert!(
        !is_there,
        "The sum was there while the pool's one thread was still busy with something else: it was \
         added up on the event loop, which served nobody meanwhile."
    );
    let _ = sum.await;
}

#[test]
fn a_client_may_leave_and_its_picture_is_freed() {
    alone("a_client_may_leave_and_its_picture_is_freed", || {
        block_on(async {
            let before = HEAP.held();
            for _ in 0..8 {
                leave_while_cpp_works().await;
            }
            // What a call has kept goes a moment later.
            for _ in 0..500 {
                if HEAP.held() < before + 4 * MEBIBYTE {
                    break;
                }
                // The runtime goes on meanwhile: a task may have to clean up.
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            assert!(
                HEAP.held() < before + 4 * MEBIBYTE,
                "8 clients have left, and their pictures of 1 MiB each are still in memory: nothing \
                 dangles any more, because nothing is ever freed."
            );
        })
    })
    .or_say(|ending| match ending {
        Ending::Sanitizer(report) => dangling(report),
        other => {
            format!("A client left while C++ was at work on its picture, and then: {other}")
        }
    });
}

/// What a handler goes through when its client leaves: polled once, then dropped. C++ has come to the
/// pool's thread by then, and has done nothing there yet.
async fn leave_while_cpp_works() {
    let pool = new_pool();
    pool.slow_down();
    let mut sum = Box::pin(checksum(&pool, picture()));
    let is_there = poll!(&mut sum).is_ready(); // another test speaks of that
    let has_come = pool.wait_for_work();
    drop(sum);
    let stands = pool.stands();
    pool.release();
    pool.settle();
    assert!(
        has_come || is_there,
        "A client waits for its sum, and C++ has not come to the pool's thread by \
         `co_await rust::async::schedule(pool.threads())` to add it up."
    );
    assert!(
        stands == has_come,
        "A client left while C++ was at work on its picture, and the drop of the handler's future \
         waited for C++: the event loop served nobody meanwhile."
    );
}

fn dangling(report: &Report) -> String {
    let found = format!(
        "A client left while C++ was at work on its picture, and AddressSanitizer stopped C++: {} in {}.",
        report.kind,
        report
            .place()
            .unwrap_or_else(|| "a place without a name".into()),
    );
    let cause = if report.passes_through(&["Vec<unsigned char> const"]) {
        "What C++ has is a reference to a vector of Rust's, and a reference is a view, too, as is a \
         pointer: it does not keep what it refers to."
    } else if report.passes_through(&["std::vector<"]) {
        "The bytes are copied now, but the copy comes too late: it is made after the co_await, and by \
         then the picture may be gone."
    } else {
        "C++ still had a view of bytes that Rust owned, and Rust has freed them."
    };
    format!("{found} {cause}")
}
