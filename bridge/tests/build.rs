//! Compiles the C++ that the tests call.

use std::env;

use co_await_build::Build;

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
    "waits_for_rust",
];

/// What clang does not compile.
const HOSTILE_TO_GCC: &[&str] = &["forgets_its_co_return"];

/// Those of `hostile/folly` and of `hostile/cppcoro`.
const HOSTILE_TO_FOLLY: &[&str] = &[
    "dropped_while_queued",
    "executor_that_calls_at_once",
    "full_queue",
    "reads_a_stream",
    "reschedules",
    "woken_under_a_lock",
];
const HOSTILE_TO_CPPCORO: &[&str] = &["woken_under_a_lock"];

fn main() {
    let mut build = co_await_build::bridge("src/lib.rs")
        .deny_warnings()
        .bridge("src/conventions.rs")
        .bridge("src/edges.rs")
        .bridge("src/functions.rs")
        .bridge("src/keyed_mutex.rs")
        .bridge("src/leaving.rs")
        .bridge("src/odd.rs")
        .bridge("src/odd/other.rs")
        .bridge("src/spans.rs")
        .bridge("src/streams.rs")
        .bridge("src/trouble.rs")
        .bridge("src/types.rs")
        .cpp("cpp/calls.cpp")
        .cpp("cpp/conventions.cpp")
        .cpp("cpp/count.cpp")
        .cpp("cpp/edges.cpp")
        .cpp("cpp/functions.cpp")
        .cpp("cpp/keyed_mutex.cpp")
        .cpp("cpp/leaving.cpp")
        .cpp("cpp/odd.cpp")
        .cpp("cpp/spans.cpp")
        .cpp("cpp/streams.cpp")
        .cpp("cpp/trouble.cpp")
        .cpp("cpp/types.cpp")
        .cpp("hostile/allocation.cpp")
        .boost();
    build = add_all(build, "hostile", HOSTILE);
    // GCC does not compile cxx-async's own macros, so what they do is not looked at with it.
    println!("cargo::rustc-check-cfg=cfg(upstream)");
    if co_await_build::compiler_is_clang() {
        build = build.bridge("src/bare.rs").cpp("cpp/bare.cpp");
        println!("cargo::rustc-cfg=upstream");
    } else {
        build = add_all(build, "hostile", HOSTILE_TO_GCC);
    }
    if cfg!(feature = "folly") {
        build = build.bridge("src/folly.rs").cpp("folly").folly();
        build = add_all(build, "hostile/folly", HOSTILE_TO_FOLLY);
    }
    if cfg!(feature = "cppcoro") {
        build = build.bridge("src/cppcoro.rs").cpp("cppcoro").cppcoro();
        build = add_all(build, "hostile/cppcoro", HOSTILE_TO_CPPCORO);
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

fn add_all(mut build: Build, folder: &str, programs: &[&str]) -> Build {
    for program in programs {
        build = build
            .bridge(format!("{folder}/{program}.rs"))
            .cpp(format!("{folder}/{program}.cpp"));
    }
    build
}
