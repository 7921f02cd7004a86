//! Finds a C++ compiler that can do C++20 coroutines as cxx-async writes them: clang 17 or later.
//!
//! GCC is refused, not merely disliked: GCC 12 rejects cxx-async's header, and where that line is
//! worked around the program crashes. clang 16 keeps locals of an inlined `await_suspend` in the
//! coroutine's frame, which another thread may have freed: Boost.Asio's own crash with it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The first clang that keeps `await_suspend` out of the coroutine.
const OLDEST_CLANG: u32 = 17;

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum Error {
    #[error(
        "no clang 17 or later on PATH: run `./justw setup`, or install the package `clang-19` or \
         later and, if it is not on PATH, set CXX to its clang++"
    )]
    Missing,
    #[error(
        "CXX is `{compiler}`, which is {found}; C++20 coroutines with cxx-async need clang 17 or \
         later: unset CXX, or set it to a newer clang++"
    )]
    Unfit { compiler: String, found: String },
}

/// The compiler in `CXX` when that is set, else the newest clang on `PATH`.
pub fn find() -> Result<PathBuf, Error> {
    if let Some(compiler) = env::var_os("CXX").filter(|value| !value.is_empty()) {
        return accept(PathBuf::from(compiler));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut clangs: Vec<_> = env::split_paths(&path)
        .flat_map(|folder| clangs_in(&folder))
        .filter_map(|compiler| Some((clang_version(&version_text(&compiler)?)?, compiler)))
        .filter(|(version, _)| *version >= OLDEST_CLANG)
        .collect();
    // Stable: of two of the same version, the first on PATH stays in front.
    clangs.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    clangs
        .into_iter()
        .next()
        .map(|(_, compiler)| compiler)
        .ok_or(Error::Missing)
}

fn accept(compiler: PathBuf) -> Result<PathBuf, Error> {
    let text = version_text(&compiler);
    match text.as_deref().and_then(clang_version) {
        Some(version) if version >= OLDEST_CLANG => Ok(compiler),
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

/// `clang++`, `clang++-16`, `clang++-19` and so on in a folder of `PATH`.
fn clangs_in(folder: &Path) -> Vec<PathBuf> {
    let is_clang = |name: &str| {
        name.strip_prefix("clang++").is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix('-')
                    .is_some_and(|version| version.parse::<u32>().is_ok())
        })
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_clang))
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

/// The major version in the first line of `clang++ --version`; nothing for another compiler.
fn clang_version(text: &str) -> Option<u32> {
    let (_, version) = text.lines().next()?.split_once("clang version ")?;
    version.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_of_clang() {
        let debian = "Debian clang version 16.0.6 (15~deb12u1)\nTarget: x86_64-pc-linux-gnu\n";
        assert_eq!(clang_version(debian), Some(16));
        assert_eq!(
            clang_version("Ubuntu clang version 18.1.3 (1ubuntu1)"),
            Some(18)
        );
    }

    #[test]
    fn does_not_take_gcc_for_clang() {
        assert_eq!(clang_version("g++ (Debian 12.2.0-14) 12.2.0"), None);
        assert_eq!(clang_version(""), None);
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
    fn finds_only_the_names_of_clang() {
        let folder = env::temp_dir().join(format!("native-build-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["clang++", "clang++-19", "clang++-libc", "clang", "g++"] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        let mut found: Vec<_> = clangs_in(&folder)
            .into_iter()
            .map(|path| path.file_name().unwrap().to_owned())
            .collect();
        found.sort();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, ["clang++", "clang++-19"]);
    }
}
