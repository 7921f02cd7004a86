//! What happens to a Rust future, noted where it is polled: for those that no bridge is told of.

use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use co_await::recorder::record;

/// Notes that something happened for a client, or to its task: they have one number.
pub fn note(what: &str, number: usize) {
    record(what, ptr::without_provenance::<()>(number));
}

/// A future whose polls, wakes and drop are noted.
pub struct Noted<F> {
    future: Pin<Box<F>>,
    name: &'static str,
    number: usize,
    state: State,
}

enum State {
    New,
    Begun,
    Ready,
}

impl<F: Future> Noted<F> {
    /// What is noted begins with the name.
    pub fn new(name: &'static str, number: usize, future: F) -> Self {
        Noted {
            future: Box::pin(future),
            name,
            number,
            state: State::New,
        }
    }

    fn note(&self, what: &str) {
        note(&format!("{} {what}", self.name), self.number);
    }
}

impl<F: Future> Future for Noted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.note(match self.state {
            State::New => "begins",
            _ => "polled",
        });
        self.state = State::Begun;
        let waker = NotedWaker {
            waker: cx.waker().clone(),
            name: self.name,
            number: self.number,
        };
        let waker = waker.into_waker();
        let polled = self.future.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_ready() {
            self.state = State::Ready;
        }
        self.note(match self.state {
            State::Ready => "ready",
            _ => "pending",
        });
        polled
    }
}

impl<F> Drop for Noted<F> {
    fn drop(&mut self) {
        if matches!(self.state, State::Begun) {
            note(&format!("{} dropped", self.name), self.number);
        }
    }
}

/// A waker that notes who keeps it, and who wakes by it.
struct NotedWaker {
    waker: Waker,
    name: &'static str,
    number: usize,
}

impl NotedWaker {
    fn into_waker(self) -> Waker {
        let data = Arc::into_raw(Arc::new(self)).cast();
        // SAFETY: the functions count references to what is in the `Arc`, which any thread may use.
        unsafe { Waker::new(data, &Self::TABLE) }
    }

    const TABLE: RawWakerVTable = RawWakerVTable::new(
        |data| {
            // SAFETY: a waker holds a reference.
            unsafe { Arc::increment_strong_count(data.cast::<Self>()) };
            Self::on(data, |noted| noted.note("keeps"));
            RawWaker::new(data, &Self::TABLE)
        },
        |data| {
            Self::on(data, Self::wake);
            // SAFETY: as above; it is given up.
            unsafe { Arc::decrement_strong_count(data.cast::<Self>()) };
        },
        |data| Self::on(data, Self::wake),
        // SAFETY: as above.
        |data| unsafe { Arc::decrement_strong_count(data.cast::<Self>()) },
    );

    fn on(data: *const (), act: impl FnOnce(&Self)) {
        // SAFETY: a waker holds a reference.
        act(unsafe { &*data.cast::<Self>() });
    }

    fn wake(&self) {
        self.note("woken");
        self.waker.wake_by_ref();
    }

    fn note(&self, what: &str) {
        note(&format!("{} {what}", self.name), self.number);
    }
}
