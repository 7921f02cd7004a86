//! One call of a C++ coroutine: what its frame and its future in Rust share.
//!
//! The future holds one reference, the frame the other, until its memory is gone. Nothing here is
//! locked. Each field belongs to one side at a time, and `state` says to which.

use std::alloc::{Layout, dealloc};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll};

use cxx_async::CxxAsyncException;
use futures::task::AtomicWaker;

use crate::Error;
use crate::elsewhere::{Kept, above_cpp, take_elsewhere};
use crate::handle::Came;
use crate::recorder::record;
use crate::span::Span;
use crate::turn::Turn;
#[cfg(debug_assertions)]
use crate::unpolled;
use crate::values::{Place, Values, allocate};
use crate::waiting::Waiting;

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
/// The object that C++ runs it for does not outlive it, and ends it where it waits on its executor.
const ENDED_BY_ITS_OBJECT: u8 = 32;
/// There is a span behind the slots, in which Rust made the call.
const HAS_SPAN: u8 = 64;

thread_local! {
    /// Whether the next call of this thread is one of those.
    static ENDS_NEXT: Cell<bool> = const { Cell::new(false) };
}

/// Calls C++ for an object that is not kept. The coroutine that begins first is its.
pub(crate) fn ended_by_its_object<T>(begin: impl FnOnce() -> T) -> T {
    let outer = ENDS_NEXT.replace(true);
    let begun = begin();
    ENDS_NEXT.set(outer);
    begun
}

/// In the place of a turn: nobody is there any more to take one.
fn gone() -> *mut Turn {
    ptr::without_provenance_mut(1)
}

/// With a slot for a word it takes 120 bytes. What is larger malloc does not free as quickly where
/// another thread allocated it: 100 ns.
#[repr(C)]
pub(crate) struct Call {
    /// How many refer to this.
    references: AtomicU32,
    state: AtomicU8,
    /// Whether Rust has polled: the function that began the call has returned by then.
    polled: AtomicBool,
    slots: Slots,
    /// Who waits in Rust for a value, or for the end.
    reader: AtomicWaker,
    /// What is to run where Rust polls, the newest first: a coroutine that has gone to no executor
    /// is here.
    turns: AtomicPtr<Turn>,
    /// What is to be done when Rust leaves while C++ waits.
    hook: AtomicPtr<Turn>,
    /// What is to be done when Rust leaves, in any case. C++ hangs it there once, and gets it back
    /// when all is over.
    on_leaving: AtomicPtr<Turn>,
    /// Who waits in C++ for room in the slots of a stream: a reference of ours.
    writer: AtomicPtr<Waiting>,
    /// What C++ threw. C++'s until it has finished, the future's after.
    thrown: UnsafeCell<Option<Box<CxxAsyncException>>>,
    /// What Rust wants kept. The future's; from `LEFT` on that of whoever finishes.
    kept: UnsafeCell<Option<Kept>>,
    /// Whether `unpolled` looks after it.
    #[cfg(debug_assertions)]
    pub(crate) watched: AtomicBool,
}

#[cfg(all(target_pointer_width = "64", not(debug_assertions)))]
const _: () = assert!(size_of::<Call>() + size_of::<usize>() <= 120);

/// The values that C++ has sent and Rust has not taken: a ring, in memory behind the call.
#[repr(C)]
struct Slots {
    /// How many values may be here.
    most: u32,
    /// One less than there are slots, of which there are a power of two: so the counts may begin anew.
    mask: u32,
    /// How many values were sent: C++ writes into the next slot, and then counts.
    sent: AtomicU32,
    /// How many were taken: Rust reads, and then counts.
    taken: AtomicU32,
    values: &'static Values,
}

impl Slots {
    fn is_empty(&self) -> bool {
        self.sent.load(Ordering::SeqCst) == self.taken.load(Ordering::SeqCst)
    }

    fn is_full(&self) -> bool {
        let taken = self.taken.load(Ordering::SeqCst);
        self.sent.load(Ordering::SeqCst).wrapping_sub(taken) == self.most
    }
}

/// The memory of a call, with its slots behind it, and where its span is.
struct Memory {
    layout: Layout,
    span: usize,
}

