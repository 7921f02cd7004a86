//! A stream that both languages know, whichever of them made it.

use std::fmt::Display;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::StreamExt;
use futures::stream::poll_fn;

use crate::Error;
use crate::error::told;
use crate::handle::{Handle, Polled};
use crate::span::Span;

/// A stream between the languages: of a coroutine of C++'s that has begun, or of Rust's for C++.
/// Dropped, it ends what writes it where that waits.
// For its two words see `Handle`.
#[must_use = "C++ has begun already; reading is how to learn what it yields"]
#[repr(transparent)]
pub struct Stream<T: Send + 'static>(Handle, PhantomData<fn() -> T>);

/// A stream in a box.
struct Made<S>(S);

impl<T, S: futures::Stream<Item = Result<T, Error>>> Polled for Made<S> {
    type Value = T;
    const IS_STREAM: bool = true;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        // SAFETY: the stream is pinned where this is.
        unsafe { self.map_unchecked_mut(|made| &mut made.0) }.poll_next(cx)
    }
}

impl<T: Send + 'static> Stream<T> {
    fn of(handle: Handle) -> Self {
        Stream(handle, PhantomData)
    }

    fn of_rust(stream: impl futures::Stream<Item = Result<T, Error>> + Send + 'static) -> Self {
        let span = Span::current();
        Self::of(if span.is_some() {
            let mut stream = Box::pin(stream);
            Handle::boxed(Made(poll_fn(move |cx| {
                span.in_scope(|| stream.poll_next_unpin(cx))
            })))
        } else {
            Handle::boxed(Made(stream))
        })
    }

    /// Of Rust that cannot fail.
    pub fn infallible(stream: impl futures::Stream<Item = T> + Send + 'static) -> Self {
        Self::of_rust(stream.map(Ok))
    }

    /// Of Rust that may fail.
    pub fn fallible<E: Display>(
        stream: impl futures::Stream<Item = Result<T, E>> + Send + 'static,
    ) -> Self {
        Self::of_rust(stream.map(|item| item.map_err(told)))
    }

    /// Of a task of Tokio's, which may be so many items ahead of its reader.
    #[cfg(feature = "tokio")]
    pub fn spawn<E: Display>(
        runtime: &tokio::runtime::Handle,
        stream: impl futures::Stream<Item = Result<T, E>> + Send + 'static,
        buffer: usize,
    ) -> Self {
        Self::of_rust(crate::spawn::Items::start(runtime, stream, buffer))
    }

    /// Keeps a value until nothing of what runs for this is left.
    pub fn keep(self, value: impl Send + 'static) -> Self {
        Self::of(self.0.keep(value))
    }
}

impl<T: Send + 'static> futures::Stream for Stream<T> {
    type Item = Result<T, Error>;

    /// Nothing comes after the end, nor where C++ has moved the stream away.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.0.is_spent() {
            return Poll::Ready(None);
        }
        self.0.poll_for(cx)
    }
}
