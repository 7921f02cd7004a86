//! What C++ calls. `detail::vtable` in `rust/co_await.h` is the other half.
//!
//! No function takes or returns more than words: a structure that is returned travels differently
//! on every machine, and the two languages would have to agree on how.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::Error;
use crate::call::{Call, Caller, Waiting};
use crate::elsewhere::{above_cpp, drop_quietly};
use crate::error::{panic_message, told};
use crate::future::Future;
use crate::recorder::record;
use crate::span::{self, Enter, Span};
use crate::stream::Stream;
use crate::turn::Turn;

type This = *const c_void;

/// The functions of one type of future or stream.
#[repr(C)]
pub struct Vtable {
    /// Of the output, or of an item: C++ compares these with those of its type when it starts.
    size: usize,
    align: usize,
    /// And whether it is a stream.
    stream: bool,
    call: unsafe extern "C" fn(future: *mut c_void) -> This,
    send: unsafe extern "C" fn(call: This, value: *const c_void),
    try_send: unsafe extern "C" fn(This, item: *const c_void, waker: *const Waiting) -> bool,
    complete: unsafe extern "C" fn(call: This),
    ended: unsafe extern "C" fn(call: This),
    fail: unsafe extern "C" fn(call: This, what: *const u8, length: usize),
    finish: unsafe extern "C" fn(call: This),
    share: unsafe extern "C" fn(call: This),
    release: unsafe extern "C" fn(call: This),
    left: unsafe extern "C" fn(call: This) -> bool,
    returned: unsafe extern "C" fn(call: This) -> bool,
    hang: unsafe extern "C" fn(call: This, hook: *mut Turn) -> bool,
    take_back: unsafe extern "C" fn(call: This, hook: *mut Turn) -> bool,
    on_leaving: unsafe extern "C" fn(call: This, turn: *mut Turn) -> *mut Turn,
    enter: Option<Enter>,
    exit: unsafe extern "C" fn(entered: *mut c_void),
    span_id: unsafe extern "C" fn(call: This) -> u64,
    post: unsafe extern "C" fn(call: This, turn: *mut Turn),
    poll: unsafe extern "C" fn(*mut c_void, result: *mut c_void, waker: *const Waiting) -> u32,
    drop: unsafe extern "C" fn(future: *mut c_void),
}

impl Vtable {
    /// The functions of a future of `T`.
    pub const fn of_future<T: Send + 'static>() -> Self {
        Self::of::<T, Future<T>, 1>(false, poll::<T>)
    }

    /// The functions of a stream of `T`, of which so many may wait to be read.
    pub const fn of_stream<T: Send + 'static, const BUFFER: usize>() -> Self {
        Self::of::<T, Stream<T>, BUFFER>(true, poll_next::<T>)
    }

    const fn of<T, F, const BUFFER: usize>(
        stream: bool,
        poll: unsafe extern "C" fn(*mut c_void, *mut c_void, *const Waiting) -> u32,
    ) -> Self
    where
        T: Send + 'static,
        F: From<Caller<T>>,
    {
        const { assert!(size_of::<F>() == 2 * size_of::<usize>()) };
        Vtable {
            size: size_of::<T>(),
            align: align_of::<T>(),
            stream,
            call: call::<T, F, BUFFER>,
            send: Call::<T>::send,
            try_send: Call::<T>::try_send,
            complete: Call::<T>::complete,
            ended: Call::<T>::ended,
            fail: Call::<T>::fail,
            finish: Call::<T>::finish,
            share: Call::<T>::share,
            release: Call::<T>::release,
            left: Call::<T>::left,
            returned: Call::<T>::returned,
            hang: Call::<T>::hang,
            take_back: Call::<T>::take_back,
            on_leaving: Call::<T>::on_leaving,
            enter: Span::entered_by(Call::<T>::enter),
            exit: span::exit,
            span_id: Call::<T>::span_id,
            post: Call::<T>::post,
            poll,
            drop: drop_in_place::<F>,
        }
    }
}

/// Begins a call: writes its future or stream, and returns the frame's reference.
unsafe extern "C" fn call<T: Send + 'static, F: From<Caller<T>>, const BUFFER: usize>(
    future: *mut c_void,
) -> This {
    let (caller, frame) = Caller::begin(BUFFER);
    // SAFETY: C++ gives room for two words.
    unsafe { future.cast::<F>().write(caller.into()) };
    frame
}

const PENDING: u32 = 0;
/// There is a value in `result`, which is C++'s from now on.
const VALUE: u32 = 1;
/// There is a `String` in `result`, which is C++'s from now on.
const ERROR: u32 = 2;
/// A stream has come to its end.
const END: u32 = 3;

/// Polls a future, in whatever thread; nobody else does meanwhile.
unsafe extern "C" fn poll<T: Send + 'static>(
    future: *mut c_void,
    result: *mut c_void,
    waker: *const Waiting,
) -> u32 {
    // SAFETY: C++ holds the future; it has not moved it away, nor had its result.
    let future = unsafe { &mut *future.cast::<Future<T>>() };
    // SAFETY: `result` has room for a value and for a string.
    unsafe {
        deliver(result, waker, |cx| {
            std::future::Future::poll(Pin::new(future), cx).map(Some)
        })
    }
}

/// The same for the next item of a stream.
unsafe extern "C" fn poll_next<T: Send + 'static>(
    stream: *mut c_void,
    result: *mut c_void,
    waker: *const Waiting,
) -> u32 {
    // SAFETY: C++ holds the stream, and has not moved it away.
    let stream = unsafe { &mut *stream.cast::<Stream<T>>() };
    // SAFETY: `result` has room for a value and for a string.
    unsafe {
        deliver(result, waker, |cx| {
            futures::Stream::poll_next(Pin::new(stream), cx)
        })
    }
}

/// Polls, and writes for C++ what came of it. A panic is an error like any other.
unsafe fn deliver<T>(
    result: *mut c_void,
    waker: *const Waiting,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<Option<Result<T, Error>>>,
) -> u32 {
    record("Rust polled", waker);
    let borrowed = Waiting::borrow(waker);
    let polled = catch_unwind(AssertUnwindSafe(|| {
        above_cpp(|| poll(&mut Context::from_waker(&borrowed)))
    }));
    let polled = polled.unwrap_or_else(|panic| {
        let message = panic_message(&*panic);
        drop_quietly(panic);
        Poll::Ready(Some(Err(told(message))))
    });
    let Poll::Ready(ready) = polled else {
        record("Rust pending", waker);
        return PENDING;
    };
    record("Rust ready", waker);
    match ready {
        None => END,
        Some(Ok(value)) => {
            // SAFETY: the caller's.
            unsafe { result.cast::<T>().write(value) };
            VALUE
        }
        Some(Err(error)) => {
            // SAFETY: the caller's.
            unsafe { result.cast::<String>().write(error.what().to_owned()) };
            ERROR
        }
    }
}

/// Drops a future or stream that C++ held.
unsafe extern "C" fn drop_in_place<F>(future: *mut c_void) {
    record("Rust dropped", future);
    // SAFETY: C++ has not moved it away, and forgets it now.
    let future = unsafe { future.cast::<F>().read() };
    above_cpp(|| drop_quietly(future));
}
