//! The Rust end of what a C++ coroutine sends, held until C++ has let go of its own end.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures::Stream;
use tokio::runtime::Handle;

use crate::token::Call;

/// A future or stream from C++, seen as one thing: a channel of items that ends.
pub(crate) trait Channel: Unpin + Send + 'static {
    type Item: Send;

    /// Whether C++ finishes as soon as it has sent an item.
    const ENDS_WITH_ITEM: bool;

    /// The next item, or `None` when none can come any more. May be asked again after that.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::Item>>;
}

/// A channel of one item.
pub(crate) struct Single<F> {
    future: F,
    ended: bool,
}

impl<F> Single<F> {
    pub fn new(future: F) -> Self {
        Single {
            future,
            ended: false,
        }
    }
}

impl<F> Channel for Single<F>
where
    F: Future<Output: Send> + Unpin + Send + 'static,
{
    type Item = F::Output;

    const ENDS_WITH_ITEM: bool = true;

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let item = Pin::new(&mut self.future).poll(cx);
        self.ended = item.is_ready();
        item.map(Some)
    }
}

/// A channel of any number of items.
pub(crate) struct Multiple<S>(pub S);

impl<S> Channel for Multiple<S>
where
    S: Stream<Item: Send> + Unpin + Send + 'static,
{
    type Item = S::Item;

    const ENDS_WITH_ITEM: bool = false;

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // A stream of cxx-async may be polled after its end: it says again that it is closed.
        Pin::new(&mut self.0).poll_next(cx)
    }
}

/// The coroutine was destroyed without an end: no item will come.
pub(crate) struct Abandoned;

/// A channel, and the call that fills it. Whatever becomes of it, the channel is dropped only when
/// C++ has closed it: dropped before, it would start cxx-async's reaper, a thread that from then on
/// never rests (cxx-async 0.1.4, `CxxAsyncReceiver::drop` and `ExecletReaper::run`).
pub(crate) struct Held<C: Channel> {
    channel: Option<C>,
    keep: Option<Box<dyn Send>>,
    call: Arc<Call>,
}

impl<C: Channel> Held<C> {
    pub fn new(channel: C, call: Arc<Call>) -> Self {
        Held {
            channel: Some(channel),
            keep: None,
            call,
        }
    }

    /// Drops `value` when C++ has finished.
    pub fn keep(&mut self, value: impl Send + 'static) {
        self.keep = Some(Box::new(value));
    }

    /// The next item, or `None` when the channel has ended *and* C++ has finished.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<C::Item, Abandoned>>> {
        let quiet;
        let mut channel_cx = match C::ENDS_WITH_ITEM {
            true => {
                quiet = Waker::from(self.call.clone());
                Context::from_waker(&quiet)
            }
            false => Context::from_waker(cx.waker()),
        };
        while let Some(channel) = &mut self.channel {
            let mut had_finished = self.call.finished();
            if !had_finished {
                // Before anything is looked at, so that no end of C++ goes unnoticed.
                self.call.register(cx.waker());
                had_finished = self.call.finished();
            }
            match channel.poll_next(&mut channel_cx) {
                Poll::Ready(Some(item)) => return Poll::Ready(Some(Ok(item))),
                Poll::Ready(None) if self.call.finished() => self.channel = None,
                Poll::Pending if had_finished => {
                    leak(self.channel.take());
                    return Poll::Ready(Some(Err(Abandoned)));
                }
                // It finished while it was polled, so what it sent may have been missed.
                Poll::Pending if self.call.finished() => {}
                _ => return Poll::Pending,
            }
        }
        self.keep = None;
        Poll::Ready(None)
    }

    /// Nobody waits any more: tells C++, and has the runtime of this thread see the rest through.
    pub fn abandon(self) {
        if self.channel.is_none() || self.call.finished() {
            return;
        }
        self.call.cancel();
        // Polled on, for a coroutine may need it to get to its end: Folly's tasks run inside
        // `poll` unless they were put elsewhere. Without a runtime, `drop` does what it can.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(self);
        }
    }
}

/// The rest of a call that nobody waits for.
impl<C: Channel> Future for Held<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match self.poll_next(cx) {
                Poll::Ready(Some(_)) => {}
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<C: Channel> Drop for Held<C> {
    fn drop(&mut self) {
        if let Some(channel) = self.channel.take() {
            let keep = self.keep.take();
            self.call.leave(move || {
                settle(channel);
                drop(keep);
            });
        }
    }
}

/// Drops a channel of which C++ has let go.
fn settle(mut channel: impl Channel) {
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        match channel.poll_next(&mut cx) {
            Poll::Ready(Some(_)) => {}
            Poll::Ready(None) => return,
            Poll::Pending => return leak(channel),
        }
    }
}

/// C++ went away without closing the channel, and so would wake the reaper if it were dropped. It
/// holds next to nothing, and this happens only where an executor is destroyed with work in it.
fn leak<T>(channel: T) {
    mem::forget(channel);
}
