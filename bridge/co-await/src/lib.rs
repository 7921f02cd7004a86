//! C++20 coroutines awaited from Rust, and async Rust awaited from C++.
#![doc = ""]
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod border;
mod call;
mod elsewhere;
mod error;
mod future;
mod handle;
mod object;
#[cfg(feature = "recorder")]
pub mod recorder;
mod span;
#[cfg(feature = "tokio")]
mod spawn;
mod stream;
mod turn;
#[cfg(debug_assertions)]
mod unpolled;
mod values;
mod waiting;
#[cfg(feature = "tokio")]
mod within;

/// Nothing is noted, and nothing of this is left in the code.
#[cfg(not(feature = "recorder"))]
mod recorder {
    #[inline(always)]
    pub fn record<T: ?Sized>(_what: &str, _which: *const T) {}
}

/// What it defines is a future, or a stream, in Rust as well: whoever makes it, Rust may await it.
///
/// ```
/// use futures::executor::{block_on, block_on_stream};
/// use futures::{Stream, stream};
///
/// #[co_await::bridge]
/// unsafe impl Future for FutureText {
///     type Output = String;
/// }
///
/// #[co_await::bridge(namespace = shop, buffer = 16)]
/// unsafe impl Stream for StreamPrice {
///     type Item = f64;
/// }
///
/// let text = FutureText::infallible(async { "from Rust".to_owned() });
/// assert_eq!(block_on(text)?, "from Rust");
///
/// let refused = FutureText::fallible(async { Err("sold out") });
/// assert_eq!(block_on(refused).unwrap_err().to_string(), "sold out");
///
/// let prices = StreamPrice::infallible(stream::iter([1.5, 2.5]));
/// let prices: Result<Vec<f64>, _> = block_on_stream(prices).collect();
/// assert_eq!(prices?, [1.5, 2.5]);
/// # Ok::<(), co_await::Error>(())
/// ```
///
/// In a bridge it refuses a type of Rust's that may not go to any thread:
///
/// ```compile_fail,E0277
/// #[co_await::bridge]
/// mod ffi {
///     extern "Rust" {
///         type Tokens;
///     }
/// }
///
/// struct Tokens(std::rc::Rc<u8>);
/// # fn main() {}
/// ```
///
/// The rest is the attribute's own page:
///
pub use co_await_macro::bridge;
pub use cxx_async::{CxxAsyncException, CxxAsyncResult};
pub use error::Error;
pub use future::Future;
pub use object::Owner;
pub use stream::Stream;

/// What the attribute expands to.
#[doc(hidden)]
pub mod private {
    pub use crate::object::{
        call, call_ended_by_its_object, call_on, goes_to_cpp, is_held_by_calls, made, never_fails,
    };
    #[cfg(feature = "tokio")]
    pub use crate::within::Within;
    /// Compiles for what C++ may hold in any thread, and look at from several.
    pub const fn may_be_held_in_any_thread<T: Send + Sync>() {}
    pub use crate::values::Declared;
    pub use cxx;
    pub use futures;
    #[cfg(feature = "tokio")]
    pub use tokio;

    /// What needs Tokio, where the feature is on.
    #[cfg(feature = "tokio")]
    #[macro_export]
    macro_rules! __if_tokio { ($($item:tt)*) => { $($item)* } }
    /// What needs Tokio, where the feature is on.
    #[cfg(not(feature = "tokio"))]
    #[macro_export]
    macro_rules! __if_tokio {
        ($($item:tt)*) => {};
    }
    pub use crate::__if_tokio as if_tokio;
}
