//! One call of a C++ coroutine: what its frame and its future in Rust share.
//!
//! The future holds one reference, the frame the other, until its memory is gone. Nothing here is
//! locked. Each field belongs to one side at a time, and `state` says to which.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::ffi::c_void;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, Ordering};
use std::task::{Context, Poll, Waker};

use crossbeam_queue::ArrayQueue;
use cxx_async::CxxAsyncException;
use futures::task::AtomicWaker;

use crate::Error;
use crate::elsewhere::{Kept, above_cpp, drop_where_one_may, take_elsewhere};
use crate::recorder::record;
use crate::span::Span;
use crate::turn::Turn;
#[cfg(debug_assertions)]
use crate::unpolled;

/// Something that outlives the frame may post turns.
const SHARED: u8 = 1;
/// A stream has come to its end, and not merely been destroyed.
const COMPLETE: u8 = 2;
/// The frame is gone: its locals, its parameters, its memory.
const FINISHED: u8 = 4;
/// Rust lets go of the future: C++ is to stop where it waits.
const LEAVING: u8 = 8;
/// Rust has let go of the future: what is left is C++'s to clean up.
const LEFT: u8 = 16;

/// In the place of a turn: nobody is there any more to take one.
fn gone() -> *mut Turn {
    ptr::without_provenance_mut(1)
}

pub(crate) struct Call<T: Send + 'static> {
    state: AtomicU8,
    /// Whether there is a value in the slot. C++ sets it, whoever takes the value clears it.
    full: AtomicBool,
    /// Whether Rust has polled: the function that began the call has returned by then.
    polled: AtomicBool,
    /// Who waits in Rust for a value, or for the end.
    reader: AtomicWaker,
    /// Who waits in C++ for room in the slot of a stream: a reference of ours.
    writer: AtomicPtr<Waiting>,
    /// What is to be done when Rust leaves while C++ waits.
    hook: AtomicPtr<Turn>,
    /// What is to be done when Rust leaves, in any case. C++ hangs it there once, and gets it back
    /// when all is over.
    on_leaving: AtomicPtr<Turn>,
    /// What is to run where Rust polls, the newest first: a coroutine that has gone to no executor
    /// is here.
    turns: AtomicPtr<Turn>,
    /// C++'s to write while it is empty, the reader's while it is full.
    slot: UnsafeCell<MaybeUninit<T>>,
    /// What C++ threw. C++'s until it has finished, the future's after.
    thrown: UnsafeCell<Option<Box<CxxAsyncException>>>,
    /// What Rust wants kept. The future's; from `LEFT` on that of whoever finishes.
    kept: UnsafeCell<Option<Kept>>,
    /// What few calls have.
    more: Option<Box<More<T>>>,
}

struct More<T> {
    /// In the place of the slot, for a stream that may run ahead of its reader.
    queue: Option<ArrayQueue<T>>,
    /// In which Rust made the call.
    span: Span,
}

// SAFETY: values of `T`, and what is kept, move between threads, and only one thread at a time has
// them; see the fields.
unsafe impl<T: Send + 'static> Send for Call<T> {}
// SAFETY: as above.
unsafe impl<T: Send + 'static> Sync for Call<T> {}

/// The end of a call that Rust holds, in a future or a stream. Dropped, it leaves.
pub(crate) struct Caller<T: Send + 'static>(Arc<Call<T>>);

