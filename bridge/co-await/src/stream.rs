//! A stream that both languages know, whichever of them made it.

use std::fmt::Display;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::StreamExt;
use futures::stream::poll_fn;

use crate::Error;
use crate::call::Caller;
use crate::error::told;
use crate::handle::{Handle, OfCall, Polled};
use crate::span::Span;

/// What both languages hold of a stream; for the two words see [`Handle`].
#[repr(transparent)]
pub struct Stream<T: Send + 'static>(Handle<Option<Result<T, Error>>>);

impl<T: Send + 'static> OfCall<T> for Option<Result<T, Error>> {
    fn poll(caller: &mut Caller<T>, cx: &mut Context<'_>) -> Poll<Self> {
        // Nothing comes after an error.
        caller.poll_next(cx)
    }

    fn is_last(&self) -> bool {
        self.is_none()
    }
}

/// A stream in a box.
struct Made<S>(S);

impl<S: futures::Stream<Item: 'static>> Polled for Made<S> {
    type Output = Option<S::Item>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the stream is pinned where this is.
        unsafe { self.map_unchecked_mut(|made| &mut made.0) }.poll_next(cx)
    }
}

impl<T: Send + 'static> From<Caller<T>> for Stream<T> {
    fn from(call: Caller<T>) -> Self {
        Stream(Handle::of_call(call))
    }
}

impl<T: Send + 'static> Stream<T> {
    fn of_rust(stream: impl futures::Stream<Item = Result<T, Error>> + Send + 'static) -> Self {
        let span = Span::current();
        Stream(if span.is_some() {
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
        Stream(self.0.keep(value))
    }
}

impl<T: Send + 'static> futures::Stream for Stream<T> {
    type Item = Result<T, Error>;

    /// Nothing comes after the end, nor where C++ has moved the stream away.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.0.poll(cx).unwrap_or(Poll::Ready(None));
        let is_over = match &polled {
            Poll::Ready(None) => true,
            Poll::Ready(Some(Err(_))) => self.0.is_call(),
            _ => false,
        };
        if is_over {
            // Not spent: C++ would take that for a stream that was moved away.
            self.0 = Handle::boxed(Made(futures::stream::empty()));
        }
        polled
    }
}
