//! Compiles the C++ of the example.

fn main() {
    native_build::bridge("src/main.rs")
        .cpp("cpp")
        .boost()
        .compile();
}