impl<T: Send + 'static> Caller<T> {
    /// Begins a call, and returns the reference of its frame beside. `buffer` is how many values
    /// fit into it.
    pub fn begin(buffer: usize) -> (Self, *const c_void) {
        let call = Call::new(buffer);
        record("frame", Arc::as_ptr(&call));
        (Caller(call.clone()), Arc::into_raw(call).cast())
    }

    pub fn keep(&mut self, value: Kept) {
        // SAFETY: nobody else is the caller.
        unsafe { self.0.keep(value) }
    }

    /// As a pointer, for a [`Handle`](crate::handle::Handle).
    pub fn into_raw(self) -> *mut () {
        let caller = ManuallyDrop::new(self);
        // SAFETY: what is read is not used any more, nor dropped.
        Arc::into_raw(unsafe { ptr::read(&caller.0) })
            .cast_mut()
            .cast()
    }

    /// # Safety
    ///
    /// The pointer comes from `into_raw`, for the same `T`, and there is one caller of it.
    pub unsafe fn from_raw(raw: *mut ()) -> Self {
        // SAFETY: as above.
        Caller(unsafe { Arc::from_raw(raw.cast_const().cast()) })
    }

    /// The result, once C++ has finished.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        // SAFETY: as above.
        unsafe { self.0.poll(cx) }
    }

    /// The next item; none can come after an error.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        // SAFETY: as above.
        unsafe { self.0.poll_next(cx) }
    }
}

impl<T: Send + 'static> Drop for Caller<T> {
    fn drop(&mut self) {
        leave_in_turn(&self.0);
    }
}

/// Who leaves one call may end another, and that a further one: as many within one another as this.
const DEPTH: usize = 128;

thread_local! {
    /// How many calls this thread leaves, each within the one before.
    static LEAVING_NOW: Cell<usize> = const { Cell::new(0) };
    /// Those that were one too many: the first that was left leaves them.
    static LEAVE_NEXT: RefCell<Vec<Arc<dyn Leave>>> = const { RefCell::new(Vec::new()) };
}

/// A call that its caller has dropped.
trait Leave {
    /// # Safety
    ///
    /// Its caller does nothing after this.
    unsafe fn leave(&self);
}

impl<T: Send + 'static> Leave for Call<T> {
    unsafe fn leave(&self) {
        // SAFETY: as above.
        unsafe { Call::leave(self) }
    }
}

/// Leaves a call, and takes no more of the stack for a chain of a million of them than for a few.
fn leave_in_turn<T: Send + 'static>(call: &Arc<Call<T>>) {
    let depth = LEAVING_NOW.get();
    if depth == DEPTH {
        // Not where the thread's own data are gone already.
        let kept = LEAVE_NEXT.try_with(|next| next.borrow_mut().push(call.clone()));
        if kept.is_ok() {
            return;
        }
    }
    LEAVING_NOW.set(depth + 1);
    // SAFETY: the caller is dropped, and it was the only one.
    unsafe { call.leave() };
    let next = || LEAVE_NEXT.try_with(|next| next.borrow_mut().pop()).ok()?;
    while let Some(call) = if depth == 0 { next() } else { None } {
        // SAFETY: as above.
        unsafe { call.leave() };
    }
    LEAVING_NOW.set(depth);
}

