//! Compiles the bridge and the C++ behind it, and the C++ program that has a `main` of its own.

fn main() {
    co_await_build::bridge("src/lib.rs")
        .deny_warnings()
        .cpp("cpp/converter.cpp")
        .main("owned-by-cpp/main.cpp")
        .boost()
        .compile();
}
