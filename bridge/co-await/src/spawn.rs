//! Rust futures and streams for C++, run as tasks of Tokio's.

use std::fmt::Display;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use futures::{FutureExt, Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::Error;
use crate::error::{panic_message, told};
use crate::span::Span;

/// The end that C++ holds. Dropped, the task is aborted.
pub(crate) struct Task<T>(JoinHandle<Result<T, Error>>);

impl<T: Send + 'static> Task<T> {
    pub fn start<E: Display>(
        runtime: &Handle,
        future: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Self {
        // The error is put into words within the task, where a panic in its `Display` is caught.
        Task(runtime.spawn(traced(future.map(|result| result.map_err(told)))))
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

/// The end of a stream that C++ holds. Dropped, the task is aborted.
pub(crate) struct Items<T> {
    items: mpsc::Receiver<Result<T, Error>>,
    /// None once its end was told.
    task: Option<Task<()>>,
}

impl<T: Send + 'static> Items<T> {
    pub fn start<E: Display>(
        runtime: &Handle,
        stream: impl Stream<Item = Result<T, E>> + Send + 'static,
        buffer: usize,
    ) -> Self {
        let (sender, items) = mpsc::channel(buffer);
        let task = Task::start(runtime, async move {
            let mut stream = pin!(stream.map(|item| item.map_err(told)));
            while let Some(item) = stream.next().await {
                if sender.send(item).await.is_err() {
                    break; // nobody reads any more
                }
            }
            Ok::<_, Error>(())
        });
        Items {
            items,
            task: Some(task),
        }
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    /// The items, and then, where the task did not come to its end, an error.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(item) = ready!(self.items.poll_recv(cx)) {
            return Poll::Ready(Some(item));
        }
        let Some(task) = &mut self.task else {
            return Poll::Ready(None);
        };
        let ended = ready!(task.poll_unpin(cx));
        self.task = None;
        Poll::Ready(ended.err().map(Err))
    }
}

/// Polled in the span that this thread is in.
fn traced<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let span = Span::current();
    async move {
        let mut future = pin!(future);
        std::future::poll_fn(|cx| span.in_scope(|| future.as_mut().poll(cx))).await
    }
}
