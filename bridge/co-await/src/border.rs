//! What C++ calls; `rust/co_await.h` declares the same.
//!
//! No function takes or returns more than words: a structure that is returned travels differently
//! on every machine, and the two languages would have to agree on how.
//!
//! # Safety
//!
//! `call` is a reference that C++ has, from `coawait_begin` until `coawait_finish`, or from
//! `coawait_share` until `coawait_release`. A `future` is two words that C++ has not moved away.

use std::ffi::c_void;
use std::ptr;
use std::task::{Context, Poll};

use crate::call::{Caller, Shared};
use crate::elsewhere::{above_cpp, caught, drop_quietly, take_elsewhere};
use crate::handle::{Came, Handle};
use crate::recorder::record;
use crate::span::{self, Span};
use crate::turn::Turn;
use crate::values::{Place, Values};
use crate::waiting::Waiting;

type This = *const c_void;

/// Begins a call: writes its future, or its stream, and returns the frame's reference. So many
/// values may wait to be read.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_begin(
    future: *mut c_void,
    values: &'static Values,
    buffer: usize,
    is_stream: bool,
) -> This {
    let (caller, frame) = Caller::begin(values, buffer);
    // SAFETY: C++ gives room for two words.
    unsafe {
        future
            .cast::<Handle>()
            .write(Handle::of_call(caller, is_stream))
    };
    frame
}

/// Takes over the result.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_send(call: This, value: *const c_void) {
    // SAFETY: see above.
    unsafe { Shared::of(call).send(value) }
}

/// Takes over an item if there is room.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_try_send(
    call: This,
    item: *const c_void,
    waker: *const Waiting,
) -> bool {
    // SAFETY: see above.
    unsafe { Shared::of(call).try_send(item, waker) }
}

/// A stream has come to its end.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_complete(call: This) {
    // SAFETY: see above.
    unsafe { Shared::of(call).complete() }
}

/// A future's coroutine has come to its end.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_ended(call: This) {
    // SAFETY: see above.
    unsafe { Shared::of(call).ended() }
}

/// Keeps what an exception said.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_fail(call: This, what: *const u8, length: usize) {
    // SAFETY: see above; C++ gives a string.
    unsafe { Shared::of(call).fail(std::slice::from_raw_parts(what, length)) }
}

/// The frame is gone.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_finish(call: This) {
    // SAFETY: see above.
    unsafe { Shared::finish(call) }
}

/// Another reference.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_share(call: This) {
    // SAFETY: see above.
    unsafe { Shared::share(call) }
}

/// Gives it back.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_release(call: This) {
    // SAFETY: see above.
    unsafe { Shared::release(call) }
}

/// Whether Rust has let go of the future, or does so now.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_left(call: This) -> bool {
    // SAFETY: see above.
    unsafe { Shared::of(call) }.left()
}

/// Whether it may wait only where its object ends it.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_is_ended_by_its_object(call: This) -> bool {
    // SAFETY: see above.
    unsafe { Shared::of(call) }.is_ended_by_its_object()
}

/// Whether the function that began the call has surely returned.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_returned(call: This) -> bool {
    // SAFETY: see above.
    unsafe { Shared::of(call) }.returned()
}

/// Has a turn taken when Rust leaves while C++ waits.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_hang(call: This, hook: *mut Turn) -> bool {
    // SAFETY: see above.
    unsafe { Shared::of(call).hang(hook) }
}

/// Takes it back.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_take_back(call: This, hook: *mut Turn) -> bool {
    // SAFETY: see above.
    unsafe { Shared::of(call).take_back(hook) }
}

/// Has a turn taken when Rust leaves, in any case.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_on_leaving(call: This, turn: *mut Turn) -> *mut Turn {
    // SAFETY: see above.
    unsafe { Shared::of(call).on_leaving(turn) }
}

/// Enters the span of the call in this thread; null where it has none.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_enter(call: This) -> *mut c_void {
    // SAFETY: see above.
    let call = unsafe { Shared::of(call) };
    call.span().map_or(ptr::null_mut(), Span::enter)
}

/// Leaves it again.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_exit(entered: *mut c_void) {
    // SAFETY: it comes from `coawait_enter`, in this thread.
    unsafe { span::exit(entered) }
}

/// The number of the call's span, or 0.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_span_id(call: This) -> u64 {
    // SAFETY: see above.
    unsafe { Shared::of(call) }.span().map_or(0, Span::id)
}

/// Has a turn taken where Rust polls.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_post(call: This, turn: *mut Turn) {
    // SAFETY: see above.
    unsafe { Shared::post(call, turn) }
}

/// Has a turn taken in a thread of ours.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_take_elsewhere(turn: *mut Turn) {
    take_elsewhere(turn);
}

const PENDING: u32 = 0;
/// There is a value in `result`, which is C++'s from now on.
const VALUE: u32 = 1;
/// There is a `String` in `result`, which is C++'s from now on.
const ERROR: u32 = 2;
/// A stream has come to its end.
const END: u32 = 3;

/// Polls a future, or a stream, in whatever thread; nobody else does meanwhile. In `result` there is
/// room for a value and for a string. A panic is an error like any other.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_poll(
    future: *mut c_void,
    values: &Values,
    result: *mut c_void,
    waker: *const Waiting,
) -> u32 {
    record("Rust polled", waker);
    // SAFETY: see above.
    let future = unsafe { &mut *future.cast::<Handle>() };
    // SAFETY: there is room for a value.
    let place = unsafe { Place::of_cpp(result, values.shape) };
    let borrowed = Waiting::borrow(waker);
    let polled = caught(|| {
        // SAFETY: the place is there.
        above_cpp(|| unsafe { future.poll(&mut Context::from_waker(&borrowed), place) })
    });
    let polled = polled.unwrap_or_else(|panic| Poll::Ready(Came::Failed(panic)));
    let Poll::Ready(came) = polled else {
        record("Rust pending", waker);
        return PENDING;
    };
    record("Rust ready", waker);
    match came {
        Came::End => END,
        Came::Value => VALUE,
        Came::Failed(error) => {
            // SAFETY: there is room for it.
            unsafe { result.cast::<String>().write(error.what().to_owned()) };
            ERROR
        }
    }
}

/// Drops a future or stream that C++ held.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_drop(future: *mut c_void) {
    record("Rust dropped", future);
    // SAFETY: see above; C++ forgets it now.
    let future = unsafe { future.cast::<Handle>().read() };
    above_cpp(|| drop_quietly(future));
}

// Two words, as C++ has them.
const _: () = assert!(size_of::<Handle>() == 2 * size_of::<usize>());
