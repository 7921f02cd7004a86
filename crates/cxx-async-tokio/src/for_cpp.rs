//! Awaiting Rust from C++: a future that C++ may poll, on any thread.

use std::any::Any;
use std::fmt::Display;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};

use cxx_async::{CxxAsyncException, CxxAsyncResult};
use futures::FutureExt;
use futures::channel::oneshot;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// Runs a future as a task of a Tokio runtime, and gives what C++ may await in its stead.
///
/// C++ polls on threads of its own. A Tokio future polled there finds no timers and no sockets, a
/// panic in it ends the process, and one that wakes itself inside `poll` deadlocks (cxx-async 0.1.4
/// polls with a mutex held that its waker takes). Run as a task, the future has all that Tokio
/// gives it, and what C++ polls is the receiving end of a one-shot channel, which never wakes
/// itself.
///
/// ```ignore
/// fn fetch(key: String) -> RustFutureBytes {
///     RustFutureBytes::fallible(for_cpp(&runtime(), async move { store().get(key).await }))
/// }
/// ```
///
/// # Errors
///
/// C++ gets an exception with the message of the future's error, of its panic, or of the runtime
/// that was shut down before the task had ended. Dropped by C++, the task is aborted.
pub fn for_cpp<T, E>(
    runtime: &Handle,
    future: impl Future<Output = Result<T, E>> + Send + 'static,
) -> impl Future<Output = CxxAsyncResult<T>> + Send + 'static
where
    T: Send + 'static,
    E: Display,
{
    let (sender, receiver) = oneshot::channel();
    let task = runtime.spawn(async move {
        let result = match AssertUnwindSafe(future).catch_unwind().await {
            Ok(result) => result.map_err(|error| exception(error.to_string())),
            Err(panic) => Err(exception(panic_message(&*panic))),
        };
        // An error says that C++ has dropped its end.
        let _ = sender.send(result);
    });
    ForCpp {
        receiver,
        task: task.abort_handle(),
    }
}

/// The end that C++ polls.
struct ForCpp<T> {
    receiver: oneshot::Receiver<CxxAsyncResult<T>>,
    task: AbortHandle,
}

impl<T> Future for ForCpp<T> {
    type Output = CxxAsyncResult<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.receiver.poll_unpin(cx).map(|received| {
            received.unwrap_or_else(|_| Err(exception("the Tokio runtime was shut down")))
        })
    }
}

impl<T> Drop for ForCpp<T> {
    fn drop(&mut self) {
        // Nothing to abort where the task has ended.
        self.task.abort();
    }
}

fn exception(message: impl Into<Box<str>>) -> CxxAsyncException {
    CxxAsyncException::new(message.into())
}

/// What a panic said: `panic!` with a literal gives a `&str`, with arguments a `String`.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message = match panic.downcast_ref::<&str>() {
        Some(message) => Some(*message),
        None => panic.downcast_ref::<String>().map(String::as_str),
    };
    format!("panicked: {}", message.unwrap_or("without a message"))
}
