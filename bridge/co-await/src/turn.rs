//! What C++ hands to Rust, to be done later or elsewhere.

use std::ptr;

/// Something that is done once, in a thread that somebody else chooses. C++ owns it; `detail::turn`
/// in `rust/co_await.h` is the same.
#[repr(C)]
pub struct Turn {
    /// For the queue that it stands in.
    pub next: *mut Turn,
    /// Takes the turn, or gives it up where its executor is gone.
    take: unsafe extern "C" fn(turn: *mut Turn, alive: bool),
}

impl Turn {
    /// # Safety
    ///
    /// `turn` was handed over by C++, and nobody takes it but the caller.
    pub unsafe fn take(turn: *mut Turn) {
        // SAFETY: as above.
        unsafe { ((*turn).take)(turn, true) }
    }

    /// Gives it up.
    ///
    /// # Safety
    ///
    /// As above.
    pub unsafe fn give_up(turn: *mut Turn) {
        // SAFETY: as above.
        unsafe { ((*turn).take)(turn, false) }
    }

    /// Takes the turns of a list that begins with the newest, the oldest first.
    ///
    /// # Safety
    ///
    /// As above, for each of them.
    pub unsafe fn take_all(newest: *mut Turn) {
        let mut oldest = ptr::null_mut();
        let mut turn = newest;
        while !turn.is_null() {
            // SAFETY: a turn that stands in a list is C++'s to keep until it is taken.
            let next = unsafe { std::mem::replace(&mut (*turn).next, oldest) };
            oldest = turn;
            turn = next;
        }
        while !oldest.is_null() {
            // SAFETY: as above; taken, it may be gone.
            unsafe {
                let next = (*oldest).next;
                Turn::take(oldest);
                oldest = next;
            }
        }
    }
}
