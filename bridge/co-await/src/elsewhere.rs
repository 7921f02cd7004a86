//! What may not happen in the thread in which it comes up happens in a thread of ours.
//!
//! - Values that Rust kept for a call. They may own the very pool whose thread lets go of them, and
//!   no thread can join itself; a destructor may panic, and no panic may cross into C++.
//! - Turns that nobody else would take: of a coroutine that has no executor of its own, and is woken;
//!   for a waker may hold a lock that the coroutine wants.
//!
//! The threads are started when they are needed, and end when there is nothing to do.

use std::any::{Any, TypeId};
use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::Error;
use crate::error::{panic_message, told};
use crate::turn::Turn;

/// One that blocks holds up no other, unless so many do.
const THREADS: usize = 64;
/// How long a thread waits for more to do.
const PATIENCE: Duration = Duration::from_secs(5);

enum Job {
    Drop(Box<dyn Send>),
    Take(*mut Turn),
}

// SAFETY: whoever hands a turn over lets any thread take it.
unsafe impl Send for Job {}

impl Job {
    fn run(self) {
        match self {
            Job::Drop(value) => drop_quietly(value),
            // SAFETY: it was handed over, and nobody else takes it.
            Job::Take(turn) => unsafe { Turn::take(turn) },
        }
    }
}

#[derive(Default)]
struct Threads {
    jobs: VecDeque<Job>,
    idle: usize,
    running: usize,
}

static THREADS_OF_OURS: Mutex<Threads> = Mutex::new(Threads {
    jobs: VecDeque::new(),
    idle: 0,
    running: 0,
});
static MORE: Condvar = Condvar::new();

fn threads() -> MutexGuard<'static, Threads> {
    THREADS_OF_OURS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// Drops a value in a thread of ours, some time after this has returned.
pub(crate) fn drop_elsewhere(value: impl Send + 'static) {
    run(Job::Drop(Box::new(value)));
}

/// Takes a turn, which was handed over, in a thread of ours.
pub(crate) fn take_elsewhere(turn: *mut Turn) {
    run(Job::Take(turn));
}

fn run(job: Job) {
    let mut threads = threads();
    threads.jobs.push_back(job);
    if threads.idle >= threads.jobs.len() || threads.running >= THREADS {
        MORE.notify_one();
        return;
    }
    threads.running += 1;
    drop(threads);
    let started = thread::Builder::new().name("co-await".into()).spawn(work);
    if started.is_err() {
        // The system lets us have no thread.
        let mut threads = self::threads();
        threads.running -= 1;
        let job = (threads.running == 0).then(|| threads.jobs.pop_front());
        drop(threads);
        if let Some(job) = job.flatten() {
            job.run();
        }
    }
}

fn work() {
    let mut threads = threads();
    loop {
        if let Some(job) = threads.jobs.pop_front() {
            drop(threads);
            job.run();
            threads = self::threads();
            continue;
        }
        threads.idle += 1;
        let (again, waited) = MORE
            .wait_timeout(threads, PATIENCE)
            .unwrap_or_else(PoisonError::into_inner);
        threads = again;
        threads.idle -= 1;
        if waited.timed_out() && threads.jobs.is_empty() {
            threads.running -= 1;
            return;
        }
    }
}

thread_local! {
    /// How many functions that C++ called are on this thread's stack, of those that run what Rust
    /// wrote: wakers, futures, destructors.
    static BELOW: Cell<u32> = const { Cell::new(0) };
}

/// Runs what C++ has called: a thread of a pool may be below us.
pub(crate) fn above_cpp<T>(body: impl FnOnce() -> T) -> T {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            BELOW.set(BELOW.get() - 1);
        }
    }
    BELOW.set(BELOW.get() + 1);
    let _leave = Leave;
    body()
}

/// Whether a function that C++ called is on this thread's stack.
pub(crate) fn cpp_is_below() -> bool {
    BELOW.get() != 0
}

/// Drops a value: here, unless C++ is below us.
pub(crate) fn drop_where_one_may(value: impl Send + 'static) {
    if cpp_is_below() {
        drop_elsewhere(value);
    } else {
        drop_quietly(value);
    }
}

/// What this comes to; a panic, of which the panic hook has told, is an error.
pub(crate) fn caught<T>(body: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|panic| {
        let message = panic_message(&*panic);
        drop_quietly(panic);
        told(message)
    })
}

/// Drops a value; a panic has been told of by the panic hook, and goes no further.
pub(crate) fn drop_quietly<T>(value: T) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
}

/// What Rust keeps for a call. Whoever has it says where it goes.
pub(crate) struct Kept(Box<dyn Any + Send>);

impl Kept {
    pub fn new<V: Send + 'static>(value: V) -> Self {
        Kept(if may_not_go_in_a_task::<V>() {
            Box::new(Elsewhere(Some(value)))
        } else {
            Box::new(value)
        })
    }

    /// This, and one more, which goes after it.
    pub fn and(mut self, later: Kept) -> Self {
        if let Some(Several(all)) = self.0.downcast_mut() {
            all.push(later);
            return self;
        }
        Kept(Box::new(Several(vec![self, later])))
    }

    /// Lets go of it in a thread of ours.
    pub fn go_elsewhere(self) {
        run(Job::Drop(self.0));
    }

    /// Lets go of it, here unless C++ is below us.
    pub fn go(self) {
        drop_where_one_may(self.0);
    }
}

struct Several(Vec<Kept>);

impl Drop for Several {
    fn drop(&mut self) {
        self.0.drain(..).for_each(drop_quietly);
    }
}

/// Goes in a thread of ours, wherever it is dropped.
struct Elsewhere<V: Send + 'static>(Option<V>);

impl<V: Send + 'static> Drop for Elsewhere<V> {
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            drop_elsewhere(value);
        }
    }
}

/// A runtime of Tokio's panics where it is dropped within a task.
#[cfg(feature = "tokio")]
fn may_not_go_in_a_task<V: 'static>() -> bool {
    use std::sync::Arc;
    use tokio::runtime::Runtime;
    [
        TypeId::of::<Runtime>(),
        TypeId::of::<Arc<Runtime>>(),
        TypeId::of::<Box<Runtime>>(),
        TypeId::of::<Option<Runtime>>(),
    ]
    .contains(&TypeId::of::<V>())
}

#[cfg(not(feature = "tokio"))]
fn may_not_go_in_a_task<V: 'static>() -> bool {
    let _ = TypeId::of::<V>();
    false
}
