//! Compiles the bridge of the call token, and hands its header to the crates that depend on this
//! one. Any C++ compiler will do here: there is no coroutine in it.

use std::path::Path;

fn main() {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    cxx_build::CFG.exported_header_dirs.push(&include);
    cxx_build::bridge("src/token.rs")
        .std("c++20")
        .warnings(false)
        .compile("cxx-async-tokio");
    println!("cargo::rerun-if-changed=src/token.rs");
    println!("cargo::rerun-if-changed=include");
}