/// The side of Rust.
///
/// # Safety
///
/// Only the [`Caller`] may use it: one thread at a time.
impl<T: Send + 'static> Call<T> {
    fn new(buffer: usize) -> Arc<Self> {
        let queue = (buffer > 1).then(|| ArrayQueue::new(buffer));
        let span = Span::current();
        let has_more = queue.is_some() || span.is_some();
        Arc::new(Call {
            state: AtomicU8::new(0),
            full: AtomicBool::new(false),
            polled: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            writer: AtomicPtr::default(),
            hook: AtomicPtr::default(),
            on_leaving: AtomicPtr::default(),
            turns: AtomicPtr::default(),
            slot: UnsafeCell::new(MaybeUninit::uninit()),
            thrown: UnsafeCell::new(None),
            kept: UnsafeCell::new(None),
            more: has_more.then(|| Box::new(More { queue, span })),
        })
    }

    unsafe fn keep(&self, value: Kept) {
        // SAFETY: the future has not left, so what is kept is its own.
        let kept = unsafe { &mut *self.kept.get() };
        *kept = Some(match kept.take() {
            Some(earlier) => earlier.and(value),
            None => value,
        });
    }

    unsafe fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        record("polled", self);
        // SAFETY: the caller is the one that may use it.
        unsafe {
            if !self.wait(cx, || self.is(FINISHED)) {
                record("pending", self);
                return Poll::Pending;
            }
            record("ready", self);
            self.let_go_of_kept();
            Poll::Ready(match self.take_value() {
                Some(value) => Ok(value),
                None => Err(self.take_thrown().map_or(Error::Abandoned, Error::from)),
            })
        }
    }

    unsafe fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        record("polled", self);
        // SAFETY: the caller is the one that may use it.
        unsafe {
            if !self.wait(cx, || self.is(FINISHED) || self.has_value()) {
                record("pending", self);
                return Poll::Pending;
            }
            if let Some(item) = self.take_value() {
                record("taken", self);
                Waiting::wake(self.writer.swap(ptr::null_mut(), Ordering::SeqCst));
                return Poll::Ready(Some(Ok(item)));
            }
            record("ready", self);
            self.let_go_of_kept();
            Poll::Ready(match self.take_thrown() {
                Some(thrown) => Some(Err(thrown.into())),
                None if self.is(COMPLETE) => None,
                None => Some(Err(Error::Abandoned)),
            })
        }
    }

    /// Whether what is waited for has come; if not, the task is woken when that may have changed.
    unsafe fn wait(&self, cx: &mut Context<'_>, has_come: impl Fn() -> bool) -> bool {
        self.polled.store(true, Ordering::Release);
        self.take_turns();
        if has_come() {
            return true;
        }
        self.reader.register(cx.waker());
        // For what came before the waker was there to be told.
        self.take_turns();
        has_come()
    }

    /// Takes those turns that are there by now.
    fn take_turns(&self) {
        if !self.turns.load(Ordering::Relaxed).is_null() {
            let turns = self.turns.swap(ptr::null_mut(), Ordering::Acquire);
            // SAFETY: C++ put them there, and whoever swaps them out owns them.
            unsafe { Turn::take_all(turns) };
        }
    }

    /// The future is dropped: has C++ stop where it waits, and leaves the rest to it.
    unsafe fn leave(&self) {
        let finished = self.is(FINISHED);
        if finished && !self.is(SHARED) {
            // Nobody else is left.
            // SAFETY: C++ has finished: all is the future's.
            return unsafe { self.clean_up() };
        }
        if !finished {
            record("dropped", self);
            // In one order with what C++ hangs there: so one of the two sees the other.
            self.state.fetch_or(LEAVING, Ordering::SeqCst);
            let told = self.on_leaving.load(Ordering::SeqCst);
            if !told.is_null() {
                record("stop", self);
                // SAFETY: C++ hung it there, and gets it back when the call goes.
                unsafe { Turn::take(told) };
            }
            let hook = self.hook.swap(gone(), Ordering::AcqRel);
            if !hook.is_null() {
                // SAFETY: C++ hung it there, and whoever swaps it out owns it.
                unsafe { Turn::take(hook) };
            }
        }
        // From here on whoever posts a turn takes it, for nobody polls any more.
        let turns = self.turns.swap(gone(), Ordering::AcqRel);
        // SAFETY: as above.
        unsafe { Turn::take_all(turns) };
        if self.state.fetch_or(LEFT, Ordering::AcqRel) & FINISHED != 0 {
            // SAFETY: as above.
            unsafe { self.clean_up() };
        }
    }

    /// Not in this thread what is kept: it may be one of the pool's that it owns.
    unsafe fn clean_up(&self) {
        // SAFETY: C++ has finished: all is the future's.
        unsafe {
            if let Some(kept) = (*self.kept.get()).take() {
                kept.go_elsewhere();
            }
            while let Some(value) = self.take_value() {
                drop_where_one_may(value);
            }
        }
    }

    unsafe fn take_value(&self) -> Option<T> {
        if let Some(queue) = self.queue() {
            return queue.pop();
        }
        if !self.full.load(Ordering::SeqCst) {
            return None;
        }
        // SAFETY: while the slot is full C++ leaves it alone.
        let value = unsafe { (*self.slot.get()).assume_init_read() };
        self.full.store(false, Ordering::SeqCst);
        Some(value)
    }

    unsafe fn take_thrown(&self) -> Option<CxxAsyncException> {
        // SAFETY: C++ has finished.
        unsafe { (*self.thrown.get()).take() }.map(|thrown| *thrown)
    }

    unsafe fn let_go_of_kept(&self) {
        // SAFETY: C++ has finished, and did not find that Rust had left.
        if let Some(kept) = unsafe { (*self.kept.get()).take() } {
            kept.go();
        }
    }
}

