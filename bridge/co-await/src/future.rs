//! A future that both languages know, whichever of them made it.

use std::fmt::Display;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::FutureExt;

use crate::Error;
use crate::error::told;
use crate::handle::{Handle, Polled};
use crate::span::Span;

/// What an `async fn` between the languages gives: a coroutine of C++'s that has begun, or a future
/// of Rust's for C++. Dropped, it ends what it stands for where that waits.
// For its two words see `Handle`.
#[must_use = "C++ has begun already; awaiting is how to learn the result"]
#[repr(transparent)]
pub struct Future<T: Send + 'static>(Handle, PhantomData<fn() -> T>);

/// A future in a box.
struct Made<F>(F);

impl<T, F: std::future::Future<Output = Result<T, Error>>> Polled for Made<F> {
    type Value = T;
    const IS_STREAM: bool = false;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        // SAFETY: the future is pinned where this is.
        unsafe { self.map_unchecked_mut(|made| &mut made.0) }
            .poll(cx)
            .map(Some)
    }
}

impl<T: Send + 'static> Future<T> {
    fn of(handle: Handle) -> Self {
        Future(handle, PhantomData)
    }

    fn of_rust(
        future: impl std::future::Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Self {
        let span = Span::current();
        Self::of(if span.is_some() {
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
        Self::of(self.0.keep(value))
    }
}

impl<T: Send + 'static> std::future::Future for Future<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0
            .poll_for(cx)
            .map(|came| came.unwrap_or(Err(Error::Abandoned)))
    }
}
