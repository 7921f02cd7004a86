//! Compiles the C++ of a crate that uses [co-await](https://docs.rs/co-await): the body of
//! its build script's `main` is these lines.
//!
//! ```no_run
//! // The file with the `#[cxx::bridge]`, and the folder of the C++ files behind it.
//! co_await_build::bridge("src/main.rs").cpp("cpp").boost().compile();
//! ```
//!
//! It finds a compiler that can do C++20 coroutines (GCC 13 or later, clang 17 or later, or what
//! `CXX` says), hands over the headers of every crate that the crate depends on, and switches
//! coroutines on in Boost. Warnings are on for the crate's own C++ and off for what is generated and
//! for other people's headers. What is missing ends the build with one line that says what to
//! install.

#![warn(missing_docs)]

mod cmake;
mod commands;
mod compiler;
mod libraries;
mod patched;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use libraries::Library;
use patched::Patched;

/// Why a build cannot go on: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{0}")]
    Compiler(#[from] compiler::Error),
    #[error("{0}")]
    Library(#[from] libraries::Error),
    #[error("cannot read the C++ folder {}: {source}", folder.display())]
    Folder {
        folder: PathBuf,
        source: std::io::Error,
    },
    #[error("{0}")]
    Bridge(#[from] patched::Error),
    #[error("cannot write how the C++ was compiled: {0}")]
    Commands(std::io::Error),
    #[error("cannot write what CMake is to know: {0}")]
    Cmake(std::io::Error),
    #[error(
        "the C++ compiler refused this code; what it said is among the lines of this build script's output (cargo build without --quiet shows them)"
    )]
    Compile(#[from] cc::Error),
}

/// C++ sources behind a cxx bridge, to be compiled for the crate whose build script runs.
#[must_use = "nothing is compiled before `compile`"]
pub struct Build {
    bridges: Vec<PathBuf>,
    sources: Vec<PathBuf>,
    libraries: Vec<Library>,
    main: Option<PathBuf>,
    deny_warnings: bool,
    compile_commands: bool,
    cmake: bool,
}

/// Starts from the Rust file that holds the `#[cxx::bridge]` module.
pub fn bridge(file: impl Into<PathBuf>) -> Build {
    Build {
        bridges: vec![file.into()],
        sources: Vec::new(),
        libraries: Vec::new(),
        main: None,
        deny_warnings: false,
        compile_commands: false,
        cmake: false,
    }
}

/// The C++ compiler that builds use, if there is one that will do.
pub fn compiler() -> Option<PathBuf> {
    compiler::find().ok()
}

/// Whether that compiler is clang, for a build that takes what only clang compiles.
pub fn compiler_is_clang() -> bool {
    compiler()
        .is_some_and(|compiler| matches!(compiler::kind(&compiler), Some(compiler::Kind::Clang(_))))
}

/// Whether Folly is on this machine, for a build that takes it where it is there.
pub fn has_folly() -> bool {
    has(&Library::Folly)
}

/// Whether CppCoro is on this machine, for a build that takes it where it is there.
pub fn has_cppcoro() -> bool {
    has(&Library::Cppcoro)
}

fn has(library: &Library) -> bool {
    compiler().is_some_and(|compiler| library.find(&compiler).is_ok())
}

impl Build {
    /// Adds another Rust file with a bridge.
    pub fn bridge(mut self, file: impl Into<PathBuf>) -> Self {
        self.bridges.push(file.into());
        self
    }

    /// Compiles a C++ file, or every `.cpp` directly in a folder. The headers beside them are
    /// watched too.
    pub fn cpp(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.push(path.into());
        self
    }

    /// Compiles a C++ file with a `main` of its own into a library called after the crate,
    /// `my-crate-main`. A `#![no_main]` binary of the crate links it, with `#[link(name = "…")]`:
    /// that is a program that C++ owns.
    pub fn main(mut self, file: impl Into<PathBuf>) -> Self {
        self.main = Some(file.into());
        self
    }

    /// Takes warnings of the crate's own C++ for errors.
    pub fn deny_warnings(mut self) -> Self {
        self.deny_warnings = true;
        self
    }

    /// Writes `compile_commands.json` into the target folder, for clangd. Where several crates of a
    /// workspace do so, the last one built is the one that it tells of.
    pub fn compile_commands(mut self) -> Self {
        self.compile_commands = true;
        self
    }

    /// Writes `my-crate.cmake` into the target folder of the profile, for a C++ project that owns `main`:
    /// an imported target `my-crate`, which is the crate's `staticlib` with its headers and all that
    /// it is linked with. It takes CMake's package `Threads`.
    pub fn cmake(mut self) -> Self {
        self.cmake = true;
        self
    }

    /// A library by the name of its `.pc` file, linked. `package` is what Debian calls it, for the
    /// message when it is not there.
    pub fn pkg_config(self, name: &str, package: &str) -> Self {
        self.by_pkg_config(name, package, false)
    }

    /// The same of a library that has headers only.
    pub fn pkg_config_headers(self, name: &str, package: &str) -> Self {
        self.by_pkg_config(name, package, true)
    }

    fn by_pkg_config(self, name: &str, package: &str, headers: bool) -> Self {
        self.library(Library::PkgConfig {
            name: name.into(),
            package: package.into(),
            headers,
        })
    }

    /// A folder with other people's headers.
    pub fn headers(self, folder: impl Into<PathBuf>) -> Self {
        self.library(Library::Headers(folder.into()))
    }

    /// Boost's headers, with coroutines switched on in Asio. Nothing of Boost needs linking here.
    pub fn boost(self) -> Self {
        self.library(Library::Boost)
    }

    /// Folly, with coroutines, and what it is built on, linked.
    pub fn folly(self) -> Self {
        self.library(Library::Folly)
    }

    /// CppCoro, linked.
    pub fn cppcoro(self) -> Self {
        self.library(Library::Cppcoro)
    }

    fn library(mut self, library: Library) -> Self {
        self.libraries.push(library);
        self
    }

    /// Compiles everything and tells cargo what to link and what to watch.
    ///
    /// The crate's own files are compiled with `-Wall -Wextra`; what cxx generates, and the headers
    /// of libraries, are kept quiet.
    ///
    /// When something is missing, or the compiler refuses the code, it tells cargo so, and the build
    /// fails with that line.
    pub fn compile(self) {
        if let Err(error) = self.try_compile() {
            // Cargo shows this as one line and fails the build; a non-zero exit would bury it
            // below the whole output of the script.
            println!("cargo::error={error}");
        }
    }

    fn try_compile(self) -> Result<(), Error> {
        let compiler = compiler::find()?;
        let libraries = self
            .libraries
            .iter()
            .map(|library| library.find(&compiler))
            .collect::<Result<Vec<_>, _>>()?;
        let files = self.watched_files()?;

        let configure = |build: &mut cc::Build| {
            build.compiler(&compiler).cpp(true).std("c++20");
            for include in system_includes(&libraries) {
                build.flag("-isystem").flag(include);
            }
            for (name, value) in libraries.iter().flat_map(|library| &library.defines) {
                build.define(name, value.as_deref());
            }
            // As CMake does: no assertions, ours among them, in what is built for release.
            if env::var("PROFILE").as_deref() == Ok("release") {
                build.define("NDEBUG", None);
            }
        };

        let Some(patched) = Patched::write(&self.bridges)? else {
            // The attribute says what is wrong, where it stands, when Rust is compiled.
            return Ok(());
        };
        let mut generated = patched.bridges()?;
        generated.include(patched.headers());
        configure(&mut generated);
        generated.warnings(false);

        // A second `cc::Build` with the same include folders and no generated file, so that the
        // warnings are on for our code only.
        let mut own = cxx_build::bridges(std::iter::empty::<&Path>());
        own.include(patched.headers());
        configure(&mut own);
        own.warnings(true)
            .extra_warnings(true)
            .warnings_into_errors(self.deny_warnings)
            // A coroutine that ends without the `co_return` of its value is undefined behaviour.
            .flag("-Werror=return-type");
        if env::var_os("DEP_CXX_ASYNC_INCLUDE").is_some() {
            // cxx-async's macros expand in our headers to functions that return a `const` value.
            own.flag("-Wno-ignored-qualifiers");
        }
        if let Some(main) = &self.main {
            let library = format!("{}-main", env::var("CARGO_PKG_NAME").unwrap_or_default());
            // Cargo would link it into every program of the crate; each would have two `main`s.
            let mut own = own.clone();
            own.cargo_metadata(false).file(main).try_compile(&library)?;
            println!("cargo::rerun-if-changed={}", main.display());
        }
        own.files(files.iter().filter(|file| has_extension(file, "cpp")));

        // Before compiling: an editor's help is wanted most where the code does not compile.
        let sources = files.iter().filter(|file| has_extension(file, "cpp"));
        commands::write(&own, sources.chain(&self.main), self.compile_commands)
            .map_err(Error::Commands)?;

        if self.cmake {
            cmake::write(&own).map_err(Error::Cmake)?;
        }

        // One archive: our code and the generated code call each other.
        generated.objects(own.try_compile_intermediates()?);
        generated.try_compile(&env::var("CARGO_PKG_NAME").unwrap_or_default())?;

        for library in &libraries {
            library.link();
        }
        println!("cargo::rerun-if-env-changed=CXX");
        for file in &files {
            println!("cargo::rerun-if-changed={}", file.display());
        }
        Ok(())
    }

    /// The C++ files of the crate, sources and headers, in a stable order.
    fn watched_files(&self) -> Result<Vec<PathBuf>, Error> {
        let mut files = Vec::new();
        for path in &self.sources {
            let is_file = path.is_file();
            let folder = match path.parent() {
                Some(parent) if is_file && parent == Path::new("") => Path::new("."),
                Some(parent) if is_file => parent,
                _ => path,
            };
            let in_folder = |source| Error::Folder {
                folder: folder.to_owned(),
                source,
            };
            for entry in fs::read_dir(folder).map_err(in_folder)? {
                let file = entry.map_err(in_folder)?.path();
                let is_asked_for = !is_file || file.file_name() == path.file_name();
                if has_extension(&file, "h") || has_extension(&file, "cpp") && is_asked_for {
                    files.push(file);
                }
            }
        }
        files.sort();
        files.dedup();
        Ok(files)
    }
}

/// The include folders that are not ours: of the libraries, and of cxx-async where the crate
/// depends on it (cargo hands its folder over in `DEP_CXX_ASYNC_INCLUDE`).
fn system_includes(libraries: &[libraries::Found]) -> Vec<PathBuf> {
    let cxx_async = env::var_os("DEP_CXX_ASYNC_INCLUDE").map(PathBuf::from);
    libraries
        .iter()
        .flat_map(|library| library.includes.iter().cloned())
        .chain(cxx_async)
        // As a system folder given by hand it would come before the C++ library's own headers,
        // which rely on coming first.
        .filter(|include| include != Path::new("/usr/include"))
        .collect()
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}
