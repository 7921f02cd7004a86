//! What is a future in Rust is a stream of the same type in C++, or the other way round: the program
//! ends when it starts, with a sentence that names it.
//!
//! The two have no `#[co_await::bridge]`. The functions that it would make are here, and lie if the
//! environment says so: so only the process that is to end has a pair that does not agree.

use std::env;

use co_await::private::Declared;

use super::{coawait_FutureNumber_in_rust, coawait_StreamNumber_in_rust};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/future_for_a_stream.h");

        fn uses_them();
    }
}

/// The variable that says which of the two is what it should not be.
pub const LIES: &str = "BRIDGE_TESTS_OF_ANOTHER_KIND";

#[unsafe(export_name = "coawait_FutureOfOneKind_in_rust")]
extern "C" fn future_in_rust() -> &'static Declared {
    match env::var_os(LIES) {
        Some(name) if name == "FutureOfOneKind" => coawait_StreamNumber_in_rust(),
        _ => coawait_FutureNumber_in_rust(),
    }
}

#[unsafe(export_name = "coawait_StreamOfOneKind_in_rust")]
extern "C" fn stream_in_rust() -> &'static Declared {
    match env::var_os(LIES) {
        Some(name) if name == "StreamOfOneKind" => coawait_FutureNumber_in_rust(),
        _ => coawait_StreamNumber_in_rust(),
    }
}

/// Where nobody lies, all is well.
pub fn run() {
    ffi::uses_them();
}
