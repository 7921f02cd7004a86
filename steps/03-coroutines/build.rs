//! Compiles the bridge and the C++ behind it.

fn main() {
    native_build::bridge("src/lib.rs")
        .cpp("cpp")
        .boost()
        .compile();
}
