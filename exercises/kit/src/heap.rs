//! How much memory Rust holds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, which counts what is held: for `#[global_allocator]` in a test.
#[derive(Default)]
pub struct Heap {
    held: AtomicUsize,
}

impl Heap {
    /// With nothing held.
    pub const fn new() -> Self {
        Heap {
            held: AtomicUsize::new(0),
        }
    }

    /// How many bytes were allocated and not freed.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }
}

// SAFETY: the system's allocator does the work, as its contract says; beside it is only counting.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.held.fetch_add(layout.size(), Ordering::SeqCst);
        // SAFETY: the caller keeps to the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.held.fetch_sub(layout.size(), Ordering::SeqCst);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}
