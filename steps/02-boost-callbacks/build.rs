//! Compiles the bridge and the C++ behind it.

fn main() {
    co_await_build::bridge("src/lib.rs")
        .deny_warnings()
        .cpp("cpp")
        .boost()
        .compile();
}