impl Memory {
    fn of(values: &Values, mask: u32, has_span: bool) -> Self {
        let slots = values.shape.row_of(mask as usize + 1);
        let large = "values that fit into memory";
        let (layout, _) = Layout::new::<Call>().extend(slots).expect(large);
        let (layout, span) = match has_span {
            true => layout.extend(Layout::new::<Span>()).expect(large),
            false => (layout, 0),
        };
        Memory {
            layout: layout.pad_to_align(),
            span,
        }
    }
}

// SAFETY: what crosses may go to any thread, and only one thread at a time has it; see the fields.
unsafe impl Send for Call {}
// SAFETY: as above.
unsafe impl Sync for Call {}

/// A reference to a call, which goes with the last of them.
pub(crate) struct Shared(NonNull<Call>);

// SAFETY: the count is atomic, and the call goes to any thread.
unsafe impl Send for Shared {}

impl Shared {
    /// As C++ holds it.
    fn into_raw(self) -> *const c_void {
        ManuallyDrop::new(self).0.as_ptr().cast()
    }

    /// # Safety
    ///
    /// It comes from `into_raw`, and is not used any more.
    unsafe fn from_raw(call: *const c_void) -> Self {
        // SAFETY: that is no null.
        Shared(unsafe { NonNull::new_unchecked(call.cast::<Call>().cast_mut()) })
    }
}

impl Clone for Shared {
    fn clone(&self) -> Self {
        // As many as two thousand million cannot be: each takes more than one byte somewhere.
        self.references.fetch_add(1, Ordering::Relaxed);
        Shared(self.0)
    }
}

impl Deref for Shared {
    type Target = Call;

    fn deref(&self) -> &Call {
        // SAFETY: it is there as long as there are references.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Not a fence where it is the last: ThreadSanitizer knows none.
        if self.references.fetch_sub(1, Ordering::AcqRel) == 1 {
            let layout = self.memory().layout;
            // SAFETY: nobody refers to it any more.
            unsafe {
                self.clean_up_at_last();
                ptr::drop_in_place(self.0.as_ptr());
                dealloc(self.0.as_ptr().cast(), layout);
            }
        }
    }
}

/// The end of a call that Rust holds, in a future or a stream. Dropped, it leaves.
pub(crate) struct Caller(Shared);

impl Caller {
    /// Begins a call, and returns the reference of its frame beside. `buffer` is how many values
    /// fit into it.
    pub fn begin(values: &'static Values, buffer: usize) -> (Self, *const c_void) {
        let call = Shared::begin(values, buffer);
        record("frame", &*call);
        (Caller(call.clone()), call.into_raw())
    }

    pub fn keep(&mut self, value: Kept) {
        // SAFETY: nobody else is the caller.
        unsafe { self.0.keep(value) }
    }

    /// As a pointer, for a [`Handle`](crate::handle::Handle).
    pub fn into_raw(self) -> *mut () {
        let caller = ManuallyDrop::new(self);
        caller.0.0.as_ptr().cast()
    }

    /// # Safety
    ///
    /// The pointer comes from `into_raw`, and there is one caller of it.
    pub unsafe fn from_raw(raw: *mut ()) -> Self {
        // SAFETY: as above.
        Caller(unsafe { Shared::from_raw(raw.cast()) })
    }

    /// The result, once C++ has finished.
    ///
    /// # Safety
    ///
    /// There is the place.
    pub unsafe fn poll(&mut self, cx: &mut Context<'_>, place: Place) -> Poll<Came> {
        // SAFETY: as above.
        unsafe { self.0.poll(cx, place) }
    }

    /// The next item; none can come after an error.
    ///
    /// # Safety
    ///
    /// There is the place.
    pub unsafe fn poll_next(&mut self, cx: &mut Context<'_>, place: Place) -> Poll<Came> {
        // SAFETY: as above.
        unsafe { self.0.poll_next(cx, place) }
    }
}

impl Drop for Caller {
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
    static LEAVE_NEXT: RefCell<Vec<Shared>> = const { RefCell::new(Vec::new()) };
}

