//! Compiles the C++ of the exercise.

fn main() {
    co_await_build::bridge("src/lib.rs")
        .deny_warnings()
        .cpp("cpp")
        .boost()
        .compile();
}
