//! Compiles the C++ of the exercise, with AddressSanitizer.

fn main() {
    exercise_kit::address_sanitizer();
    native_build::bridge("src/lib.rs")
        .cpp("cpp")
        .boost()
        .compile();
}
