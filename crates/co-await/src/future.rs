//! A future that both languages know, whichever of them made it.

use std::fmt::Display;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use cxx_async::CxxAsyncException;
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::Error;
use crate::call::Caller;
use crate::span::Span;

/// Two words, of which C++ knows only that both are zero when it has moved the future away: no
/// value of this type looks so.
pub struct Future<T: Send + 'static>(Maker<T>);

enum Maker<T: Send + 'static> {
    /// A C++ coroutine.
    Cpp(Caller<T>),
    /// Rust.
    Rust(BoxFuture<'static, Result<T, Error>>),
}

impl<T: Send + 'static> From<Caller<T>> for Future<T> {
    fn from(call: Caller<T>) -> Self {
        Future(Maker::Cpp(call))
    }
}

impl<T: Send + 'static> Future<T> {
    fn of_rust(
        future: impl std::future::Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Self {
        let span = Span::current();
        Future(Maker::Rust(if span.is_some() {
            let mut future = Box::pin(future);
            Box::pin(poll_fn(move |cx| span.in_scope(|| future.poll_unpin(cx))))
        } else {
            Box::pin(future)
        }))
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
    pub fn keep(mut self, value: impl Send + 'static) -> Self {
        match &mut self.0 {
            Maker::Cpp(call) => call.keep(value),
            Maker::Rust(future) => {
                let future = mem::replace(future, Box::pin(Spent::new()));
                self.0 = Maker::Rust(Box::pin(future.inspect(|_| drop(value))));
            }
        }
        self
    }
}

/// An error of Rust, as C++ is told of it.
pub(crate) fn told(error: impl Display) -> Error {
    CxxAsyncException::new(error.to_string().into()).into()
}

impl<T: Send + 'static> std::future::Future for Future<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = match &mut self.0 {
            Maker::Cpp(call) => call.poll(cx),
            Maker::Rust(future) => future.poll_unpin(cx),
        };
        if result.is_ready() {
            self.0 = Maker::Rust(Box::pin(Spent::new()));
        }
        result
    }
}

/// In the place of a future that has given its result. It has no size, so boxing it takes no memory.
struct Spent<T>(PhantomData<fn() -> T>);

impl<T> Spent<T> {
    fn new() -> Self {
        Spent(PhantomData)
    }
}

impl<T> std::future::Future for Spent<T> {
    type Output = Result<T, Error>;

    /// # Panics
    ///
    /// Always.
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        panic!("polled after it gave its result")
    }
}
