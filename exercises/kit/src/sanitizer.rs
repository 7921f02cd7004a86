//! AddressSanitizer for the C++ of one crate, with the stable toolchain.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Has the C++ of the crate whose build script calls this compiled with AddressSanitizer, and its
/// tests linked with the runtime that comes with Rust. To be called first.
///
/// Only the C++ is instrumented, so nothing that the crate depends on is compiled anew, and no flag
/// of nightly Rust is needed. What C++ reads and writes is checked, whoever allocated it, and so is
/// every `free`. `just sanitize` instruments Rust too, at the price of compiling everything again.
pub fn address_sanitizer() {
    let Some(runtime) = runtime() else {
        println!(
            "cargo::error=this exercise needs AddressSanitizer, which the Rust toolchain has for \
             64-bit Linux on x86 and Arm; this is another system"
        );
        return;
    };
    for argument in [
        "-Wl,--whole-archive".to_owned(),
        runtime.display().to_string(),
        "-Wl,--no-whole-archive".to_owned(),
    ] {
        println!("cargo::rustc-link-arg={argument}");
    }
    let given = env::var("CXXFLAGS").unwrap_or_default();
    let flags = format!("{given} -fsanitize=address -fno-omit-frame-pointer -g");
    // SAFETY: called first in a build script, which has one thread until it compiles.
    unsafe { env::set_var("CXXFLAGS", flags) };
}

/// The runtime of the toolchain that compiles the crate.
fn runtime() -> Option<PathBuf> {
    let rustc = env::var_os("RUSTC")?;
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target"])
        .arg(env::var_os("TARGET")?)
        .output()
        .ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    std::fs::read_dir(folder.trim())
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|file| file.to_string_lossy().ends_with("_rt.asan.a"))
}
