//! What a project that CMake builds is to know of a crate that it links.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What Rust's standard library wants of the system, on Linux.
const SYSTEM: &str = "Threads::Threads;dl;m";

/// Writes the file beside the crate's `staticlib`, where its path does not change from build to build.
pub fn write(build: &cc::Build) -> io::Result<()> {
    let variable = |name: &str| {
        env::var(name).map_err(|_| io::Error::other(format!("cargo did not set {name}")))
    };
    let name = variable("CARGO_PKG_NAME")?;
    let out = PathBuf::from(variable("OUT_DIR")?);
    // …/target/debug/build/CRATE-0123/out
    let profile = out
        .ancestors()
        .nth(3)
        .ok_or_else(|| io::Error::other("OUT_DIR is not below a target folder"))?;
    let compiler = build.get_compiler();
    let arguments: Vec<_> = compiler
        .args()
        .iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let text = text(&name, profile, &arguments);
    fs::write(profile.join(format!("{name}.cmake")), text)
}

fn text(name: &str, profile: &Path, arguments: &[String]) -> String {
    let library = profile.join(format!("lib{}.a", name.replace('-', "_")));
    let (mut includes, mut defines) = (Vec::new(), Vec::new());
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        if let Some(define) = argument.strip_prefix("-D") {
            defines.push(define);
        } else if argument == "-I" || argument == "-isystem" {
            includes.extend(arguments.next());
        } else if let Some(include) = argument.strip_prefix("-I") {
            includes.push(include);
        }
    }
    format!(
        "# Written by the build script of {name}.\n\
         add_library({name} STATIC IMPORTED GLOBAL)\n\
         set_target_properties({name} PROPERTIES IMPORTED_LOCATION \"{}\")\n\
         target_include_directories({name} SYSTEM INTERFACE \"{}\")\n\
         target_compile_definitions({name} INTERFACE \"{}\")\n\
         target_compile_features({name} INTERFACE cxx_std_20)\n\
         target_link_libraries({name} INTERFACE \"{SYSTEM}\")\n",
        library.display(),
        includes.join(";"),
        defines.join(";"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_has_the_headers_and_the_definitions() {
        let arguments = ["-O0", "-I", "/a", "-I/b", "-isystem", "/c", "-DX", "-DY=1"];
        let arguments = arguments.map(String::from);
        let text = text("my-crate", Path::new("/t/debug"), &arguments);
        for part in [
            "add_library(my-crate STATIC IMPORTED GLOBAL)",
            "\"/t/debug/libmy_crate.a\"",
            "INTERFACE \"/a;/b;/c\"",
            "INTERFACE \"X;Y=1\"",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
