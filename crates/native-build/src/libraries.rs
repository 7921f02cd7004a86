//! The C++ libraries that the steps use, and where a system keeps them.

use std::env;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "{library} was not found ({looked_for}): run `./justw setup`, or install the package `{package}`"
    )]
    Missing {
        library: &'static str,
        looked_for: String,
        package: &'static str,
    },
}

/// A library that a build can ask for.
pub enum Library {
    Stb,
    Libdeflate,
    Boost,
}

/// What the compiler and cargo have to be told about a library.
#[derive(Default)]
pub struct Found {
    /// Include folders, given as system folders so that their warnings stay quiet.
    pub includes: Vec<PathBuf>,
    /// Macros.
    pub defines: Vec<&'static str>,
    folders: Vec<PathBuf>,
    names: Vec<String>,
}

impl Found {
    /// Tells cargo what to link.
    pub fn link(&self) {
        for folder in &self.folders {
            println!("cargo::rustc-link-search=native={}", folder.display());
        }
        for name in &self.names {
            println!("cargo::rustc-link-lib={name}");
        }
    }
}

impl Library {
    pub fn find(&self) -> Result<Found, Error> {
        match self {
            Library::Stb => stb(),
            Library::Libdeflate => libdeflate(),
            Library::Boost => boost(),
        }
    }
}

fn stb() -> Result<Found, Error> {
    let vendored = workspace().join("vendor/stb");
    println!("cargo::rerun-if-changed={}", vendored.display());
    let includes = if vendored.join("stb_image.h").is_file() {
        vec![vendored]
    } else {
        probe("stb")
            .ok_or_else(|| Error::Missing {
                library: "stb",
                looked_for: "vendor/stb, pkg-config `stb`".into(),
                package: "libstb-dev",
            })?
            .include_paths
    };
    // The headers are compiled into the codec: nothing is linked.
    Ok(Found {
        includes,
        ..Found::default()
    })
}

fn libdeflate() -> Result<Found, Error> {
    let library = probe("libdeflate").ok_or_else(|| Error::Missing {
        library: "libdeflate",
        looked_for: "pkg-config `libdeflate`".into(),
        package: "libdeflate-dev",
    })?;
    Ok(Found {
        includes: library.include_paths,
        folders: library.link_paths,
        names: library.libs,
        ..Found::default()
    })
}

/// Asks pkg-config, and prints nothing: what to link is said once, by `Found::link`.
fn probe(name: &str) -> Option<pkg_config::Library> {
    pkg_config::Config::new()
        .cargo_metadata(false)
        .env_metadata(true)
        .probe(name)
        .ok()
}

fn boost() -> Result<Found, Error> {
    let roots = [env::var_os("BOOST_ROOT").map(|root| Path::new(&root).join("include"))]
        .into_iter()
        .flatten()
        .chain(
            [
                "/usr/include",
                "/usr/local/include",
                "/opt/homebrew/include",
            ]
            .map(PathBuf::from),
        );
    println!("cargo::rerun-if-env-changed=BOOST_ROOT");
    let mut looked_in = Vec::new();
    for include in roots {
        if include.join("boost/asio.hpp").is_file() {
            return Ok(Found {
                includes: vec![include],
                // Boost before 1.80 does not believe that clang has coroutines.
                defines: vec!["BOOST_ASIO_HAS_CO_AWAIT", "BOOST_ASIO_HAS_STD_COROUTINE"],
                ..Found::default()
            });
        }
        looked_in.push(include.display().to_string());
    }
    Err(Error::Missing {
        library: "Boost.Asio",
        looked_for: format!("boost/asio.hpp in {}", looked_in.join(", ")),
        package: "libboost-dev",
    })
}

/// The folder of the workspace, which holds `vendor/` and this crate's own folder two levels down.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
