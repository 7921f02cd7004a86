//! Futures and streams that are polled, and dropped, within a Tokio runtime.

use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use tokio::runtime::Handle;

/// It knows the runtime wherever it is polled; who polls it is not a task of it.
pub struct Within<F> {
    runtime: Handle,
    /// Dropped within the runtime.
    inner: ManuallyDrop<F>,
}

impl<F> Within<F> {
    /// Within the runtime of that handle.
    pub fn new(runtime: &Handle, inner: F) -> Self {
        Within {
            runtime: runtime.clone(),
            inner: ManuallyDrop::new(inner),
        }
    }

    fn enter<T>(self: Pin<&mut Self>, body: impl FnOnce(Pin<&mut F>) -> T) -> T {
        // SAFETY: what is within stays where it is as long as this does.
        let this = unsafe { self.get_unchecked_mut() };
        let _entered = this.runtime.enter();
        // SAFETY: as above.
        body(unsafe { Pin::new_unchecked(&mut *this.inner) })
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.enter(|inner| inner.poll(cx))
    }
}

impl<S: Stream> Stream for Within<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.enter(|inner| inner.poll_next(cx))
    }
}

impl<F> Drop for Within<F> {
    fn drop(&mut self) {
        let _entered = self.runtime.enter();
        // SAFETY: it is not used after this.
        unsafe { ManuallyDrop::drop(&mut self.inner) }
    }
}
