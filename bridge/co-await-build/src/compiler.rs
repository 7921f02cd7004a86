//! Finds a C++ compiler that can do C++20 coroutines: clang 17 or later, or GCC 13 or later.
//!
//! clang 16 keeps locals of an inlined `await_suspend` in the coroutine's frame, which another
//! thread may have freed: Boost.Asio's own crash with it. GCC 12 destroys members twice after a
//! `co_await` within braces.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum Error {
    #[error(
        "there is no C++ compiler for coroutines on PATH: install GCC 13 or later (`g++` of Debian \
         13 and Ubuntu 24.04) or clang 17 or later (`clang-19` of Debian 12), or set CXX to one"
    )]
    Missing,
    #[error(
        "CXX is `{compiler}`, which is {found}; it takes GCC 13 or later, for GCC 12 destroys \
         temporaries twice in a `co_await`, or clang 17 or later: unset CXX, or set it to one"
    )]
    Unfit { compiler: String, found: String },
}

/// A compiler and its major version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Gcc(u32),
    Clang(u32),
}

impl Kind {
    fn will_do(self) -> bool {
        match self {
            Kind::Gcc(version) => version >= 13,
            Kind::Clang(version) => version >= 17,
        }
    }
}

/// The compiler in `CXX` when that is set, else the newest clang on `PATH`, else the newest GCC.
pub fn find() -> Result<PathBuf, Error> {
    if let Some(compiler) = env::var_os("CXX").filter(|value| !value.is_empty()) {
        return accept(PathBuf::from(compiler));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut compilers: Vec<_> = env::split_paths(&path)
        .flat_map(|folder| compilers_in(&folder))
        .filter_map(|compiler| Some((kind(&compiler)?, compiler)))
        .filter(|(kind, _)| kind.will_do())
        .collect();
    // Stable: of two of the same version, the first on PATH stays in front.
    compilers.sort_by_key(|(kind, _)| std::cmp::Reverse(*kind));
    compilers
        .into_iter()
        .next()
        .map(|(_, compiler)| compiler)
        .ok_or(Error::Missing)
}

/// What a compiler is, if it can be told.
pub fn kind(compiler: &Path) -> Option<Kind> {
    kind_by_text(&version_text(compiler)?)
}

fn accept(compiler: PathBuf) -> Result<PathBuf, Error> {
    let text = version_text(&compiler);
    match text.as_deref().and_then(kind_by_text) {
        Some(kind) if kind.will_do() => Ok(compiler),
        _ => Err(Error::Unfit {
            compiler: compiler.display().to_string(),
            found: text
                .as_deref()
                .and_then(|text| text.lines().next())
                .map_or("not a compiler that can be run".into(), |line| {
                    format!("`{line}`")
                }),
        }),
    }
}

/// `clang++`, `clang++-19`, `g++`, `g++-14` and so on in a folder of `PATH`.
fn compilers_in(folder: &Path) -> Vec<PathBuf> {
    let is_compiler = |name: &str| {
        ["clang++", "g++"].iter().any(|compiler| {
            name.strip_prefix(compiler).is_some_and(|rest| {
                rest.is_empty()
                    || rest
                        .strip_prefix('-')
                        .is_some_and(|version| version.parse::<u32>().is_ok())
            })
        })
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_compiler))
        .map(|entry| entry.path())
        .collect()
}

fn version_text(compiler: &Path) -> Option<String> {
    let output = Command::new(compiler).arg("--version").output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// By the first lines of `--version`.
fn kind_by_text(text: &str) -> Option<Kind> {
    let first = text.lines().next()?;
    if let Some((_, version)) = first.split_once("clang version ") {
        return Some(Kind::Clang(version.split('.').next()?.parse().ok()?));
    }
    if !text.contains("Free Software Foundation") {
        return None;
    }
    // `g++ (Debian 12.2.0-14+deb12u1) 12.2.0`, and `g++-14 (GCC) 14.2.0 20240801`.
    let (_, versions) = first.rsplit_once(") ")?;
    let version = versions.split('.').next()?.parse().ok()?;
    Some(Kind::Gcc(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_compilers_say_of_themselves() {
        let debian = "Debian clang version 16.0.6 (15~deb12u1)\nTarget: x86_64-pc-linux-gnu\n";
        assert_eq!(kind_by_text(debian), Some(Kind::Clang(16)));
        assert_eq!(
            kind_by_text("Ubuntu clang version 18.1.3 (1ubuntu1)"),
            Some(Kind::Clang(18))
        );
        let copyright = "\nCopyright (C) 2022 Free Software Foundation, Inc.\n";
        let gcc = |first: &str| kind_by_text(&format!("{first}{copyright}"));
        assert_eq!(
            gcc("g++ (Debian 12.2.0-14+deb12u1) 12.2.0"),
            Some(Kind::Gcc(12))
        );
        assert_eq!(gcc("g++-14 (GCC) 14.2.0 20240801"), Some(Kind::Gcc(14)));
        assert_eq!(kind_by_text(""), None);
        assert_eq!(kind_by_text("some compiler (x) 99.1"), None);
    }

    #[test]
    fn takes_what_can_do_coroutines() {
        let fit = [
            Kind::Clang(17),
            Kind::Clang(21),
            Kind::Gcc(13),
            Kind::Gcc(16),
        ];
        assert!(fit.into_iter().all(Kind::will_do));
        assert!(
            ![Kind::Clang(16), Kind::Gcc(12)]
                .into_iter()
                .any(Kind::will_do)
        );
        assert!(Kind::Clang(17) > Kind::Gcc(99), "clang first");
    }

    #[test]
    fn names_an_unfit_compiler_in_one_line() {
        let error = accept(PathBuf::from("/bin/true")).unwrap_err().to_string();
        assert!(
            error.contains("/bin/true") && error.contains("clang 17"),
            "{error}"
        );
        assert!(!error.contains('\n'), "{error}");
    }

    #[test]
    fn finds_only_the_names_of_compilers() {
        let folder = env::temp_dir().join(format!("co-await-build-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in [
            "clang++",
            "clang++-19",
            "clang++-libc",
            "clang",
            "g++",
            "x-g++",
        ] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        let mut found: Vec<_> = compilers_in(&folder)
            .into_iter()
            .map(|path| path.file_name().unwrap().to_owned())
            .collect();
        found.sort();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, ["clang++", "clang++-19", "g++"]);
    }
}
