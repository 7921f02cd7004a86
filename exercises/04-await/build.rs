//! Compiles the C++ of the exercise.

fn main() {
    native_build::bridge("src/lib.rs")
        .cpp("cpp")
        .boost()
        .compile();
}
