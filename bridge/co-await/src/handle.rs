//! The two words that a future or a stream is, in both languages. They do not know its type: what
//! it comes to is put into a place whose shape is compared.

use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll};

use crate::Error;
use crate::call::Caller;
use crate::elsewhere::Kept;
use crate::error::told;
use crate::values::{Place, Shape};

/// Whatever is polled, owned. Where both words are zero it is spent: it gave its result, or C++ has
/// moved it away and left zeros in a place that Rust looks at.
#[repr(C)]
pub(crate) struct Handle {
    /// What `ops` is about.
    data: *mut (),
    ops: Option<&'static Ops>,
}

/// What a poll comes to.
pub(crate) enum Came {
    /// A value, in its place.
    Value,
    /// The end of a stream.
    End,
    Failed(Error),
}

/// What can be done with what `data` points to.
///
/// # Safety
///
/// Both functions take the `data` of the handle, and nobody else uses it meanwhile. There is the
/// place.
struct Ops {
    poll: unsafe fn(*mut (), &mut Context<'_>, Place) -> Poll<Came>,
    drop: unsafe fn(*mut ()),
    kind: Kind,
    is_stream: bool,
}

/// What the `data` of a handle is.
#[derive(PartialEq)]
enum Kind {
    /// A [`Caller`].
    Call,
    /// A box of a [`Keeping`].
    Keeping,
    /// A box of whatever else Rust has made.
    Made,
    /// Nothing: a stream that has come to its end.
    Ended,
}

// SAFETY: what it owns is `Send`; see the functions that make one.
unsafe impl Send for Handle {}

impl Handle {
    const fn spent() -> Self {
        Handle {
            data: ptr::null_mut(),
            ops: None,
        }
    }

    fn ended() -> Self {
        Handle {
            data: ptr::null_mut(),
            ops: Some(
                &const {
                    Ops {
                        poll: |_, _, _| Poll::Ready(Came::End),
                        drop: |_| {},
                        kind: Kind::Ended,
                        is_stream: true,
                    }
                },
            ),
        }
    }

    /// Of something in a box, which never moves again.
    pub fn boxed<F: Polled + Send + 'static>(polled: F) -> Self {
        Handle {
            data: Box::into_raw(Box::new(polled)).cast(),
            ops: Some(&Boxed::<F>::MADE),
        }
    }

    /// Of a call into C++.
    pub fn of_call(caller: Caller, is_stream: bool) -> Self {
        Handle {
            data: caller.into_raw(),
            ops: Some(if is_stream { &STREAMING } else { &CALLING }),
        }
    }

    /// The same, which keeps a value until nothing of what runs for it is left.
    pub fn keep(mut self, value: impl Send + 'static) -> Self {
        let value = Kept::new(value);
        if let Some(mut caller) = self.caller() {
            caller.keep(value);
            return self;
        }
        match self.ops {
            Some(ops) if ops.kind == Kind::Keeping => {
                // SAFETY: that is what the data is, and nobody else uses it.
                let keeping = unsafe { &mut *self.data.cast::<Keeping>() };
                keeping.kept = Some(match keeping.kept.take() {
                    Some(earlier) => earlier.and(value),
                    None => value,
                });
                self
            }
            Some(ops) if ops.kind == Kind::Made => {
                let is_stream = ops.is_stream;
                let keeping = Keeping {
                    polled: self,
                    kept: Some(value),
                };
                Handle {
                    data: Box::into_raw(Box::new(keeping)).cast(),
                    ops: Some(if is_stream {
                        &KEEPING_A_STREAM
                    } else {
                        &KEEPING_A_FUTURE
                    }),
                }
            }
            _ => {
                value.go();
                self
            }
        }
    }

    /// The caller, where it is one, which stays with the handle.
    fn caller(&mut self) -> Option<ManuallyDrop<Caller>> {
        let is_call = self.ops.is_some_and(|ops| ops.kind == Kind::Call);
        // SAFETY: that is what the data is, and nobody else uses it.
        is_call.then(|| ManuallyDrop::new(unsafe { Caller::from_raw(self.data) }))
    }

    pub fn is_spent(&self) -> bool {
        self.ops.is_none()
    }

    /// What it was; it is spent from now on.
    pub fn take(&mut self) -> Self {
        mem::replace(self, Self::spent())
    }

