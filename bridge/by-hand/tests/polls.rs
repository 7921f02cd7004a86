//! The future becomes ready, by one waker or another.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use bridge_by_hand::square;
use futures::FutureExt;
use futures::executor::block_on;

#[test]
fn a_bridge_by_hand_gives_the_value_of_the_coroutine() {
    for number in 0..1000 {
        assert_eq!(block_on(square(number)), number * number);
    }
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_bridge_by_hand_wakes_whoever_polled_last_and_once() {
    for number in 0..1000 {
        let (first, last) = (Arc::new(Count::default()), Arc::new(Count::default()));
        let mut future = square(number);
        let mut polls = Vec::new();
        for count in [&first, &last] {
            let waker = Waker::from(count.clone());
            polls.push(future.poll_unpin(&mut Context::from_waker(&waker)));
        }
        if polls.iter().all(|poll| poll.is_pending()) {
            while last.0.load(Ordering::SeqCst) == 0 {
                std::thread::yield_now();
            }
            assert_eq!(first.0.load(Ordering::SeqCst), 0);
            assert_eq!(last.0.load(Ordering::SeqCst), 1);
        }
        assert_eq!(block_on(future), number * number);
    }
}