impl<T: Send + 'static> Call<T> {
    fn is(&self, what: u8) -> bool {
        self.state.load(Ordering::Acquire) & what != 0
    }

    fn queue(&self) -> Option<&ArrayQueue<T>> {
        self.more.as_ref()?.queue.as_ref()
    }

    fn has_value(&self) -> bool {
        match self.queue() {
            Some(queue) => !queue.is_empty(),
            None => self.full.load(Ordering::SeqCst),
        }
    }

    fn has_room(&self) -> bool {
        match self.queue() {
            Some(queue) => !queue.is_full(),
            None => !self.full.load(Ordering::SeqCst),
        }
    }
}

impl<T: Send + 'static> Drop for Call<T> {
    fn drop(&mut self) {
        Waiting::release(*self.writer.get_mut());
        let told = *self.on_leaving.get_mut();
        if !told.is_null() {
            // SAFETY: C++ hung it there, and nobody uses it any more.
            unsafe { Turn::give_up(told) };
        }
        // A future that was forgotten, and not dropped: its result is still here.
        if *self.full.get_mut() {
            // SAFETY: nobody else is left.
            let value = unsafe { self.slot.get_mut().assume_init_read() };
            drop_where_one_may(value);
        }
        if let Some(kept) = self.kept.get_mut().take() {
            kept.go_elsewhere();
        }
        if let Some(mut more) = self.more.take() {
            while let Some(value) = more.queue.as_ref().and_then(ArrayQueue::pop) {
                drop_where_one_may(value);
            }
            more.queue = None;
        }
    }
}

#[cfg(debug_assertions)]
impl<T: Send + 'static> unpolled::Waits for Call<T> {
    fn waits_for_its_first_poll(&self) -> bool {
        let turns = self.turns.load(Ordering::Relaxed);
        let polled = self.polled.load(Ordering::Relaxed) || self.is(LEAVING);
        !polled && !turns.is_null() && turns != gone()
    }
}

