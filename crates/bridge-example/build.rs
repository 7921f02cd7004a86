//! Compiles the C++ of the example.

fn main() {
    native_build::bridge("src/main.rs")
        .cpp("cpp")
        .boost()
        .compile();
    // For the test that builds the example by itself.
    let compiler = native_build::compiler().unwrap_or_default();
    println!("cargo::rustc-env=CXX_COMPILER={}", compiler.display());
}
