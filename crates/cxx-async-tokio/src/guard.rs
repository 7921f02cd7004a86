//! Awaiting C++ from Rust: never letting go of a future or stream before C++ has let go of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use cxx_async::{CxxAsyncException, CxxAsyncResult};
use futures::Stream;

use crate::held::{Abandoned, Held, Multiple, Single};
use crate::token::{Call, CallToken};

/// Why a call into C++ has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// C++ threw; this is what it said.
    #[error("{0}")]
    Exception(#[from] CxxAsyncException),
    /// The coroutine was destroyed before it had a result: its executor is gone.
    #[error("the C++ executor went away before the call had a result")]
    Abandoned,
}

/// Calls a C++ coroutine that returns a future, and awaits it safely.
///
/// `call` gets the token that the C++ function takes as its last parameter. The guard may be
/// dropped at any time: C++ is told through [`CallToken::cancelled`], and the Tokio runtime that
/// the guard is dropped in sees the rest through. Until then no runtime is needed.
///
/// ```ignore
/// let png = guard(|token| ffi::convert(jpeg, token)).await?;
/// ```
///
/// # Errors
///
/// [`Error::Exception`] with the message of what C++ threw, of whatever type;
/// [`Error::Abandoned`] when the coroutine is destroyed without a result.
pub fn guard<F, T>(call: impl FnOnce(Box<CallToken>) -> F) -> Guard<F, T>
where
    F: Future<Output = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
    let shared = Arc::<Call>::default();
    let future = call(CallToken::new(shared.clone()));
    Guard {
        held: Some(Held::new(Single::new(future), shared)),
        result: None,
    }
}

/// Calls a C++ coroutine that returns a stream, and reads it safely: [`guard`] for streams.
///
/// Dropped half way, it tells C++ and has the runtime drain what C++ still yields. A C++ stream
/// stops only at its end, so one without an end has to ask [`CallToken::cancelled`].
pub fn guard_stream<S, T>(call: impl FnOnce(Box<CallToken>) -> S) -> GuardStream<S, T>
where
    S: Stream<Item = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
    let shared = Arc::<Call>::default();
    let stream = call(CallToken::new(shared.clone()));
    GuardStream {
        held: Some(Held::new(Multiple(stream), shared)),
    }
}

/// The future of [`guard`].
#[must_use = "C++ has begun already; awaiting is how to learn the result"]
pub struct Guard<F, T>
where
    F: Future<Output = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
    /// `None` once the result was given.
    held: Option<Held<Single<F>>>,
    /// The result, while C++ has not finished yet.
    result: Option<CxxAsyncResult<T>>,
}

impl<F, T> Guard<F, T>
where
    F: Future<Output = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
    /// Keeps a value until C++ has finished, whether or not the guard is still there by then: a
    /// place in a queue, for instance, which the work occupies even when nobody waits for it.
    pub fn keep(mut self, value: impl Send + 'static) -> Self {
        if let Some(held) = &mut self.held {
            held.keep(value);
        }
        self
    }
}

// Nothing in it is ever pinned: the future from C++ is `Unpin`.
impl<F, T> Unpin for Guard<F, T>
where
    F: Future<Output = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
}

impl<F, T> Future for Guard<F, T>
where
    F: Future<Output = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
    type Output = Result<T, Error>;

    /// # Panics
    ///
    /// When polled after it gave its result.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let held = self.held.as_mut().expect("polled after the result");
            match ready!(held.poll_next(cx)) {
                Some(Ok(result)) => self.result = Some(result),
                Some(Err(Abandoned)) => break,
                None => break,
            }
        }
        self.held = None;
        Poll::Ready(match self.result.take() {
            Some(result) => result.map_err(Error::Exception),
            None => Err(Error::Abandoned),
        })
    }
}

impl<F, T> Drop for Guard<F, T>
where
    F: Future<Output = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            held.abandon();
        }
    }
}

/// The stream of [`guard_stream`].
#[must_use = "C++ has begun already; polling is how to learn what it yields"]
pub struct GuardStream<S, T>
where
    S: Stream<Item = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
    /// `None` once the stream is over.
    held: Option<Held<Multiple<S>>>,
}

impl<S, T> Stream for GuardStream<S, T>
where
    S: Stream<Item = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(held) = &mut self.held else {
            return Poll::Ready(None);
        };
        let item = ready!(held.poll_next(cx));
        if !matches!(item, Some(Ok(_))) {
            self.held = None;
        }
        Poll::Ready(item.map(|item| match item {
            Ok(item) => item.map_err(Error::Exception),
            Err(Abandoned) => Err(Error::Abandoned),
        }))
    }
}

impl<S, T> Drop for GuardStream<S, T>
where
    S: Stream<Item = CxxAsyncResult<T>> + Unpin + Send + 'static,
    T: Send + 'static,
{
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            held.abandon();
        }
    }
}
