//! The two words that a future or a stream is, in both languages.

use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll};

use crate::call::Caller;
use crate::elsewhere::Kept;

/// Whatever is polled, owned. Where both words are zero it is spent: it gave its result, or C++ has
/// moved it away and left zeros in a place that Rust looks at.
#[repr(C)]
pub(crate) struct Handle<P: 'static> {
    /// What `ops` is about.
    data: *mut (),
    ops: Option<&'static Ops<P>>,
}

/// What can be done with what `data` points to.
///
/// # Safety
///
/// Both functions take the `data` of the handle, and nobody else uses it meanwhile.
struct Ops<P> {
    poll: unsafe fn(*mut (), &mut Context<'_>) -> Poll<P>,
    drop: unsafe fn(*mut ()),
    kind: Kind,
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
}

// SAFETY: what it owns is `Send`; see the functions that make one.
unsafe impl<P> Send for Handle<P> {}

impl<P> Handle<P> {
    pub const fn spent() -> Self {
        Handle {
            data: ptr::null_mut(),
            ops: None,
        }
    }

    /// Of something in a box, which never moves again.
    pub fn boxed<F: Polled<Output = P> + Send + 'static>(polled: F) -> Self {
        Handle {
            data: Box::into_raw(Box::new(polled)).cast(),
            ops: Some(&Boxed::<F>::MADE),
        }
    }

    /// Of a call into C++.
    pub fn of_call<T: Send + 'static>(caller: Caller<T>) -> Self
    where
        P: OfCall<T>,
    {
        Handle {
            data: caller.into_raw(),
            ops: Some(&Called::<T, P>::OPS),
        }
    }

    /// The same, which keeps a value until nothing of what runs for it is left.
    pub fn keep<T: Send + 'static>(self, value: impl Send + 'static) -> Self
    where
        P: OfCall<T>,
    {
        let value = Kept::new(value);
        match self.ops.map(|ops| &ops.kind) {
            Some(Kind::Call) => {
                // SAFETY: a handle of this output was made by `of_call` for this `T`, of which the
                // output is made; the caller stays with the handle.
                let mut caller = unsafe { ManuallyDrop::new(Caller::<T>::from_raw(self.data)) };
                caller.keep(value);
                self
            }
            Some(Kind::Keeping) => {
                // SAFETY: that is what the data is, and nobody else uses it.
                let keeping = unsafe { &mut *self.data.cast::<Keeping<P>>() };
                keeping.kept = Some(match keeping.kept.take() {
                    Some(earlier) => earlier.and(value),
                    None => value,
                });
                self
            }
            Some(Kind::Made) => Handle {
                data: Box::into_raw(Box::new(Keeping {
                    polled: self,
                    is_last: P::is_last,
                    kept: Some(value),
                }))
                .cast(),
                ops: Some(&Boxed::<Keeping<P>>::KEEPING),
            },
            None => {
                value.go();
                self
            }
        }
    }

    pub fn is_call(&self) -> bool {
        self.ops.is_some_and(|ops| ops.kind == Kind::Call)
    }

    /// What it was; it is spent from now on.
    pub fn take(&mut self) -> Self {
        mem::replace(self, Self::spent())
    }

    /// None where it is spent.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Option<Poll<P>> {
        // SAFETY: the data is that of the functions, and ours.
        self.ops.map(|ops| unsafe { (ops.poll)(self.data, cx) })
    }
}

impl<P> Drop for Handle<P> {
    fn drop(&mut self) {
        if let Some(ops) = self.ops {
            // SAFETY: as above, and nobody uses it after this.
            unsafe { (ops.drop)(self.data) }
        }
    }
}

/// A future or a stream.
pub(crate) trait Polled {
    type Output: 'static;
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output>;
}

struct Boxed<F>(PhantomData<F>);

impl<F: Polled> Boxed<F> {
    const MADE: Ops<F::Output> = Self::ops(Kind::Made);
    const KEEPING: Ops<F::Output> = Self::ops(Kind::Keeping);

    const fn ops(kind: Kind) -> Ops<F::Output> {
        Ops {
            // SAFETY: the data is a box's, out of which nothing is ever moved.
            poll: |data, cx| unsafe { Pin::new_unchecked(&mut *data.cast::<F>()).poll(cx) },
            // SAFETY: as above, and it is not used any more.
            drop: |data| drop(unsafe { Box::from_raw(data.cast::<F>()) }),
            kind,
        }
    }
}

/// Keeps values as long as something that Rust has made.
struct Keeping<P: 'static> {
    polled: Handle<P>,
    is_last: fn(&P) -> bool,
    kept: Option<Kept>,
}

impl<P> Polled for Keeping<P> {
    type Output = P;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<P> {
        let this = self.get_mut();
        let polled = this.polled.poll(cx).unwrap_or(Poll::Pending);
        if let Poll::Ready(output) = &polled
            && (this.is_last)(output)
        {
            this.let_go();
        }
        polled
    }
}

impl<P> Keeping<P> {
    fn let_go(&mut self) {
        self.polled.take();
        if let Some(kept) = self.kept.take() {
            kept.go();
        }
    }
}

impl<P> Drop for Keeping<P> {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// How the caller of a coroutine is polled: for its result, or for the next item.
pub(crate) trait OfCall<T: Send + 'static>: Sized + 'static {
    fn poll(caller: &mut Caller<T>, cx: &mut Context<'_>) -> Poll<Self>;
    /// Whether nothing comes after it.
    fn is_last(&self) -> bool;
}

struct Called<T, P>(PhantomData<(T, P)>);

impl<T: Send + 'static, P: OfCall<T>> Called<T, P> {
    const OPS: Ops<P> = Ops {
        poll: |data, cx| {
            // SAFETY: the data is a caller's, which stays with the handle.
            let mut caller = unsafe { ManuallyDrop::new(Caller::from_raw(data)) };
            P::poll(&mut caller, cx)
        },
        // SAFETY: as above, and it is not used any more.
        drop: |data| drop(unsafe { Caller::<T>::from_raw(data) }),
        kind: Kind::Call,
    };
}
