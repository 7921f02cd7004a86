//! Compiles the codec and the bridge that its Rust tests call it through.

use std::path::Path;

fn main() {
    let build = co_await_build::bridge("src/lib.rs")
        .cpp("cpp")
        .pkg_config("libisal", "libisal-dev");
    // stb's headers: the copy that `just vendor` made when there is one, else the system's.
    let vendored = Path::new("../../vendor/stb");
    let build = if vendored.join("stb_image.h").is_file() {
        // Only where it is: what cargo is told to watch and does not find, it builds anew each time.
        println!("cargo::rerun-if-changed={}", vendored.display());
        build.headers(vendored.canonicalize().unwrap_or_default())
    } else {
        build.pkg_config_headers("stb", "libstb-dev")
    };
    build.deny_warnings().compile();
}
