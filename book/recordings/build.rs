//! Compiles what the scenes do in C++ beside the steps, and puts it between them and the codec.

#[cfg(not(feature = "record"))]
fn main() {}

#[cfg(feature = "record")]
fn main() {
    if !co_await_build::compiler_is_clang() {
        println!("cargo::error=cxx-async's own header, which a scene is about, takes clang");
        return;
    }
    co_await_build::bridge("src/work.rs")
        .deny_warnings()
        .bridge("src/scenes.rs")
        .bridge("src/upstream.rs")
        .cpp("cpp")
        .boost()
        .compile();
    // cpp/work.cpp defines what this has the linker call in place of `codec::jpeg_to_png`.
    println!("cargo::rustc-link-arg-bins=-Wl,--wrap={JPEG_TO_PNG}");
}

#[cfg(feature = "record")]
const JPEG_TO_PNG: &str = "_ZN5codec11jpeg_to_pngESt4spanIKhLm18446744073709551615EERKNS_6limitsE";
