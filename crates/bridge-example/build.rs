//! Compiles the C++ of the example.

fn main() {
    co_await_build::bridge("src/main.rs")
        .deny_warnings()
        .cpp("cpp")
        .boost()
        .compile();
    // For the test that builds the example by itself.
    let compiler = co_await_build::compiler().unwrap_or_default();
    println!("cargo::rustc-env=CXX_COMPILER={}", compiler.display());
}
