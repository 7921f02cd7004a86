//! Small programs that try to break the bridge. Each holds a rule that was broken once, and says in
//! its first lines what it tries. `tests/hostile.rs` runs them.

pub mod coroutine_owns_its_executor;
#[cfg(feature = "cppcoro")]
pub mod cppcoro;
pub mod deep_chain;
#[cfg(feature = "folly")]
pub mod folly;
#[cfg(not(upstream))]
pub mod forgets_its_co_return;
pub mod future_for_a_stream;
pub mod kept_pool_in_a_wake;
pub mod kept_runtime;
pub mod key_given_up_twice;
pub mod key_that_does_not_copy;
pub mod moved_away;
pub mod object_owns_its_pool;
pub mod out_of_memory;
pub mod owner_destroys_while_it_waits;
pub mod polled_in_a_wake;
pub mod resumed_after_its_pool;
pub mod scheduler_that_is_ready;
pub mod waits_for_rust;

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::task::{Context, Poll, Wake, Waker};

use futures::Stream;
use futures::future::{BoxFuture, poll_fn};

use crate::waiting::soon;

// SAFETY, for both: hostile/numbers.h names the C++ type of the Rust type here.
#[co_await::bridge]
unsafe impl Future for FutureNumber {
    type Output = i64;
}
#[co_await::bridge]
unsafe impl Stream for StreamNumber {
    type Item = i64;
}

/// Waits for a future, in a runtime of its own, and gives up on what should have come long ago.
fn wait<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().build().unwrap();
    runtime.block_on(soon(future))
}

/// An executor without a thread: a task is polled where it is woken, within the waker.
struct InTheWaker {
    task: Mutex<Option<BoxFuture<'static, ()>>>,
    /// Wakes that nobody has answered by a look. Who comes while another looks leaves it to that.
    wakes: AtomicUsize,
}

impl InTheWaker {
    fn start(task: impl Future<Output = ()> + Send + 'static) {
        let task = Mutex::new(Some(Box::pin(task) as BoxFuture<'static, ()>));
        let wakes = AtomicUsize::new(0);
        Arc::new(InTheWaker { task, wakes }).wake();
    }
}

impl Wake for InTheWaker {
    fn wake(self: Arc<Self>) {
        let mut seen = 0;
        if self.wakes.fetch_add(1, Ordering::SeqCst) > 0 {
            return;
        }
        loop {
            seen += 1;
            let mut task = self.task.lock().unwrap();
            if let Some(running) = &mut *task
                && running
                    .as_mut()
                    .poll(&mut Context::from_waker(&self.clone().into()))
                    .is_ready()
            {
                *task = None;
            }
            drop(task);
            match self
                .wakes
                .compare_exchange(seen, 0, Ordering::SeqCst, Ordering::SeqCst)
            {
                Ok(_) => return,
                Err(now) => seen = now - 1,
            }
        }
    }
}

thread_local! {
    /// Whether this thread is waking somebody.
    static WAKES: Cell<bool> = const { Cell::new(false) };
}

/// Wakes, and knows that it does.
fn wake(waker: &Waker) {
    WAKES.set(true);
    waker.wake_by_ref();
    WAKES.set(false);
}

/// Polled and woken under one lock.
#[derive(Clone, Default)]
struct Locked(Arc<Mutex<(bool, Option<Waker>)>>);

impl Locked {
    fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        assert!(!WAKES.get(), "polled within a wake");
        let mut here = self.0.lock().unwrap();
        if here.0 {
            return Poll::Ready(());
        }
        here.1 = Some(cx.waker().clone());
        Poll::Pending
    }

    fn end(&self) {
        let mut here = self.0.lock().unwrap();
        here.0 = true;
        if let Some(waker) = &here.1 {
            wake(waker);
        }
    }
}

/// Locks what others hold for a moment only. It does not sleep: what the standard library does there,
/// ThreadSanitizer does not see.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    loop {
        match mutex.try_lock() {
            Ok(guard) => return guard,
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            Err(poisoned) => panic!("{poisoned}"),
        }
    }
}

/// What a Rust future waits for until a test ends it.
#[derive(Clone, Default)]
struct Later(Arc<(Mutex<Option<Waker>>, AtomicBool)>);

impl Later {
    /// Gives a number, once the end has come.
    fn number(&self, value: i64) -> FutureNumber {
        FutureNumber::infallible(self.value(value))
    }

    fn value<T: Copy + Send + 'static>(
        &self,
        value: T,
    ) -> impl Future<Output = T> + Send + 'static {
        let (waker, ended) = (self.clone(), self.clone());
        poll_fn(move |cx| {
            *lock(&waker.0.0) = Some(cx.waker().clone());
            match ended.0.1.load(Ordering::SeqCst) {
                true => Poll::Ready(value),
                false => Poll::Pending,
            }
        })
    }

    fn end(&self) {
        self.0.1.store(true, Ordering::SeqCst);
        let waker = lock(&self.0.0).take();
        waker.into_iter().for_each(Waker::wake);
    }
}
