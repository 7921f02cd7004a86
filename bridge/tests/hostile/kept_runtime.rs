//! A call that is awaited within a task keeps another Tokio runtime, which cannot be dropped there:
//! the result arrives, and nothing panics. Of a structure with one in it, a panic goes no further.

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use tokio::runtime::{Builder, Runtime};

use super::out_of_memory::ffi as calls;
use super::{FutureNumber, StreamNumber};
use crate::ffi::new_pool;
use crate::waiting::{soon, until_no_frame_is_left};

fn runtime() -> Runtime {
    let builder = Builder::new_multi_thread();
    { builder }.worker_threads(1).enable_time().build().unwrap()
}

/// Whether or not the call has ended before it is looked at.
async fn keeps(keep: impl Fn(FutureNumber) -> FutureNumber) {
    let pool = new_pool(1);
    for _ in 0..10 {
        assert_eq!(soon(keep(calls::one_in(&pool))).await.unwrap(), 1);
        assert_eq!(soon(keep(calls::one_at_once())).await.unwrap(), 1);
        assert_eq!(
            soon(keep(FutureNumber::infallible(async { 1 })))
                .await
                .unwrap(),
            1
        );
        drop(keep(calls::one_in(&pool)));
        drop(keep(calls::one_at_once()));
    }
}

async fn stream_keeps(keep: impl Fn(StreamNumber) -> StreamNumber) {
    let pool = new_pool(1);
    for _ in 0..10 {
        assert_eq!(soon(keep(calls::ones_in(&pool, 3)).count()).await, 3);
        drop(keep(calls::ones_in(&pool, 3)));
    }
}

struct Holds {
    _runtime: Runtime,
}

pub fn run() {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        told(panic);
    }));
    let own = runtime();
    let task = own.spawn(async {
        keeps(|call| call.keep(runtime())).await;
        keeps(|call| call.keep(Arc::new(runtime()))).await;
        keeps(|call| call.keep(runtime()).keep(1).keep(Arc::new(runtime()))).await;
        stream_keeps(|stream| stream.keep(runtime())).await;
        assert_eq!(PANICS.load(Ordering::SeqCst), 0);
        // What is in there the bridge does not see.
        keeps(|call| {
            call.keep(Holds {
                _runtime: runtime(),
            })
        })
        .await;
    });
    own.block_on(task).unwrap();
    until_no_frame_is_left();
}
