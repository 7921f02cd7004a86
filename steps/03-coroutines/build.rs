//! Compiles the bridge and the C++ behind it: the file of the one leg that the features choose.

fn main() {
    let build = co_await_build::bridge("src/lib.rs").deny_warnings();
    let asio = cfg!(feature = "asio");
    let folly = cfg!(feature = "folly");
    let cppcoro = cfg!(feature = "cppcoro");
    match (asio, folly, cppcoro) {
        (true, false, false) => build.cpp("cpp/asio.cpp").boost().compile(),
        (false, true, false) => build.cpp("cpp/folly.cpp").folly().compile(),
        (false, false, true) => build.cpp("cpp/cppcoro.cpp").cppcoro().compile(),
        // Here and not in the crate, which is compiled only after this.
        _ => println!(
            "cargo::error=choose one of the features `asio`, `folly` and `cppcoro`, for example \
             with --no-default-features --features folly"
        ),
    }
}