/// Leaves a call, and takes no more of the stack for a chain of a million of them than for a few.
fn leave_in_turn(call: &Shared) {
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
impl Shared {
    fn begin(values: &'static Values, buffer: usize) -> Shared {
        // More than that do not fit into memory.
        let most = u32::try_from(buffer).unwrap_or(u32::MAX).min(1 << 31);
        let mask = most.next_power_of_two() - 1;
        let span = Span::current();
        let memory = Memory::of(values, mask, span.is_some());
        let allocated = allocate(memory.layout);
        let mut state = 0;
        if ENDS_NEXT.take() {
            state |= ENDED_BY_ITS_OBJECT;
        }
        if span.is_some() {
            state |= HAS_SPAN;
            // SAFETY: there is room for it.
            unsafe { allocated.add(memory.span).cast().write(span) };
        }
        let call = Call {
            references: AtomicU32::new(1),
            state: AtomicU8::new(state),
            polled: AtomicBool::new(false),
            slots: Slots {
                most,
                mask,
                sent: AtomicU32::new(0),
                taken: AtomicU32::new(0),
                values,
            },
            reader: AtomicWaker::new(),
            turns: AtomicPtr::default(),
            hook: AtomicPtr::default(),
            on_leaving: AtomicPtr::default(),
            writer: AtomicPtr::default(),
            thrown: UnsafeCell::new(None),
            kept: UnsafeCell::new(None),
            #[cfg(debug_assertions)]
            watched: AtomicBool::new(false),
        };
        // SAFETY: the memory is for a call, and nobody has it yet.
        unsafe { allocated.cast::<Call>().write(call) };
        Shared(allocated.cast())
    }

    fn memory(&self) -> Memory {
        let Slots { values, mask, .. } = self.slots;
        Memory::of(values, mask, self.is(HAS_SPAN))
    }

    fn slot(&self, index: u32) -> *mut u8 {
        let index = (index & self.slots.mask) as usize * self.slots.values.shape.size();
        let first = self.slots.values.shape.after::<Call>();
        // SAFETY: there are so many slots, behind the call.
        unsafe { self.0.as_ptr().cast::<u8>().add(first + index) }
    }

    /// Takes over a value.
    ///
    /// # Safety
    ///
    /// Only C++ calls this, the slots are not full, and the value is given away.
    unsafe fn put(&self, value: *const u8) {
        let sent = self.slots.sent.load(Ordering::Relaxed);
        let size = self.slots.values.shape.size();
        // SAFETY: the slot is empty.
        unsafe { ptr::copy_nonoverlapping(value, self.slot(sent), size) };
        let sent = sent.wrapping_add(1);
        self.slots.sent.store(sent, Ordering::SeqCst);
    }

    /// The oldest value, for a function that moves it away.
    unsafe fn take(&self, take: impl FnOnce(*mut u8)) -> bool {
        if self.slots.is_empty() {
            return false;
        }
        let taken = self.slots.taken.load(Ordering::Relaxed);
        take(self.slot(taken));
        let taken = taken.wrapping_add(1);
        self.slots.taken.store(taken, Ordering::SeqCst);
        true
    }

    /// Destroys the values that nobody took.
    unsafe fn clear(&self) {
        // SAFETY: the caller's; the value is gone from its slot.
        while unsafe { self.take(|value| self.slots.values.destroy(value)) } {}
    }

    unsafe fn keep(&self, value: Kept) {
        // SAFETY: the future has not left, so what is kept is its own.
        let kept = unsafe { &mut *self.kept.get() };
        *kept = Some(match kept.take() {
            Some(earlier) => earlier.and(value),
            None => value,
        });
    }

    unsafe fn poll(&self, cx: &mut Context<'_>, place: Place) -> Poll<Came> {
        record("polled", &**self);
        // SAFETY: the caller is the one that may use it.
        unsafe {
            if !self.wait(cx, || self.is(FINISHED)) {
                record("pending", &**self);
                return Poll::Pending;
            }
            record("ready", &**self);
            self.let_go_of_kept();
            Poll::Ready(match self.take_value(place) {
                Some(came) => came,
                None => Came::Failed(self.take_thrown().map_or(Error::Abandoned, Error::from)),
            })
        }
    }

    unsafe fn poll_next(&self, cx: &mut Context<'_>, place: Place) -> Poll<Came> {
        record("polled", &**self);
        // SAFETY: the caller is the one that may use it.
        unsafe {
            if !self.wait(cx, || self.is(FINISHED) || !self.slots.is_empty()) {
                record("pending", &**self);
                return Poll::Pending;
            }
            if let Some(came) = self.take_value(place) {
                record("taken", &**self);
                Waiting::wake(self.writer.swap(ptr::null_mut(), Ordering::SeqCst));
                return Poll::Ready(came);
            }
            record("ready", &**self);
            self.let_go_of_kept();
            Poll::Ready(match self.take_thrown() {
                Some(thrown) => Came::Failed(thrown.into()),
                None if self.is(COMPLETE) => Came::End,
                None => Came::Failed(Error::Abandoned),
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
            record("dropped", &**self);
            // In one order with what C++ hangs there: so one of the two sees the other.
            self.state.fetch_or(LEAVING, Ordering::SeqCst);
            let told = self.on_leaving.load(Ordering::SeqCst);
            if !told.is_null() {
                record("stop", &**self);
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
            self.clear();
        }
    }

    /// Moves the oldest value to its place, if there is one.
    unsafe fn take_value(&self, place: Place) -> Option<Came> {
        let here = self.slots.values.shape;
        if here != place.shape {
            // SAFETY: the caller is the one that may use it.
            return (!self.slots.is_empty()).then(|| unsafe {
                self.clear();
                Came::Failed(here.is_not(place.shape, "C++"))
            });
        }
        // SAFETY: as above; the value goes there.
        unsafe { self.take(|value| place.move_from(value)) }.then_some(Came::Value)
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

impl Call {
    fn is(&self, what: u8) -> bool {
        self.state.load(Ordering::Acquire) & what != 0
    }
}

impl Shared {
    /// # Safety
    ///
    /// Nobody else refers to the call, and it is freed after this.
    unsafe fn clean_up_at_last(&mut self) {
        // SAFETY: the caller's.
        let call = unsafe { self.0.as_mut() };
        Waiting::release(*call.writer.get_mut());
        let told = *call.on_leaving.get_mut();
        if !told.is_null() {
            // SAFETY: C++ hung it there, and nobody uses it any more.
            unsafe { Turn::give_up(told) };
        }
        if let Some(kept) = call.kept.get_mut().take() {
            kept.go_elsewhere();
        }
        #[cfg(debug_assertions)]
        if *call.watched.get_mut() {
            unpolled::forget(call);
        }
        // A future that was forgotten, and not dropped: its result is still here.
        // SAFETY: nobody else is left.
        unsafe { self.clear() };
        if self.is(HAS_SPAN) {
            let at = self.memory().span;
            // SAFETY: it is there, and is not used any more.
            unsafe { self.0.cast::<u8>().add(at).cast::<Span>().drop_in_place() };
        }
    }
}

#[cfg(debug_assertions)]
impl Call {
    /// Whether something waits for its first poll.
    pub(crate) fn waits_for_its_first_poll(&self) -> bool {
        let turns = self.turns.load(Ordering::Relaxed);
        let polled = self.polled.load(Ordering::Relaxed) || self.is(LEAVING);
        !polled && !turns.is_null() && turns != gone()
    }
}

/// The side of the frame, which has a reference until it is gone.
///
/// # Safety
///
/// Only C++ calls these, and `finish` last.
impl Shared {
    /// The call as C++ holds it.
    pub unsafe fn of(call: *const c_void) -> ManuallyDrop<Self> {
        // SAFETY: C++ has a reference, which stays.
        ManuallyDrop::new(unsafe { Shared::from_raw(call) })
    }

    /// Another reference, for what may outlive the frame; given back by `release`.
    pub unsafe fn share(call: *const c_void) {
        // SAFETY: the caller's.
        let shared = unsafe { Shared::of(call) };
        shared.state.fetch_or(SHARED, Ordering::Relaxed);
        _ = Shared::clone(&shared).into_raw();
    }

    /// Gives a reference back.
    pub unsafe fn release(call: *const c_void) {
        // SAFETY: it comes from `share`.
        above_cpp(|| drop(unsafe { Shared::from_raw(call) }));
    }

    /// Takes over the result. Rust learns of it when the frame is gone.
    pub unsafe fn send(&self, value: *const c_void) {
        record("value", &**self);
        // SAFETY: C++ gives the value away, and the slot is empty.
        unsafe { self.put(value.cast()) }
    }

    /// Takes over an item if there is room; else `waker` is woken when there may be.
    pub unsafe fn try_send(&self, item: *const c_void, waker: *const Waiting) -> bool {
        if self.slots.is_full() {
            // In one order with the room, on both sides: so one of the two sees the other.
            let before = self.writer.swap(Waiting::share(waker), Ordering::SeqCst);
            Waiting::release(before);
            if self.slots.is_full() {
                record("full", &**self);
                return false;
            }
        }
        record("item", &**self);
        // SAFETY: C++ gives the item away, and there is room.
        unsafe { self.put(item.cast()) };
        record("woken", &**self);
        above_cpp(|| self.reader.wake());
        true
    }

    /// A stream has come to its end.
    pub unsafe fn complete(&self) {
        self.state.fetch_or(COMPLETE, Ordering::Release);
    }

    /// The coroutine of a future has come to its end. It may have forgotten its `co_return`, which is
    /// undefined behaviour, of which GCC says nothing.
    pub unsafe fn ended(&self) {
        // SAFETY: what was thrown is C++'s until it has finished.
        let thrown = unsafe { &mut *self.thrown.get() };
        if thrown.is_none() && self.slots.is_empty() {
            let what = "the C++ coroutine ended without the co_return of its value";
            *thrown = Some(Box::new(CxxAsyncException::new(what.into())));
        }
    }

    /// Keeps what an exception said, in UTF-8 or nearly so.
    pub unsafe fn fail(&self, what: &[u8]) {
        record("thrown", &**self);
        let what = String::from_utf8_lossy(what).into_owned();
        // SAFETY: as above.
        unsafe { *self.thrown.get() = Some(Box::new(CxxAsyncException::new(what.into()))) };
    }

    /// The frame is gone, and with it its reference.
    pub unsafe fn finish(call: *const c_void) {
        // SAFETY: it comes from `begin`.
        let call = unsafe { Shared::from_raw(call) };
        record("gone", &*call);
        above_cpp(|| {
            if call.state.fetch_or(FINISHED, Ordering::AcqRel) & LEFT == 0 {
                record("woken", &*call);
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

    /// Whether Rust has let go of the future, or does so now.
    pub fn left(&self) -> bool {
        self.is(LEAVING)
    }

    /// Whether it may wait only where its object ends it.
    pub fn is_ended_by_its_object(&self) -> bool {
        self.is(ENDED_BY_ITS_OBJECT)
    }

    /// Whether the function that began the call has surely returned.
    pub fn returned(&self) -> bool {
        self.polled.load(Ordering::Acquire) || self.is(LEAVING)
    }

    /// Has a turn taken when Rust leaves; false when it has left. One at a time.
    pub unsafe fn hang(&self, hook: *mut Turn) -> bool {
        self.hook
            .compare_exchange(ptr::null_mut(), hook, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Takes back what was hung; false when Rust has it.
    pub unsafe fn take_back(&self, hook: *mut Turn) -> bool {
        self.hook
            .compare_exchange(hook, ptr::null_mut(), Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Has a turn taken when Rust leaves, whether or not C++ waits; and once more, given up, when
    /// the call goes. Returns the one that is there: an earlier one stays.
    pub unsafe fn on_leaving(&self, turn: *mut Turn) -> *mut Turn {
        match self.on_leaving.compare_exchange(
            ptr::null_mut(),
            turn,
            Ordering::SeqCst,
            Ordering::SeqCst,
        ) {
            Err(earlier) => earlier,
            Ok(_) => {
                if !turn.is_null() && self.state.load(Ordering::SeqCst) & LEAVING != 0 {
                    // SAFETY: C++ handed it over; told twice it does nothing.
                    unsafe { Turn::take(turn) };
                }
                turn
            }
        }
    }

    /// In which Rust made the call.
    pub fn span(&self) -> Option<&Span> {
        // SAFETY: it is there as long as the call.
        self.is(HAS_SPAN)
            .then(|| unsafe { self.0.byte_add(self.memory().span).cast().as_ref() })
    }

    /// Has a turn taken where Rust polls; in a thread of ours once nobody polls any more.
    pub unsafe fn post(call: *const c_void, turn: *mut Turn) {
        // The frame may be gone as soon as the turn can be taken.
        // SAFETY: the caller's.
        let call = Shared::clone(&*unsafe { Shared::of(call) });
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
                    record("woken", &*call);
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
