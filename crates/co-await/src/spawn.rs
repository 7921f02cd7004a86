//! A Rust future for C++, run as a task of Tokio's.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::FutureExt;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::Error;
use crate::future::told;
use crate::vtable::panic_message;

/// The end that C++ holds. Dropped, the task is aborted.
pub(crate) struct Task<T>(JoinHandle<Result<T, Error>>);

impl<T: Send + 'static> Task<T> {
    pub fn start<E: Display>(
        runtime: &Handle,
        future: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Self {
        // The error is put into words within the task, where a panic in its `Display` is caught.
        Task(runtime.spawn(future.map(|result| result.map_err(told))))
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(cx).map(|joined| {
            joined.unwrap_or_else(|error| {
                Err(told(match error.try_into_panic() {
                    Ok(panic) => panic_message(&*panic),
                    Err(_) => "the Tokio runtime was shut down".into(),
                }))
            })
        })
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        // Nothing to abort where the task has ended.
        self.0.abort();
    }
}
