//! What may be the output of a future, each sent from Rust to C++ and back; `cpp/types.h` has the C++
//! spellings. The book's table is made of these two files.

use std::sync::atomic::{AtomicUsize, Ordering};

#[co_await::bridge]
pub mod ffi {
    /// A structure that both languages know.
    #[derive(Clone, Debug, PartialEq)]
    struct Point {
        x: i32,
        y: f64,
        name: String,
    }

    /// So is an enumeration.
    #[derive(Debug)]
    enum Colour {
        Red,
        Green,
    }

    extern "Rust" {
        type Counter;
        fn next(self: &mut Counter) -> u32;
        fn new_counter() -> Box<Counter>;
    }

    unsafe extern "C++" {
        include!("bridge-tests/cpp/types.h");

        async fn echo_unit(given: impl Future<Output = Result<()>>) -> Result<()>;
        async fn echo_bool(given: impl Future<Output = Result<bool>>) -> Result<bool>;
        async fn echo_byte(given: impl Future<Output = Result<u8>>) -> Result<u8>;
        async fn echo_signed(given: impl Future<Output = Result<i64>>) -> Result<i64>;
        async fn echo_size(given: impl Future<Output = Result<usize>>) -> Result<usize>;
        async fn echo_float(given: impl Future<Output = Result<f64>>) -> Result<f64>;
        async fn echo_text(given: impl Future<Output = Result<String>>) -> Result<String>;
        async fn echo_bytes(given: impl Future<Output = Result<Vec<u8>>>) -> Result<Vec<u8>>;
        async fn echo_texts(
            given: impl Future<Output = Result<Vec<String>>>,
        ) -> Result<Vec<String>>;
        async fn echo_box(
            given: impl Future<Output = Result<Box<Counter>>>,
        ) -> Result<Box<Counter>>; // a type of `extern "Rust"`
        async fn echo_cpp_text(
            given: impl Future<Output = Result<UniquePtr<CxxString>>>,
        ) -> Result<UniquePtr<CxxString>>;
        async fn echo_cpp_bytes(
            given: impl Future<Output = Result<UniquePtr<CxxVector<u8>>>>,
        ) -> Result<UniquePtr<CxxVector<u8>>>;
        async fn echo_point(given: impl Future<Output = Result<Point>>) -> Result<Point>; // a structure of the bridge
        async fn echo_colour(given: impl Future<Output = Result<Colour>>) -> Result<Colour>; // an enumeration of the bridge
        async fn echo_points(given: impl Future<Output = Result<Vec<Point>>>)
        -> Result<Vec<Point>>;

        async fn gives_what_is_left_of_a_box(
            given: impl Future<Output = Result<Box<Counter>>>,
        ) -> Result<Box<Counter>>;
        fn a_text_of_cpp() -> UniquePtr<CxxString>;

        /// Counters that Rust makes, and counts when it drops them.
        async fn counter() -> Result<Box<Counter>>;
        #[buffer = 4]
        fn counters() -> impl Stream<Item = Result<Box<Counter>>>;

        type FutureFloat = crate::types::FutureFloat;
        /// What would be said of `FutureFloat`, were it a text in C++; and of it as it is.
        fn disagreement_of_float_and_text() -> String;
        fn disagreement_of_float_and_float() -> String;
        /// What happens at the start of a program with that.
        fn start_with_float_for_text();
        fn echo_named(given: FutureFloat) -> FutureFloat;
    }
}

/// Something of Rust's that C++ holds and cannot look into.
#[derive(Debug, PartialEq)]
pub struct Counter(pub u32);

impl Counter {
    fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

/// How many counters Rust has dropped.
pub static DROPPED: AtomicUsize = AtomicUsize::new(0);

impl Drop for Counter {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::SeqCst);
    }
}

fn new_counter() -> Box<Counter> {
    Box::new(Counter(0))
}

// SAFETY: `cpp/types.h` names the C++ type of this `Output`.
#[co_await::bridge]
unsafe impl Future for FutureFloat {
    type Output = f64;
}
