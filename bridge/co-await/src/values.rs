//! Values that C++ and Rust hand each other: outputs of futures, items of streams. What carries them
//! does not know their type, but how large they are and how one is destroyed.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ffi::c_void;
use std::fmt;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use crate::Error;
use crate::elsewhere::{cpp_is_below, drop_elsewhere};
use crate::error::told;

/// How much room a value takes; `detail::shape` in `rust/co_await.h` is the same.
#[repr(C)]
#[derive(Clone, Copy, PartialEq)]
pub struct Shape {
    size: usize,
    align: usize,
}

impl Shape {
    pub const fn of<T>() -> Self {
        Shape {
            size: size_of::<T>(),
            align: align_of::<T>(),
        }
    }

    /// The memory for a row of as many values, which is never none at all.
    pub fn row_of(self, count: usize) -> Layout {
        let size = self.size.checked_mul(count);
        size.and_then(|size| Layout::from_size_align(size.max(1), self.align).ok())
            .expect("values that fit into memory")
    }

    /// Where a row of them begins behind something else.
    pub const fn after<T>(self) -> usize {
        size_of::<T>().next_multiple_of(self.align)
    }

    pub const fn size(self) -> usize {
        self.size
    }

    /// Why a value of this shape, made by that language, is not what somebody awaits. Shapes that
    /// differ are found, and types that look alike are not.
    pub fn is_not(self, awaited: Shape, made_by: &str) -> Error {
        told(format!(
            "{made_by} made a value of {self}, where one of {awaited} is awaited: the two languages \
             take one type for two"
        ))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, aligned to {}", self.size, self.align)
    }
}

/// What C++ says of the values of a call; `detail::values` there is the same.
#[repr(C)]
pub struct Values {
    pub shape: Shape,
    destroy: unsafe extern "C" fn(value: *mut c_void),
}

impl Values {
    /// Destroys a value that nobody took: here, unless C++ is below us.
    ///
    /// # Safety
    ///
    /// It is one of these, and nobody uses it after this.
    pub unsafe fn destroy(&'static self, value: *mut u8) {
        if cpp_is_below() {
            // SAFETY: the caller's; whatever crosses may be moved by copying its bytes.
            drop_elsewhere(unsafe { Moved::from(value, self) });
        } else {
            // SAFETY: the caller's.
            unsafe { (self.destroy)(value.cast()) }
        }
    }
}

/// A value of C++'s on its way to another thread.
struct Moved {
    value: NonNull<u8>,
    values: &'static Values,
}

// SAFETY: what crosses the border may go to any thread.
unsafe impl Send for Moved {}

impl Moved {
    unsafe fn from(value: *const u8, values: &'static Values) -> Self {
        let moved = Moved {
            value: allocate(values.shape.row_of(1)),
            values,
        };
        // SAFETY: there is room for it.
        unsafe { ptr::copy_nonoverlapping(value, moved.value.as_ptr(), values.shape.size) };
        moved
    }
}

impl Drop for Moved {
    fn drop(&mut self) {
        // SAFETY: the value is ours, and so is its memory.
        unsafe {
            (self.values.destroy)(self.value.as_ptr().cast());
            dealloc(self.value.as_ptr(), self.values.shape.row_of(1));
        }
    }
}

/// Memory of this layout, whose size is not zero.
pub(crate) fn allocate(layout: Layout) -> NonNull<u8> {
    debug_assert!(layout.size() != 0);
    // SAFETY: its size is not zero.
    let memory = unsafe { alloc(layout) };
    NonNull::new(memory).unwrap_or_else(|| handle_alloc_error(layout))
}

/// Where a value is put for who asks for it, who says what it expects.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    value: *mut u8,
    pub shape: Shape,
}

impl Place {
    pub fn new<T>(value: &mut MaybeUninit<T>) -> Self {
        Place {
            value: value.as_mut_ptr().cast(),
            shape: Shape::of::<T>(),
        }
    }

    /// # Safety
    ///
    /// There is room for a value of the shape, until it is put there.
    pub unsafe fn of_cpp(value: *mut c_void, shape: Shape) -> Self {
        Place {
            value: value.cast(),
            shape,
        }
    }

    /// Puts a value there.
    ///
    /// # Safety
    ///
    /// The place is still there, and of that shape.
    pub unsafe fn put<T>(self, value: T) {
        debug_assert!(self.shape == Shape::of::<T>());
        // SAFETY: the caller's.
        unsafe { self.value.cast::<T>().write(value) }
    }

    /// Moves a value there.
    ///
    /// # Safety
    ///
    /// As above, and the value is not used any more.
    pub unsafe fn move_from(self, value: *const u8) {
        // SAFETY: the caller's.
        unsafe { ptr::copy_nonoverlapping(value, self.value, self.shape.size) }
    }
}

/// What Rust says of a type with a name in both languages, to be compared when a program starts;
/// `detail::declared` in C++ is the same.
#[repr(C)]
pub struct Declared {
    shape: Shape,
    /// How many items may wait to be read.
    buffer: usize,
    is_stream: bool,
}

impl Declared {
    /// A future of `T`.
    pub const fn future<T: Send + 'static>() -> Self {
        Declared {
            shape: Shape::of::<T>(),
            buffer: 1,
            is_stream: false,
        }
    }

    /// A stream of `T`, of which so many may wait to be read.
    pub const fn stream<T: Send + 'static>(buffer: usize) -> Self {
        Declared {
            shape: Shape::of::<T>(),
            buffer,
            is_stream: true,
        }
    }
}
