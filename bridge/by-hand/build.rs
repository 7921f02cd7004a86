//! Compiles the C++ behind the bridge.

fn main() {
    co_await_build::bridge("src/lib.rs")
        .deny_warnings()
        .cpp("cpp")
        .compile();
}
