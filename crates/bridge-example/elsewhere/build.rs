//! Compiles the bridge and its C++, by what is on crates.io alone.

fn main() {
    cxx_build::bridge("src/main.rs")
        .file("cpp/client.cpp")
        .std("c++20")
        // Boost before 1.80 does not believe that clang has coroutines.
        .define("BOOST_ASIO_HAS_CO_AWAIT", None)
        .define("BOOST_ASIO_HAS_STD_COROUTINE", None)
        .compile("bridge-example");
    println!("cargo::rerun-if-changed=src/main.rs");
    println!("cargo::rerun-if-changed=cpp");
    println!("cargo::rerun-if-env-changed=CXX");
}
