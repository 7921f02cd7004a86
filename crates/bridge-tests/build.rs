//! Compiles the C++ that the tests call.

use std::env;

/// The programs of `hostile/`, each with a bridge.
const HOSTILE: &[&str] = &[
    "coroutine_owns_its_executor",
    "deep_chain",
    "future_for_a_stream",
    "kept_pool_in_a_wake",
    "key_given_up_twice",
    "key_that_does_not_copy",
    "moved_away",
    "out_of_memory",
    "owner_destroys_while_it_waits",
    "polled_in_a_wake",
    "resumed_after_its_pool",
    "scheduler_that_is_ready",
    // Takes `rust::async::block_on` and `start` (S11): this line switches it on.
    "waits_for_rust",
];

fn main() {
    let mut build = co_await_build::bridge("src/lib.rs")
        .deny_warnings()
        .bridge("src/conventions.rs")
        .bridge("src/edges.rs")
        .bridge("src/keyed_mutex.rs")
        .bridge("src/leaving.rs")
        .bridge("src/spans.rs")
        .bridge("src/streams.rs")
        .bridge("src/trouble.rs")
        .bridge("src/types.rs")
        .cpp("cpp/calls.cpp")
        .cpp("cpp/conventions.cpp")
        .cpp("cpp/count.cpp")
        .cpp("cpp/edges.cpp")
        .cpp("cpp/keyed_mutex.cpp")
        .cpp("cpp/leaving.cpp")
        .cpp("cpp/spans.cpp")
        .cpp("cpp/streams.cpp")
        .cpp("cpp/trouble.cpp")
        .cpp("cpp/types.cpp")
        .cpp("hostile/allocation.cpp")
        .boost();
    for program in HOSTILE {
        build = build
            .bridge(format!("hostile/{program}.rs"))
            .cpp(format!("hostile/{program}.cpp"));
    }
    println!("cargo::rustc-check-cfg=cfg(waits_for_rust)");
    if HOSTILE.contains(&"waits_for_rust") {
        println!("cargo::rustc-cfg=waits_for_rust");
    }
    // GCC does not compile cxx-async's own macros, so what they do is not looked at with it.
    println!("cargo::rustc-check-cfg=cfg(upstream)");
    if co_await_build::compiler_is_clang() {
        build = build.bridge("src/bare.rs").cpp("cpp/bare.cpp");
        println!("cargo::rustc-cfg=upstream");
    }
    if cfg!(feature = "folly") {
        build = build.bridge("src/folly.rs").cpp("folly").folly();
    }
    if cfg!(feature = "cppcoro") {
        build = build.bridge("src/cppcoro.rs").cpp("cppcoro").cppcoro();
    }
    build.compile();

    // For the tests that ask a compiler what it takes.
    let out = env::var("OUT_DIR").unwrap();
    let cxx_async = env::var("DEP_CXX_ASYNC_INCLUDE").unwrap();
    let headers =
        ["CO_AWAIT", "CO_AWAIT_ASIO"].map(|it| env::var(format!("DEP_{it}_INCLUDE")).unwrap());
    println!("cargo::rustc-env=CO_AWAIT_INCLUDE={}", headers[0]);
    println!("cargo::rustc-env=CO_AWAIT_ASIO_INCLUDE={}", headers[1]);
    let compiler = co_await_build::compiler().unwrap_or_default();
    println!("cargo::rustc-env=CXX_INCLUDE={out}/cxxbridge/include");
    println!("cargo::rustc-env=CXX_ASYNC_INCLUDE={cxx_async}");
    println!("cargo::rustc-env=CXX_COMPILER={}", compiler.display());
}
