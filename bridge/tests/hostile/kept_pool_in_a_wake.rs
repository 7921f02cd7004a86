//! A call keeps the last reference to its pool, and ends where a thread of that pool wakes somebody
//! who polls or drops it on the spot: a coroutine of another kind, an executor without a thread, a
//! waker that drops. What is kept goes, and never in a thread of C++, which would join itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake};
use std::time::Duration;

use cxx::UniquePtr;
use futures::StreamExt;
use futures::future::BoxFuture;

use super::{FutureNumber, InTheWaker, StreamNumber, lock};
use crate::ffi::{Pool, new_pool, thread_id};
use crate::waiting::until_no_frame_is_left;

#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Told;
        fn tell(self: &Told, thread: i64);
    }

    unsafe extern "C++" {
        include!("bridge-tests/hostile/kept_pool_in_a_wake.h");

        type FutureNumber = super::FutureNumber;
        type StreamNumber = super::StreamNumber;
        type Pool = crate::ffi::Pool;

        fn thread_of(pool: &Pool) -> FutureNumber;
        fn threads_of(pool: &Pool, times: i64) -> StreamNumber;
        fn stranger_awaits(future: FutureNumber, told: Box<Told>);
        fn stranger_reads(stream: StreamNumber, told: Box<Told>);
    }
}

/// Is told the thread of the pool.
struct Told(Sender<i64>);

impl Told {
    fn tell(&self, thread: i64) {
        self.0.send(thread).unwrap();
    }
}

/// The last that refers to a pool, and tells in which thread it goes.
struct Kept(Option<Arc<UniquePtr<Pool>>>, Sender<i64>);

impl Drop for Kept {
    fn drop(&mut self) {
        self.1.send(thread_id() as i64).unwrap();
        self.0.take();
    }
}

const ROUNDS: usize = 50;

/// Makes calls that keep their pool, and says how each of them ends.
fn each_goes_elsewhere<C>(call: impl Fn(&Pool, Kept) -> C, ends: impl Fn(C, Sender<i64>)) {
    for _ in 0..ROUNDS {
        let (told, thread) = channel();
        let (dropped, dropped_in) = channel();
        let pool = Arc::new(new_pool(1));
        ends(call(&pool, Kept(Some(pool.clone()), dropped)), told);
        drop(pool);
        let soon = Duration::from_secs(60);
        // Whoever is told nothing has dropped the call.
        let thread = thread.recv_timeout(soon).unwrap_or(-1);
        assert_ne!(dropped_in.recv_timeout(soon).unwrap(), thread);
        until_no_frame_is_left();
    }
}

fn future(pool: &Pool, kept: Kept) -> FutureNumber {
    ffi::thread_of(pool).keep(kept)
}

fn stream(pool: &Pool, kept: Kept) -> StreamNumber {
    ffi::threads_of(pool, 3).keep(kept)
}

/// Polls a future once; woken, it drops the future, and tells in which thread it does.
struct DropsIt {
    task: Mutex<Option<BoxFuture<'static, ()>>>,
    /// And one more while it is polled: a future may wake who polls it within that.
    wakes: AtomicUsize,
    told: Mutex<Sender<i64>>,
}

impl DropsIt {
    fn start(task: impl Future<Output = ()> + Send + 'static, told: Sender<i64>) {
        let drops = Arc::new(DropsIt {
            task: Mutex::new(None),
            wakes: AtomicUsize::new(1),
            told: Mutex::new(told),
        });
        let waker = drops.clone().into();
        let mut task = Box::pin(task);
        if task
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            // It had ended before: nobody wakes, and all may go here.
            return;
        }
        *lock(&drops.task) = Some(task);
        if drops.wakes.fetch_sub(1, Ordering::SeqCst) > 1 {
            drops.drop_it();
        }
    }

    fn drop_it(&self) {
        let task = lock(&self.task).take();
        if task.is_some() {
            drop(task);
            lock(&self.told).send(thread_id() as i64).unwrap();
        }
    }
}

impl Wake for DropsIt {
    fn wake(self: Arc<Self>) {
        if self.wakes.fetch_add(1, Ordering::SeqCst) == 0 {
            self.drop_it();
        }
    }
}

async fn tells(future: FutureNumber, told: Sender<i64>) {
    told.send(future.await.unwrap()).unwrap();
}

async fn tells_last(stream: StreamNumber, told: Sender<i64>) {
    let threads: Vec<_> = stream.map(Result::unwrap).collect().await;
    told.send(*threads.last().unwrap()).unwrap();
}

pub fn run() {
    // By a coroutine of another kind.
    each_goes_elsewhere(future, |future, told| {
        ffi::stranger_awaits(future, Box::new(Told(told)));
    });
    each_goes_elsewhere(stream, |stream, told| {
        ffi::stranger_reads(stream, Box::new(Told(told)));
    });
    // By a waker that polls.
    each_goes_elsewhere(future, |future, told| {
        InTheWaker::start(tells(future, told))
    });
    each_goes_elsewhere(stream, |stream, told| {
        InTheWaker::start(tells_last(stream, told))
    });
    // The same, with what is kept in a future of Rust's.
    each_goes_elsewhere(
        |pool, kept| {
            let call = ffi::thread_of(pool);
            FutureNumber::fallible(call).keep(kept)
        },
        |future, told| InTheWaker::start(tells(future, told)),
    );
    // By a waker that drops.
    each_goes_elsewhere(future, |future, told| {
        DropsIt::start(async { _ = future.await }, told);
    });
    each_goes_elsewhere(stream, |mut stream, told| {
        DropsIt::start(async move { _ = stream.next().await }, told);
    });
}
