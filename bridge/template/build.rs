//! Compiles the C++ behind the bridge.

fn main() {
    co_await_build::bridge("src/lib.rs")
        .cpp("cpp")
        .boost()
        .deny_warnings()
        .compile();
}
