//! Compiles the bridge and its C++, by what is on crates.io alone.

use std::env;

fn main() {
    // cxx-async tells those who depend on it, and nobody else, where its header is.
    let cxx_async = env::var("DEP_CXX_ASYNC_INCLUDE").expect("cxx-async is a dependency");
    cxx_build::bridge("src/main.rs")
        .file("cpp/shop.cpp")
        .include(cxx_async)
        .std("c++20")
        // Boost before 1.80 does not believe that clang has coroutines.
        .define("BOOST_ASIO_HAS_CO_AWAIT", None)
        .define("BOOST_ASIO_HAS_STD_COROUTINE", None)
        .compile("bridge-example");
    println!("cargo::rerun-if-changed=src/main.rs");
    println!("cargo::rerun-if-changed=cpp");
    println!("cargo::rerun-if-env-changed=CXX");
}
