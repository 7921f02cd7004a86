//! A future that both languages know, whichever of them made it.

use std::fmt::Display;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::FutureExt;

use crate::Error;
use crate::call::Caller;
use crate::error::told;
use crate::handle::{Handle, OfCall, Polled};
use crate::span::Span;

/// What both languages hold of a future; for the two words see [`Handle`].
#[repr(transparent)]
pub struct Future<T: Send + 'static>(Handle<Result<T, Error>>);

impl<T: Send + 'static> OfCall<T> for Result<T, Error> {
    fn poll(caller: &mut Caller<T>, cx: &mut Context<'_>) -> Poll<Self> {
        caller.poll(cx)
    }

    fn is_last(&self) -> bool {
        true
    }
}

/// A future in a box.
struct Made<F>(F);

impl<F: std::future::Future<Output: 'static>> Polled for Made<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: the future is pinned where this is.
        unsafe { self.map_unchecked_mut(|made| &mut made.0) }.poll(cx)
    }
}

impl<T: Send + 'static> From<Caller<T>> for Future<T> {
    fn from(call: Caller<T>) -> Self {
        Future(Handle::of_call(call))
    }
}

impl<T: Send + 'static> Future<T> {
    fn of_rust(
        future: impl std::future::Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Self {
        let span = Span::current();
        Future(if span.is_some() {
            let mut future = Box::pin(future);
            Handle::boxed(Made(poll_fn(move |cx| {
                span.in_scope(|| future.poll_unpin(cx))
            })))
        } else {
            Handle::boxed(Made(future))
        })
    }

    /// Of Rust that cannot fail.
    pub fn infallible(future: impl std::future::Future<Output = T> + Send + 'static) -> Self {
        Self::of_rust(future.map(Ok))
    }

    /// Of Rust that may fail.
    pub fn fallible<E: Display>(
        future: impl std::future::Future<Output = Result<T, E>> + Send + 'static,
    ) -> Self {
        Self::of_rust(future.map(|result| result.map_err(told)))
    }

    /// Of a task of Tokio's.
    #[cfg(feature = "tokio")]
    pub fn spawn<E: Display>(
        runtime: &tokio::runtime::Handle,
        future: impl std::future::Future<Output = Result<T, E>> + Send + 'static,
    ) -> Self {
        Self::of_rust(crate::spawn::Task::start(runtime, future))
    }

    /// Keeps a value until nothing of what runs for this is left.
    pub fn keep(self, value: impl Send + 'static) -> Self {
        Future(self.0.keep(value))
    }
}

impl<T: Send + 'static> std::future::Future for Future<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(polled) = self.0.poll(cx) else {
            return Poll::Ready(Err(told(SPENT)));
        };
        if polled.is_ready() {
            self.0.take();
        }
        polled
    }
}

/// What is said of a future that is spent; C++ says the same of one that it has moved away.
const SPENT: &str = "this future was awaited, or moved away, before";
