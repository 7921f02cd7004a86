//! What waits in C++, and Rust wakes.

use std::mem::ManuallyDrop;
use std::task::{RawWaker, RawWakerVTable, Waker};

use crate::recorder::record;

/// What waits in C++ to be woken by Rust; `detail::waiting` in `rust/co_await.h` is the same.
#[repr(C)]
pub struct Waiting {
    ops: &'static WaitingOps,
}

/// What can be done with it, from any thread. It counts its references.
#[repr(C)]
struct WaitingOps {
    clone: unsafe extern "C" fn(*const Waiting),
    wake: unsafe extern "C" fn(*const Waiting),
    drop: unsafe extern "C" fn(*const Waiting),
}

impl Waiting {
    /// Another reference.
    pub fn share(waiting: *const Waiting) -> *mut Waiting {
        // SAFETY: C++ holds a reference while it gives us this.
        unsafe { ((*waiting).ops.clone)(waiting) };
        waiting.cast_mut()
    }

    /// Wakes it, and lets go of a reference of ours, if there is one.
    pub fn wake(waiting: *mut Waiting) {
        if !waiting.is_null() {
            // SAFETY: the reference is ours.
            unsafe { ((*waiting).ops.wake)(waiting) };
            Self::release(waiting);
        }
    }

    /// Lets go of a reference of ours, if there is one.
    pub fn release(waiting: *mut Waiting) {
        if !waiting.is_null() {
            // SAFETY: the reference is ours, and forgotten now.
            unsafe { ((*waiting).ops.drop)(waiting) };
        }
    }

    /// A waker that leaves C++ its own reference.
    pub fn borrow(waiting: *const Waiting) -> ManuallyDrop<Waker> {
        static VTABLE: RawWakerVTable = RawWakerVTable::new(
            |waiting| {
                on(waiting, |waiting, ops| {
                    // SAFETY: a waker holds a reference, or borrows one.
                    unsafe { (ops.clone)(waiting) }
                });
                RawWaker::new(waiting, &VTABLE)
            },
            |waiting| {
                on(waiting, |waiting, ops| {
                    record("Rust wakes", waiting);
                    // SAFETY: as above.
                    unsafe {
                        (ops.wake)(waiting);
                        (ops.drop)(waiting);
                    }
                })
            },
            |waiting| {
                on(waiting, |waiting, ops| {
                    record("Rust wakes", waiting);
                    // SAFETY: as above.
                    unsafe { (ops.wake)(waiting) }
                })
            },
            // SAFETY: as above.
            |waiting| on(waiting, |waiting, ops| unsafe { (ops.drop)(waiting) }),
        );

        fn on(waiting: *const (), act: impl FnOnce(*const Waiting, &WaitingOps)) {
            let waiting = waiting.cast::<Waiting>();
            // SAFETY: a waker holds a reference, or borrows one.
            act(waiting, unsafe { (*waiting).ops });
        }

        // SAFETY: the functions count references, and C++ lets every thread call them.
        ManuallyDrop::new(unsafe { Waker::new(waiting.cast(), &VTABLE) })
    }
}
