//! Where C++ goes on after it has awaited Rust.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use codec::fixtures::SMALL;
use picture_store::faulty::{Faulty, Mood};
use step_04_rust_from_cpp::{ConverterAsync, Store, new_converter};
use tracing::Subscriber;
use tracing_subscriber::layer::{Context as LayerContext, Layer, SubscriberExt};
use tracing_subscriber::registry;

/// Notes the thread of everything that the step says: it does so when C++ calls Rust.
#[derive(Clone, Default)]
struct Threads(Arc<Mutex<Vec<ThreadId>>>);

impl<S: Subscriber> Layer<S> for Threads {
    fn on_event(&self, event: &tracing::Event<'_>, _: LayerContext<'_, S>) {
        if event.metadata().target().starts_with("step_04") {
            self.0.lock().unwrap().push(thread::current().id());
        }
    }
}

/// Notes the thread that wakes, and wakes the thread that waits. C++ wakes when its coroutine is
/// gone, which is after its last `co_await`.
struct Waiting {
    waiter: thread::Thread,
    threads: Threads,
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.threads.0.lock().unwrap().push(thread::current().id());
        self.waiter.unpark();
    }
}

#[test]
fn after_each_co_await_of_rust_cpp_is_in_its_pool() {
    let calls = Threads::default();
    let subscriber = registry().with(calls.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let objects = Faulty::new();
    let store = picture_store::Store::new(objects.clone(), Duration::from_secs(3600)).unwrap();
    // One thread, so that there is one to be in.
    let converter = new_converter(1, codec::MAX_PIXELS).unwrap();

    let wakes = Threads::default();
    for round in 0..100 {
        // Half of them lose the race for their name, so that C++ awaits Rust a third time.
        let loses = round % 2 == 1;
        *objects.keep.lock().unwrap() = match loses {
            true => Mood::IsQuicker,
            false => Mood::Good,
        };
        let waker = Waker::from(Arc::new(Waiting {
            waiter: thread::current(),
            threads: wakes.clone(),
        }));
        let (store, name) = (Box::new(Store(store.clone())), format!("{round}.png"));
        let jpeg = SMALL.to_vec();
        let mut call = pin!(converter.convert_and_store(store, name, jpeg));
        let kept = loop {
            match call.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(kept) => break kept.unwrap(),
                Poll::Pending => thread::park_timeout(Duration::from_secs(1)),
            }
        };
        assert_eq!(kept.created, !loses);
    }

    let calls = calls.0.lock().unwrap();
    let wakes: HashSet<_> = wakes.0.lock().unwrap().iter().copied().collect();
    let tokio: HashSet<_> = objects.threads.lock().unwrap().iter().copied().collect();
    // It asked what is kept, had a picture kept, and asked again where it had lost.
    assert_eq!(calls.len(), 50 * 2 + 50 * 3);
    // After the last of these, be it the second or the third, it ended in the pool.
    assert_eq!(wakes.len(), 1);
    let pool = wakes;
    assert!(calls.iter().all(|thread| !pool.contains(thread)));
    // Rust was elsewhere.
    assert!(!tokio.is_empty() && tokio.is_disjoint(&pool));
    assert!(!pool.contains(&thread::current().id()));
}
