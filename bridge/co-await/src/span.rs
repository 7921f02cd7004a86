//! The `tracing` span of a call, with the feature `tracing`; nothing without.

/// What runs on behalf of a call runs in this.
#[derive(Clone)]
pub(crate) struct Span(#[cfg(feature = "tracing")] tracing::Span);

#[cfg(feature = "tracing")]
mod traced {
    use std::ffi::c_void;
    use std::ptr;

    use tracing::span::EnteredSpan;

    use super::Span;

    impl Span {
        /// The one that this thread is in.
        pub fn current() -> Self {
            Span(tracing::Span::current())
        }

        pub fn is_some(&self) -> bool {
            !self.0.is_none()
        }

        pub fn id(&self) -> u64 {
            self.0.id().map_or(0, |id| id.into_u64())
        }

        pub fn in_scope<T>(&self, body: impl FnOnce() -> T) -> T {
            self.0.in_scope(body)
        }

        /// Enters it, for C++ to leave it by `exit` in the same thread.
        pub fn enter(&self) -> *mut c_void {
            if self.0.is_none() {
                return ptr::null_mut();
            }
            Box::into_raw(Box::new(self.0.clone().entered())).cast()
        }
    }

    /// Leaves a span.
    pub unsafe fn exit(entered: *mut c_void) {
        // SAFETY: it comes from `enter`, in this thread.
        drop(unsafe { Box::from_raw(entered.cast::<EnteredSpan>()) });
    }
}

#[cfg(feature = "tracing")]
pub(crate) use traced::exit;

#[cfg(not(feature = "tracing"))]
impl Span {
    pub fn current() -> Self {
        Span()
    }

    pub fn is_some(&self) -> bool {
        false
    }

    pub fn id(&self) -> u64 {
        0
    }

    pub fn in_scope<T>(&self, body: impl FnOnce() -> T) -> T {
        body()
    }

    pub fn enter(&self) -> *mut std::ffi::c_void {
        std::ptr::null_mut()
    }
}

/// Leaves a span: never called.
#[cfg(not(feature = "tracing"))]
pub(crate) unsafe fn exit(_: *mut std::ffi::c_void) {}
