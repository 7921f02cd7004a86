//! Compiles the C++ that the crossing costs are measured with.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(folly, cppcoro)");
    let mut build = co_await_build::bridge("src/crossing.rs")
        .deny_warnings()
        .cpp("cpp")
        .boost();
    let every = cfg!(feature = "every-executor");
    if every && co_await_build::has_folly() {
        println!("cargo::rustc-cfg=folly");
        build = build.bridge("src/crossing/folly.rs").cpp("folly").folly();
    }
    if every && co_await_build::has_cppcoro() {
        println!("cargo::rustc-cfg=cppcoro");
        build = build
            .bridge("src/crossing/cppcoro.rs")
            .cpp("cppcoro")
            .cppcoro();
    }
    build.compile();
}
