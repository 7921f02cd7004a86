//! A bridge by hand: a Rust future over a C++ coroutine, in as few lines as it takes to understand.
//!
//! It has only what the book's page on the two models needs. It cannot be dropped before it is
//! ready, and its coroutine cannot fail.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use cxx::UniquePtr;

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        type Wake;
        fn wake(self: &Wake);
    }

    unsafe extern "C++" {
        include!("bridge-by-hand/cpp/answer.h");

        type Answer;
        fn square(number: i64) -> UniquePtr<Answer>;
        fn poll(self: &Answer, waker: Box<Wake>) -> bool;
        fn value(self: &Answer) -> i64;
    }
}

/// Rust's waker, for C++ to call.
pub struct Wake(Waker);

impl Wake {
    fn wake(&self) {
        self.0.wake_by_ref();
    }
}

/// A C++ coroutine as a Rust future.
pub struct Square(UniquePtr<ffi::Answer>);

/// Starts the coroutine.
pub fn square(number: i64) -> Square {
    Square(ffi::square(number))
}

impl Future for Square {
    type Output = i64;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<i64> {
        match self.0.poll(Box::new(Wake(context.waker().clone()))) {
            true => Poll::Ready(self.0.value()),
            false => Poll::Pending,
        }
    }
}