    /// Polls it. A future that is ready is spent, and a stream that is over has nothing more.
    ///
    /// # Safety
    ///
    /// There is the place.
    pub unsafe fn poll(&mut self, cx: &mut Context<'_>, place: Place) -> Poll<Came> {
        let Some(ops) = self.ops else {
            return Poll::Ready(Came::Failed(told(SPENT)));
        };
        // SAFETY: the data is that of the functions, and ours.
        let polled = unsafe { (ops.poll)(self.data, cx, place) };
        if let Poll::Ready(came) = &polled {
            match came {
                _ if !ops.is_stream => _ = self.take(),
                Came::End => *self = Self::ended(),
                // Nothing comes after it.
                Came::Failed(_) if ops.kind == Kind::Call => *self = Self::ended(),
                _ => {}
            }
        }
        polled
    }

    /// The same, for what comes to a `T`, or to its end.
    pub fn poll_for<T>(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        let mut value = MaybeUninit::<T>::uninit();
        let place = Place::new(&mut value);
        // SAFETY: it is here.
        unsafe { self.poll(cx, place) }.map(|came| match came {
            // SAFETY: it was put there.
            Came::Value => Some(Ok(unsafe { value.assume_init() })),
            Came::End => None,
            Came::Failed(error) => Some(Err(error)),
        })
    }
}

/// What is said of a future that is spent; C++ says the same of one that it has moved away.
const SPENT: &str = "this future was awaited, or moved away, before";

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(ops) = self.ops {
            // SAFETY: as above, and nobody uses it after this.
            unsafe { (ops.drop)(self.data) }
        }
    }
}

/// A future or a stream of Rust's.
pub(crate) trait Polled {
    /// Of a future its output, of a stream an item.
    type Value;
    const IS_STREAM: bool;
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>)
    -> Poll<Option<Result<Self::Value, Error>>>;
}

struct Boxed<F>(PhantomData<F>);

impl<F: Polled> Boxed<F> {
    const MADE: Ops = Ops {
        poll: |data, cx, place| {
            let here = Shape::of::<F::Value>();
            if place.shape != here {
                return Poll::Ready(Came::Failed(here.is_not(place.shape, "Rust")));
            }
            // SAFETY: the data is a box's, out of which nothing is ever moved.
            let polled = unsafe { Pin::new_unchecked(&mut *data.cast::<F>()) }.poll(cx);
            polled.map(|came| match came {
                None => Came::End,
                Some(Err(error)) => Came::Failed(error),
                Some(Ok(value)) => {
                    // SAFETY: the place is there, and of that shape.
                    unsafe { place.put(value) };
                    Came::Value
                }
            })
        },
        // SAFETY: as above, and it is not used any more.
        drop: |data| drop(unsafe { Box::from_raw(data.cast::<F>()) }),
        kind: Kind::Made,
        is_stream: F::IS_STREAM,
    };
}

/// Keeps values as long as something that Rust has made.
struct Keeping {
    polled: Handle,
    kept: Option<Kept>,
}

const KEEPING_A_FUTURE: Ops = Keeping::ops(false);
const KEEPING_A_STREAM: Ops = Keeping::ops(true);

impl Keeping {
    const fn ops(is_stream: bool) -> Ops {
        Ops {
            poll: |data, cx, place| {
                // SAFETY: that is what the data is, and nobody else uses it.
                let keeping = unsafe { &mut *data.cast::<Keeping>() };
                // SAFETY: the place is there.
                let polled = unsafe { keeping.polled.poll(cx, place) };
                let polled_on = keeping
                    .polled
                    .ops
                    .is_some_and(|ops| ops.kind != Kind::Ended);
                if !polled_on {
                    keeping.let_go();
                }
                polled
            },
            // SAFETY: as above, and it is not used any more.
            drop: |data| drop(unsafe { Box::from_raw(data.cast::<Keeping>()) }),
            kind: Kind::Keeping,
            is_stream,
        }
    }

    fn let_go(&mut self) {
        self.polled.take();
        if let Some(kept) = self.kept.take() {
            kept.go();
        }
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        self.let_go();
    }
}

const CALLING: Ops = Ops {
    poll: |data, cx, place| {
        // SAFETY: the data is a caller's, which stays with the handle; there is the place.
        unsafe { ManuallyDrop::new(Caller::from_raw(data)).poll(cx, place) }
    },
    drop: drop_caller,
    kind: Kind::Call,
    is_stream: false,
};

const STREAMING: Ops = Ops {
    poll: |data, cx, place| {
        // SAFETY: as above.
        unsafe { ManuallyDrop::new(Caller::from_raw(data)).poll_next(cx, place) }
    },
    drop: drop_caller,
    kind: Kind::Call,
    is_stream: true,
};

unsafe fn drop_caller(data: *mut ()) {
    // SAFETY: the data is a caller's, and is not used any more.
    drop(unsafe { Caller::from_raw(data) });
}
