//! Compiles the C++ of the exercise, with AddressSanitizer.

fn main() {
    exercise_kit::address_sanitizer();
    co_await_build::bridge("src/lib.rs")
        .deny_warnings()
        .cpp("cpp")
        .boost()
        .compile();
}
