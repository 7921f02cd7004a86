//! Compiles the C++ that the crossing costs are measured with.

fn main() {
    native_build::bridge("src/crossing.rs")
        .cpp("cpp")
        .boost()
        .compile();
}
