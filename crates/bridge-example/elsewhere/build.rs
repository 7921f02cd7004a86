//! Compiles the bridge and its C++.

fn main() {
    co_await_build::bridge("src/main.rs").cpp("cpp").boost().compile();
}
