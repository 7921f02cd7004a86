//! Compiles the bridge, and says in CMake's words how to use it.

fn main() {
    co_await_build::bridge("src/lib.rs").cmake().compile();
}