/// The side of the frame. Each function gets the frame's reference as C++ holds it.
///
/// # Safety
///
/// `call` comes from [`Caller::begin`], and `finish` was not called yet.
impl<T: Send + 'static> Call<T> {
    unsafe fn of<'a>(call: *const c_void) -> &'a Self {
        // SAFETY: the frame holds a reference.
        unsafe { &*call.cast::<Self>() }
    }

    unsafe fn fill(&self, value: *const c_void) {
        // SAFETY: C++ gives the value away.
        let value = unsafe { value.cast::<T>().read() };
        match self.queue() {
            // It has room.
            Some(queue) => _ = queue.push(value),
            None => {
                // SAFETY: the slot is empty.
                unsafe { (*self.slot.get()).write(value) };
                self.full.store(true, Ordering::Release);
            }
        }
    }

    /// Takes over the result. Rust learns of it when the frame is gone.
    pub unsafe extern "C" fn send(call: *const c_void, value: *const c_void) {
        record("value", call);
        // SAFETY: see above.
        unsafe { Self::of(call).fill(value) }
    }

    /// Takes over an item if there is room; else `waker` is woken when there may be.
    pub unsafe extern "C" fn try_send(
        call: *const c_void,
        item: *const c_void,
        waker: *const Waiting,
    ) -> bool {
        // SAFETY: see above.
        let call = unsafe { Self::of(call) };
        if !call.has_room() {
            // In one order with the room, on both sides: so one of the two sees the other.
            let before = call.writer.swap(Waiting::share(waker), Ordering::SeqCst);
            Waiting::release(before);
            if !call.has_room() {
                record("full", call);
                return false;
            }
        }
        record("item", call);
        // SAFETY: see above.
        unsafe { call.fill(item) };
        record("woken", call);
        above_cpp(|| call.reader.wake());
        true
    }

    /// A stream has come to its end.
    pub unsafe extern "C" fn complete(call: *const c_void) {
        // SAFETY: see above.
        unsafe { Self::of(call) }
            .state
            .fetch_or(COMPLETE, Ordering::Release);
    }

    /// The coroutine of a future has come to its end. It may have forgotten its `co_return`, which is
    /// undefined behaviour, of which GCC says nothing.
    pub unsafe extern "C" fn ended(call: *const c_void) {
        // SAFETY: see above.
        let call = unsafe { Self::of(call) };
        // SAFETY: what was thrown is C++'s until it has finished.
        let thrown = unsafe { &mut *call.thrown.get() };
        if thrown.is_none() && !call.full.load(Ordering::Relaxed) {
            let what = "the C++ coroutine ended without the co_return of its value";
            *thrown = Some(Box::new(CxxAsyncException::new(what.into())));
        }
    }

    /// Keeps what an exception said, in UTF-8 or nearly so.
    pub unsafe extern "C" fn fail(call: *const c_void, what: *const u8, length: usize) {
        record("thrown", call);
        // SAFETY: see above; C++ gives a string.
        unsafe {
            let what = std::slice::from_raw_parts(what, length);
            let what = String::from_utf8_lossy(what).into_owned();
            *Self::of(call).thrown.get() = Some(Box::new(CxxAsyncException::new(what.into())));
        }
    }

    /// The frame is gone, and with it its reference.
    pub unsafe extern "C" fn finish(call: *const c_void) {
        // SAFETY: see above.
        let call = unsafe { Arc::from_raw(call.cast::<Self>()) };
        record("gone", Arc::as_ptr(&call));
        above_cpp(|| {
            if call.state.fetch_or(FINISHED, Ordering::AcqRel) & LEFT == 0 {
                record("woken", Arc::as_ptr(&call));
                call.reader.wake();
            } else {
                // SAFETY: Rust has left, so what it kept is ours.
                let kept = unsafe { (*call.kept.get()).take() };
                if let Some(kept) = kept {
                    kept.go_elsewhere();
                }
            }
            // Here, for it may be the last reference.
            drop(call);
        });
    }

    /// Another reference, for what may outlive the frame; given back by `release`.
    pub unsafe extern "C" fn share(call: *const c_void) {
        // SAFETY: see above.
        unsafe {
            Self::of(call).state.fetch_or(SHARED, Ordering::Relaxed);
            Arc::increment_strong_count(call.cast::<Self>());
        }
    }

    /// Gives a reference back.
    pub unsafe extern "C" fn release(call: *const c_void) {
        // SAFETY: it comes from `share`.
        above_cpp(|| unsafe { Arc::decrement_strong_count(call.cast::<Self>()) });
    }

    /// Whether Rust has let go of the future, or does so now.
    pub unsafe extern "C" fn left(call: *const c_void) -> bool {
        // SAFETY: see above.
        unsafe { Self::of(call) }.is(LEAVING)
    }

    /// Whether the function that began the call has surely returned.
    pub unsafe extern "C" fn returned(call: *const c_void) -> bool {
        // SAFETY: see above.
        let call = unsafe { Self::of(call) };
        call.polled.load(Ordering::Acquire) || call.is(LEAVING)
    }

    /// Has a turn taken when Rust leaves; false when it has left. One at a time.
    pub unsafe extern "C" fn hang(call: *const c_void, hook: *mut Turn) -> bool {
        // SAFETY: see above.
        let slot = unsafe { &Self::of(call).hook };
        slot.compare_exchange(ptr::null_mut(), hook, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Takes back what was hung; false when Rust has it.
    pub unsafe extern "C" fn take_back(call: *const c_void, hook: *mut Turn) -> bool {
        // SAFETY: see above.
        let slot = unsafe { &Self::of(call).hook };
        slot.compare_exchange(hook, ptr::null_mut(), Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Has a turn taken when Rust leaves, whether or not C++ waits; and once more, given up, when
    /// the call goes. Returns the one that is there: an earlier one stays.
    pub unsafe extern "C" fn on_leaving(call: *const c_void, turn: *mut Turn) -> *mut Turn {
        // SAFETY: see above.
        let call = unsafe { Self::of(call) };
        match call.on_leaving.compare_exchange(
            ptr::null_mut(),
            turn,
            Ordering::SeqCst,
            Ordering::SeqCst,
        ) {
            Err(earlier) => earlier,
            Ok(_) => {
                if !turn.is_null() && call.state.load(Ordering::SeqCst) & LEAVING != 0 {
                    // SAFETY: C++ handed it over; told twice it does nothing.
                    unsafe { Turn::take(turn) };
                }
                turn
            }
        }
    }

    fn span(&self) -> Option<&Span> {
        self.more.as_ref().map(|more| &more.span)
    }

    /// Enters the span of the call in this thread, if it has one.
    pub unsafe extern "C" fn enter(call: *const c_void) -> *mut c_void {
        // SAFETY: see above.
        unsafe { Self::of(call) }
            .span()
            .map_or(ptr::null_mut(), Span::enter)
    }

    /// The number of the call's span, or 0.
    pub unsafe extern "C" fn span_id(call: *const c_void) -> u64 {
        // SAFETY: see above.
        unsafe { Self::of(call) }.span().map_or(0, Span::id)
    }

    /// Has a turn taken where Rust polls; in a thread of ours once nobody polls any more.
    pub unsafe extern "C" fn post(call: *const c_void, turn: *mut Turn) {
        // The frame may be gone as soon as the turn can be taken.
        // SAFETY: see above.
        let call = unsafe {
            Arc::increment_strong_count(call.cast::<Self>());
            Arc::from_raw(call.cast::<Self>())
        };
        let mut newest = call.turns.load(Ordering::Relaxed);
        loop {
            if newest == gone() {
                return take_elsewhere(turn);
            }
            // SAFETY: nobody else sees the turn yet.
            unsafe { (*turn).next = newest };
            match call.turns.compare_exchange_weak(
                newest,
                turn,
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => {
                    record("woken", Arc::as_ptr(&call));
                    #[cfg(debug_assertions)]
                    unpolled::watch(&call);
                    return above_cpp(|| {
                        call.reader.wake();
                        drop(call);
                    });
                }
                Err(now) => newest = now,
            }
        }
    }
}

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
    fn share(waiting: *const Waiting) -> *mut Waiting {
        // SAFETY: C++ holds a reference while it gives us this.
        unsafe { ((*waiting).ops.clone)(waiting) };
        waiting.cast_mut()
    }

    /// Wakes it, and lets go of a reference of ours, if there is one.
    fn wake(waiting: *mut Waiting) {
        if !waiting.is_null() {
            // SAFETY: the reference is ours.
            unsafe { ((*waiting).ops.wake)(waiting) };
            Self::release(waiting);
        }
    }

    /// Lets go of a reference of ours, if there is one.
    fn release(waiting: *mut Waiting) {
        if !waiting.is_null() {
            // SAFETY: the reference is ours, and forgotten now.
            unsafe { ((*waiting).ops.drop)(waiting) };
        }
    }

    /// A waker that leaves C++ its own reference.
    pub fn borrow(waiting: *const Waiting) -> std::mem::ManuallyDrop<Waker> {
        use std::task::{RawWaker, RawWakerVTable};

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
        std::mem::ManuallyDrop::new(unsafe { Waker::new(waiting.cast(), &VTABLE) })
    }
}
