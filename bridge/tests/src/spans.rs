//! C++ that has Rust note, on its way, in which span of `tracing` it is.

use std::sync::Mutex;

use tracing::Span;

use crate::{FutureInt, RUNTIME};

#[cxx::bridge]
pub mod ffi {
    extern "Rust" {
        fn note(place: &str);
        fn notes_in_a_future() -> FutureInt;
        fn notes_in_a_task() -> FutureInt;
    }

    unsafe extern "C++" {
        include!("bridge-tests/cpp/spans.h");

        type FutureInt = crate::FutureInt;
        type Pool = crate::ffi::Pool;

        fn notes_on_the_way(pool: &Pool) -> FutureInt;
    }
}

/// The places, each with the number of the span that it was in; 0 is none.
pub static NOTES: Mutex<Vec<(String, u64)>> = Mutex::new(Vec::new());

fn note(place: &str) {
    let span = Span::current().id().map_or(0, |id| id.into_u64());
    NOTES.lock().unwrap().push((place.to_owned(), span));
}

fn notes_in_a_future() -> FutureInt {
    FutureInt::infallible(async {
        tokio::task::yield_now().await;
        note("in a future");
        0
    })
}

fn notes_in_a_task() -> FutureInt {
    let runtime = RUNTIME.get().expect("a runtime for C++");
    FutureInt::spawn(runtime, async {
        tokio::task::yield_now().await;
        note("in a task");
        Ok::<_, String>(0)
    })
}
