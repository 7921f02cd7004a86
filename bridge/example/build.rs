//! Compiles the C++ of the example.

fn main() {
    co_await_build::bridge("src/main.rs")
        .deny_warnings()
        .cpp("cpp")
        .boost()
        .compile();
}
