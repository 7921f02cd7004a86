//! What the functions of a bridge do around a call.

use std::convert::Infallible;
use std::sync::Arc;

use cxx::memory::{SharedPtrTarget, UniquePtrTarget};
use cxx::{SharedPtr, UniquePtr};

use crate::Error;
use crate::call::ended_by_its_object;
use crate::elsewhere::caught;
use crate::error::told;
use crate::future::Future;
use crate::stream::Stream;

/// Whoever keeps a C++ object as long as its calls run: `SharedPtr<T>`, `Arc<UniquePtr<T>>`, and
/// `&'static T`. The asynchronous functions of a C++ type are called on one of these, of which each
/// call has a copy until nothing is left of what C++ runs for it.
///
/// # Safety
///
/// The object stays where it is, as long as there is this or a copy of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not keep a `{T}` as long as its calls run",
    label = "call it on a `SharedPtr<{T}>`, an `Arc<UniquePtr<{T}>>` or a `&'static {T}`"
)]
pub unsafe trait Owner<T>: Clone + Send + 'static {
    /// Whether the object stays in any case.
    const IS_STATIC: bool = false;

    /// The object; none where the pointer is null.
    fn object(&self) -> Option<&T>;
}

// SAFETY: it counts who refers to the object.
unsafe impl<T: SharedPtrTarget + Send + Sync + 'static> Owner<T> for SharedPtr<T> {
    fn object(&self) -> Option<&T> {
        self.as_ref()
    }
}

// SAFETY: as above, and nobody moves out of it.
unsafe impl<T: UniquePtrTarget + Send + Sync + 'static> Owner<T> for Arc<UniquePtr<T>> {
    fn object(&self) -> Option<&T> {
        self.as_ref().as_ref()
    }
}

// SAFETY: it stays as long as the program runs.
unsafe impl<T: Sync + 'static> Owner<T> for &'static T {
    const IS_STATIC: bool = true;

    fn object(&self) -> Option<&T> {
        Some(self)
    }
}

/// A future or a stream that C++ makes.
pub trait Called: Sized {
    /// One that has nothing but an error.
    fn failed(error: Error) -> Self;
    /// Keeps a value until nothing of what runs for this is left.
    fn keeping(self, value: impl Send + 'static) -> Self;
}

impl<T: Send + 'static> Called for Future<T> {
    fn failed(error: Error) -> Self {
        Future::fallible(std::future::ready(Err(error)))
    }

    fn keeping(self, value: impl Send + 'static) -> Self {
        self.keep(value)
    }
}

impl<T: Send + 'static> Called for Stream<T> {
    fn failed(error: Error) -> Self {
        Stream::fallible(futures::stream::iter([Err(error)]))
    }

    fn keeping(self, value: impl Send + 'static) -> Self {
        self.keep(value)
    }
}

/// Calls C++. What it throws before there is a coroutine is an error like any other.
pub fn call<C: Called>(begin: impl FnOnce() -> Result<C, cxx::Exception>) -> C {
    begin().unwrap_or_else(|exception| C::failed(told(exception)))
}

/// The same on an object, which stays until the call is over.
pub fn call_on<T, O: Owner<T>, C: Called>(
    owner: &O,
    begin: impl FnOnce(&T) -> Result<C, cxx::Exception>,
) -> C {
    let kept = owner.clone();
    let Some(object) = kept.object() else {
        return C::failed(told("the C++ object is not there: its pointer is null"));
    };
    let called = call(|| begin(object));
    if O::IS_STATIC {
        return called;
    }
    called.keeping(kept)
}

/// The same on an object whose destructor ends its calls, so that nobody needs to keep it.
pub fn call_ended_by_its_object<C: Called>(begin: impl FnOnce() -> Result<C, cxx::Exception>) -> C {
    ended_by_its_object(|| call(begin))
}

/// Makes a future for C++, of what may panic while it begins.
pub fn made<C: Called>(make: impl FnOnce() -> C) -> C {
    caught(make).unwrap_or_else(C::failed)
}

/// Compiles for what goes to C++ and may be there in any thread, as long as it takes.
pub const fn goes_to_cpp<T: Send + 'static>(_: &T) {}

/// Compiles for what C++ holds in any thread, as long as it likes.
pub const fn is_held_by_calls<T: Send + Sync + 'static>() {}

/// An error, or none: what a function that cannot fail comes to.
pub fn never_fails<T>(value: T) -> Result<T, Infallible> {
    Ok(value)
}
