//! Says how each C++ file is compiled, for clangd: `just compile-commands` joins what the build
//! scripts leave.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file in `OUT_DIR`: one entry of a `compile_commands.json` per line.
const FILE: &str = "compile_commands.lines";

/// Writes how `build` compiles each of `sources`, which are given from the crate's folder; also as a
/// whole `compile_commands.json` in the target folder if `whole`.
pub fn write<'a>(
    build: &cc::Build,
    sources: impl Iterator<Item = &'a PathBuf>,
    whole: bool,
) -> Result<(), io::Error> {
    let folder = |variable| env::var_os(variable).map(PathBuf::from).unwrap_or_default();
    let out = folder("OUT_DIR");
    // Asked here and not by cc, which would end the build script where it fails.
    let compiler = build.try_get_compiler().map_err(io::Error::other)?;
    let compiler: Vec<_> = [compiler.path().as_os_str().to_owned()]
        .into_iter()
        .chain(compiler.args().iter().cloned())
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let crate_folder = folder("CARGO_MANIFEST_DIR");
    let entries: Vec<_> = sources
        .map(|source| entry(&crate_folder, source, &compiler))
        .collect();
    // Cargo marks its target folder with this file.
    let target = out.ancestors().find(|it| it.join("CACHEDIR.TAG").exists());
    if let (true, Some(target)) = (whole, target) {
        let all = format!("[\n{}\n]\n", entries.join(",\n"));
        fs::write(target.join("compile_commands.json"), all)?;
    }
    fs::write(out.join(FILE), entries.join("\n") + "\n")
}

fn entry(folder: &Path, source: &Path, compiler: &[String]) -> String {
    let source = folder.join(source).to_string_lossy().into_owned();
    let arguments: Vec<_> = compiler
        .iter()
        .chain([&"-c".to_string(), &source])
        .map(|argument| quoted(argument))
        .collect();
    format!(
        r#"{{"directory":{},"file":{},"arguments":[{}]}}"#,
        quoted(&folder.to_string_lossy()),
        quoted(&source),
        arguments.join(","),
    )
}

/// A string in JSON. Paths and flags have none of the characters below the space.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_json_whatever_the_flags_hold() {
        let compiler = [r"/usr/bin/clang++", r#"-DNAME="a\b""#].map(String::from);
        assert_eq!(
            entry(Path::new("/step"), Path::new("cpp/convert.cpp"), &compiler),
            concat!(
                r#"{"directory":"/step","file":"/step/cpp/convert.cpp","arguments":"#,
                r#"["/usr/bin/clang++","-DNAME=\"a\\b\"","-c","/step/cpp/convert.cpp"]}"#,
            ),
        );
    }
}
