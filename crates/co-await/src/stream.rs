//! A stream that both languages know, whichever of them made it.

use std::fmt::Display;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::StreamExt;
use futures::stream::{BoxStream, poll_fn};

use crate::Error;
use crate::call::Caller;
use crate::future::told;
use crate::span::Span;

/// Two words, as [`Future`](crate::future::Future) is.
pub struct Stream<T: Send + 'static>(Maker<T>);

enum Maker<T: Send + 'static> {
    /// A C++ coroutine.
    Cpp(Caller<T>),
    /// Rust.
    Rust(BoxStream<'static, Result<T, Error>>),
}

impl<T: Send + 'static> From<Caller<T>> for Stream<T> {
    fn from(call: Caller<T>) -> Self {
        Stream(Maker::Cpp(call))
    }
}

impl<T: Send + 'static> Stream<T> {
    fn of_rust(stream: impl futures::Stream<Item = Result<T, Error>> + Send + 'static) -> Self {
        let span = Span::current();
        Stream(Maker::Rust(if span.is_some() {
            let mut stream = Box::pin(stream);
            Box::pin(poll_fn(move |cx| {
                span.in_scope(|| stream.poll_next_unpin(cx))
            }))
        } else {
            Box::pin(stream)
        }))
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
    pub fn keep(mut self, value: impl Send + 'static) -> Self {
        match &mut self.0 {
            Maker::Cpp(call) => call.keep(value),
            Maker::Rust(stream) => {
                let stream = mem::replace(stream, Box::pin(futures::stream::empty()));
                let mut kept = Some(value);
                let at_the_end = poll_fn(move |_| {
                    kept.take();
                    Poll::Ready(None)
                });
                self.0 = Maker::Rust(Box::pin(stream.chain(at_the_end)));
            }
        }
        self
    }
}

impl<T: Send + 'static> futures::Stream for Stream<T> {
    type Item = Result<T, Error>;

    /// Nothing comes after an error, nor after the end.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let (item, ends_with_error) = match &mut self.0 {
            Maker::Cpp(call) => (ready!(call.poll_next(cx)), true),
            Maker::Rust(stream) => (ready!(stream.poll_next_unpin(cx)), false),
        };
        if item.is_none() || ends_with_error && matches!(item, Some(Err(_))) {
            self.0 = Maker::Rust(Box::pin(futures::stream::empty()));
        }
        Poll::Ready(item)
    }
}
