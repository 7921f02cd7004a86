//! What may be the output of a future, each sent from Rust to C++ and back; `cpp/types.h` has the C++
//! spellings. The book's table is made of these two files.

use cxx::{CxxString, CxxVector, UniquePtr};

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
        /// A box stands in the bridge once, or cxx makes none for C++.
        fn new_counter() -> Box<Counter>;
    }

    unsafe extern "C++" {
        include!("bridge-tests/cpp/types.h");

        type FutureUnit = crate::types::FutureUnit;
        type FutureBool = crate::types::FutureBool;
        type FutureByte = crate::types::FutureByte;
        type FutureSigned = crate::types::FutureSigned;
        type FutureSize = crate::types::FutureSize;
        type FutureFloat = crate::types::FutureFloat;
        type FutureRustText = crate::types::FutureRustText;
        type FutureBytes = crate::types::FutureBytes;
        type FutureTexts = crate::types::FutureTexts;
        type FutureBox = crate::types::FutureBox;
        type FutureCppText = crate::types::FutureCppText;
        type FutureCppBytes = crate::types::FutureCppBytes;
        type FuturePoint = crate::types::FuturePoint;
        type FutureColour = crate::types::FutureColour;
        type FuturePoints = crate::types::FuturePoints;

        fn echo_unit(given: FutureUnit) -> FutureUnit;
        fn echo_bool(given: FutureBool) -> FutureBool;
        fn echo_byte(given: FutureByte) -> FutureByte;
        fn echo_signed(given: FutureSigned) -> FutureSigned;
        fn echo_size(given: FutureSize) -> FutureSize;
        fn echo_float(given: FutureFloat) -> FutureFloat;
        fn echo_text(given: FutureRustText) -> FutureRustText;
        fn echo_bytes(given: FutureBytes) -> FutureBytes;
        fn echo_texts(given: FutureTexts) -> FutureTexts;
        fn echo_box(given: FutureBox) -> FutureBox;
        fn gives_what_is_left_of_a_box(given: FutureBox) -> FutureBox;
        fn echo_cpp_text(given: FutureCppText) -> FutureCppText;
        fn echo_cpp_bytes(given: FutureCppBytes) -> FutureCppBytes;
        fn echo_point(given: FuturePoint) -> FuturePoint;
        fn echo_colour(given: FutureColour) -> FutureColour;
        fn echo_points(given: FuturePoints) -> FuturePoints;

        fn a_text_of_cpp() -> UniquePtr<CxxString>;

        /// What would be said of `FutureFloat`, were it a text in C++; and of it as it is.
        fn disagreement_of_float_and_text() -> String;
        fn disagreement_of_float_and_float() -> String;
        /// What happens at the start of a program with that.
        fn start_with_float_for_text();
    }

    impl Vec<Point> {}
}

/// Something of Rust's that C++ holds and cannot look into.
#[derive(Debug, PartialEq)]
pub struct Counter(pub u32);

fn new_counter() -> Box<Counter> {
    Box::new(Counter(0))
}

impl Counter {
    fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

// SAFETY, for each of these: `cpp/types.h` names the C++ type of this `Output`.
#[co_await::bridge]
unsafe impl Future for FutureUnit {
    type Output = ();
}
#[co_await::bridge]
unsafe impl Future for FutureBool {
    type Output = bool;
}
#[co_await::bridge]
unsafe impl Future for FutureByte {
    type Output = u8;
}
#[co_await::bridge]
unsafe impl Future for FutureSigned {
    type Output = i64;
}
#[co_await::bridge]
unsafe impl Future for FutureSize {
    type Output = usize;
}
#[co_await::bridge]
unsafe impl Future for FutureFloat {
    type Output = f64;
}
#[co_await::bridge]
unsafe impl Future for FutureRustText {
    type Output = String;
}
#[co_await::bridge]
unsafe impl Future for FutureBytes {
    type Output = Vec<u8>;
}
#[co_await::bridge]
unsafe impl Future for FutureTexts {
    type Output = Vec<String>;
}
#[co_await::bridge]
unsafe impl Future for FutureBox {
    type Output = Box<Counter>; // where `Box<Counter>` stands elsewhere in the bridge too
}
#[co_await::bridge]
unsafe impl Future for FutureCppText {
    type Output = UniquePtr<CxxString>;
}
#[co_await::bridge]
unsafe impl Future for FutureCppBytes {
    type Output = UniquePtr<CxxVector<u8>>;
}
#[co_await::bridge]
unsafe impl Future for FuturePoint {
    type Output = ffi::Point; // a structure of the bridge
}
#[co_await::bridge]
unsafe impl Future for FutureColour {
    type Output = ffi::Colour; // an enumeration of the bridge
}
#[co_await::bridge]
unsafe impl Future for FuturePoints {
    type Output = Vec<ffi::Point>; // with `impl Vec<Point> {}` in the bridge
}
