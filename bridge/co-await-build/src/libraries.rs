//! The C++ libraries that a build can ask for, and where a system keeps them.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "{library} was not found ({looked_for}): install it, on Debian and Ubuntu the package \
         `{package}`"
    )]
    Missing {
        library: String,
        looked_for: String,
        package: String,
    },
    /// No distribution has this one: its README tells how.
    #[error("{library} was not found ({looked_for}): {advice}")]
    Unpackaged {
        library: &'static str,
        looked_for: String,
        advice: &'static str,
    },
}

/// A library that a build can ask for.
pub enum Library {
    Boost,
    Folly,
    Cppcoro,
    /// By the name of its `.pc` file; and Debian's package, for the message.
    PkgConfig {
        name: String,
        package: String,
        /// Whether it has headers only, and nothing to link.
        headers: bool,
    },
    /// A folder of headers.
    Headers(PathBuf),
}

/// What the compiler and cargo have to be told about a library.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// Include folders, given as system folders so that their warnings stay quiet.
    pub includes: Vec<PathBuf>,
    /// Macros, with their values where they have one.
    pub defines: Vec<(String, Option<String>)>,
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

    /// Adds another library behind this one, which may need it.
    fn add(&mut self, other: Found) {
        add_new(&mut self.includes, other.includes);
        add_new(&mut self.defines, other.defines);
        add_new(&mut self.folders, other.folders);
        add_new(&mut self.names, other.names);
    }
}

/// Only folders, names and macros are taken: what other flags a `.pc` file carries were meant for
/// the compiler that built the library.
impl From<pkg_config::Library> for Found {
    fn from(library: pkg_config::Library) -> Self {
        let mut found = Found {
            includes: library.include_paths,
            defines: library.defines.into_iter().collect(),
            folders: library.link_paths,
            names: library.libs,
        };
        found.defines.sort();
        let (folders, names) = library.link_files.iter().filter_map(|f| split(f)).unzip();
        found.add(Found {
            folders,
            names,
            ..Found::default()
        });
        found
    }
}

fn add_new<T: PartialEq>(to: &mut Vec<T>, from: Vec<T>) {
    for item in from {
        if !to.contains(&item) {
            to.push(item);
        }
    }
}

/// The folder and the name of a library that is given as a file, as CMake writes them.
fn split(file: &Path) -> Option<(PathBuf, String)> {
    let name = file.file_name()?.to_str()?.strip_prefix("lib")?;
    let name = LIBRARY_FILES
        .iter()
        .find_map(|ending| name.strip_suffix(ending))?;
    Some((file.parent()?.into(), name.into()))
}

/// How the file of a library ends: shared ones, then the static one.
const LIBRARY_FILES: [&str; 3] = [".so", ".dylib", ".a"];

/// Whether a folder holds a library in a file with one of these endings.
fn holds(folder: &Path, name: &str, endings: &[&str]) -> bool {
    let file = |ending| folder.join(format!("lib{name}{ending}"));
    endings.iter().any(|ending| file(ending).is_file())
}

impl Library {
    pub fn find(&self, compiler: &Path) -> Result<Found, Error> {
        match self {
            Library::Boost => boost(),
            Library::Folly => folly(compiler),
            Library::Cppcoro => cppcoro(),
            Library::PkgConfig {
                name,
                package,
                headers,
            } => by_pkg_config(name, package, *headers),
            Library::Headers(folder) => Ok(Found {
                includes: vec![folder.clone()],
                ..Found::default()
            }),
        }
    }
}

fn by_pkg_config(name: &str, package: &str, headers: bool) -> Result<Found, Error> {
    let found = probe(name).ok_or_else(|| Error::Missing {
        library: name.into(),
        looked_for: format!("pkg-config `{name}`"),
        package: package.into(),
    })?;
    Ok(match headers {
        false => found,
        true => Found {
            includes: found.includes,
            ..Found::default()
        },
    })
}

/// Asks pkg-config, and prints nothing: what to link is said once, by `Found::link`.
fn probe(name: &str) -> Option<Found> {
    ask(name, false)
}

/// The same, with what a static library needs in its turn.
fn probe_static(name: &str) -> Option<Found> {
    ask(name, true)
}

fn ask(name: &str, statik: bool) -> Option<Found> {
    pkg_config::Config::new()
        .cargo_metadata(false)
        .env_metadata(true)
        .statik(statik)
        .probe(name)
        .ok()
        .map(Found::from)
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
                defines: ["BOOST_ASIO_HAS_CO_AWAIT", "BOOST_ASIO_HAS_STD_COROUTINE"]
                    .map(|name| (name.into(), None))
                    .into(),
                ..Found::default()
            });
        }
        looked_in.push(include.display().to_string());
    }
    Err(Error::Missing {
        library: "Boost.Asio".into(),
        looked_for: format!("boost/asio.hpp in {}", looked_in.join(", ")),
        package: "libboost-dev".into(),
    })
}

/// What Folly is built on and its `.pc` file leaves out, those with a `.pc` file of their own first.
const BELOW_FOLLY: [&str; 3] = ["libglog", "gflags", "fmt"];
const BELOW_FOLLY_WITHOUT_PC: [&str; 5] = [
    "boost_context",
    "boost_filesystem",
    "boost_program_options",
    "boost_regex",
    "atomic",
];

/// The header that Folly has where it was built with coroutines, in 2024 and since.
const FOLLY_TASK: [&str; 2] = ["folly/coro/Task.h", "folly/experimental/coro/Task.h"];

fn folly(compiler: &Path) -> Result<Found, Error> {
    let missing = |looked_for: String| Error::Unpackaged {
        library: "Folly",
        looked_for,
        advice: "build it with coroutines and install it, as the README of co-await-folly says",
    };
    let not_known = || missing("pkg-config `libfolly`".into());
    let mut found = probe("libfolly").ok_or_else(not_known)?;
    let has_coroutines = found
        .includes
        .iter()
        .map(PathBuf::as_path)
        .chain([Path::new("/usr/include")])
        .any(|include| FOLLY_TASK.iter().any(|task| include.join(task).is_file()));
    if !has_coroutines {
        return Err(missing(format!(
            "pkg-config `libfolly` is there, {} is not: it was built without coroutines",
            FOLLY_TASK[0]
        )));
    }
    if !found
        .folders
        .iter()
        .any(|folder| holds(folder, "folly", &[".so", ".dylib"]))
    {
        found = probe_static("libfolly").ok_or_else(not_known)?;
    }
    for library in BELOW_FOLLY {
        match probe(library) {
            Some(library) => found.add(library),
            None => found.add_if_there(library.trim_start_matches("lib"), compiler),
        }
    }
    println!("cargo::rerun-if-env-changed=BOOST_ROOT");
    if let Some(root) = env::var_os("BOOST_ROOT") {
        add_new(&mut found.folders, vec![Path::new(&root).join("lib")]);
    }
    for library in BELOW_FOLLY_WITHOUT_PC {
        found.add_if_there(library, compiler);
    }
    Ok(found)
}

impl Found {
    /// Adds a library if the linker will find it. A Folly that was built otherwise may not need it.
    fn add_if_there(&mut self, name: &str, compiler: &Path) {
        let in_folders = |folder: &PathBuf| holds(folder, name, &LIBRARY_FILES);
        if self.folders.iter().any(in_folders) || linker_finds(name, compiler) {
            add_new(&mut self.names, vec![name.into()]);
        }
    }
}

/// Whether the linker finds a library by itself. Debian's folder for them has the name of the
/// machine in it; the compiler knows.
fn linker_finds(name: &str, compiler: &Path) -> bool {
    LIBRARY_FILES.iter().any(|ending| {
        let output = Command::new(compiler)
            .arg(format!("-print-file-name=lib{name}{ending}"))
            .output();
        // It prints the bare name of what it does not find.
        output.is_ok_and(|output| {
            Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_absolute()
        })
    })
}

fn cppcoro() -> Result<Found, Error> {
    for variable in CPPCORO_VARIABLES {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    if let Some(found) = probe("cppcoro") {
        return Ok(found);
    }
    let prefixes = cppcoro_prefixes(|variable| env::var_os(variable));
    prefixes
        .iter()
        .find_map(|prefix| cppcoro_below(prefix))
        .ok_or_else(|| Error::Unpackaged {
            library: "CppCoro",
            looked_for: format!(
                "pkg-config `cppcoro`, then include/cppcoro and libcppcoro below {}, which \
                 CPPCORO_ROOT and CMAKE_PREFIX_PATH add to",
                prefixes
                    .iter()
                    .map(|prefix| prefix.display().to_string())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            advice: "build and install it, from https://github.com/andreasbuhr/cppcoro",
        })
}

/// What may say where CppCoro is: our own variable, and the two that CMake's `find_package` reads.
const CPPCORO_VARIABLES: [&str; 3] = ["CPPCORO_ROOT", "cppcoro_DIR", "CMAKE_PREFIX_PATH"];

/// The folders below which CppCoro may be installed, the likeliest first.
fn cppcoro_prefixes(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let [root, package, prefixes] = CPPCORO_VARIABLES.map(variable);
    let mut all = Vec::new();
    all.extend(root.map(PathBuf::from));
    // The folder of cppcoroConfig.cmake: PREFIX/lib/cmake/cppcoro.
    let package = package.map(PathBuf::from);
    all.extend(package.and_then(|folder| Some(folder.ancestors().nth(3)?.to_owned())));
    all.extend(prefixes.iter().flat_map(env::split_paths));
    all.extend(["/usr/local", "/usr", "/opt/homebrew"].map(PathBuf::from));
    all
}

fn cppcoro_below(prefix: &Path) -> Option<Found> {
    let include = prefix.join("include");
    if !include.join("cppcoro/static_thread_pool.hpp").is_file() {
        return None;
    }
    let of_debian = format!("lib/{}-linux-gnu", env::consts::ARCH);
    let folder = ["lib", "lib64", &of_debian]
        .map(|folder| prefix.join(folder))
        .into_iter()
        .find(|folder| holds(folder, "cppcoro", &LIBRARY_FILES))?;
    Some(Found {
        includes: vec![include],
        folders: vec![folder],
        names: vec!["cppcoro".into()],
        ..Found::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::fs;

    /// A folder of its own for a test, gone after it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let name = format!("co-await-build-{test}-{}", std::process::id());
            let folder = Folder(env::temp_dir().join(name));
            fs::create_dir_all(&folder.0).unwrap();
            folder
        }

        fn write(&self, file: &str, text: &str) -> PathBuf {
            let file = self.0.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
            file
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// Runs `body` in a process of its own, which sees pkg-config files of `folder` only: a
    /// variable of the environment is one for all tests.
    fn with_pkg_config(test: &str, folder: &Folder, body: impl FnOnce()) {
        if env::var_os("CO_AWAIT_BUILD_CHILD").is_some() {
            return body();
        }
        let output = Command::new(env::current_exe().unwrap())
            .args([&format!("libraries::tests::{test}"), "--exact"])
            .env("CO_AWAIT_BUILD_CHILD", &folder.0)
            .env("PKG_CONFIG_LIBDIR", folder.0.join("lib/pkgconfig"))
            .env_remove("PKG_CONFIG_PATH")
            .env_remove("BOOST_ROOT")
            .env("TARGET", "x86_64-unknown-linux-gnu")
            .env("HOST", "x86_64-unknown-linux-gnu")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
    }

    /// The folder that the parent process has filled.
    fn filled() -> PathBuf {
        env::var_os("CO_AWAIT_BUILD_CHILD").unwrap().into()
    }

    const NO_COMPILER: &str = "/bin/false";

    fn write_folly(folder: &Folder) {
        folder.write("include/folly/coro/Task.h", "");
        folder.write("deps/libevent.so", "");
        let prefix = folder.0.display();
        folder.write(
            "lib/pkgconfig/libfolly.pc",
            &format!(
                "Name: libfolly\nDescription: -\nVersion: 2024.11.04.00\n\
                 Cflags: -I{prefix}/include -Werror=unknown-warning-option -DGFLAGS_IS_A_DLL=0\n\
                 Libs: -L{prefix}/lib -lfolly\n\
                 Libs.private: {prefix}/deps/libevent.so {prefix}/deps/libgone.so -ldl\n"
            ),
        );
        folder.write(
            "lib/pkgconfig/fmt.pc",
            "Name: fmt\nDescription: -\nVersion: 9\nLibs: -lfmt\n",
        );
        folder.write("lib/libboost_context.a", "");
    }

    #[test]
    fn links_what_a_static_folly_needs_behind_it() {
        let folder = Folder::new("static-folly");
        write_folly(&folder);
        folder.write("lib/libfolly.a", "");
        with_pkg_config("links_what_a_static_folly_needs_behind_it", &folder, || {
            let prefix = filled();
            let found = folly(Path::new(NO_COMPILER)).unwrap();
            assert_eq!(
                found,
                Found {
                    includes: vec![prefix.join("include")],
                    defines: vec![("GFLAGS_IS_A_DLL".into(), Some("0".into()))],
                    folders: vec![prefix.join("lib"), prefix.join("deps")],
                    // What is not there is left out: a Folly built otherwise has no need of it.
                    names: ["folly", "dl", "event", "fmt", "boost_context"]
                        .map(String::from)
                        .into(),
                }
            );
        });
    }

    #[test]
    fn leaves_it_to_a_shared_folly_what_that_needs() {
        let folder = Folder::new("shared-folly");
        write_folly(&folder);
        folder.write("lib/libfolly.so", "");
        with_pkg_config(
            "leaves_it_to_a_shared_folly_what_that_needs",
            &folder,
            || {
                let found = folly(Path::new(NO_COMPILER)).unwrap();
                assert_eq!(found.names, ["folly", "fmt", "boost_context"]);
                assert_eq!(found.folders, [filled().join("lib")]);
            },
        );
    }

    #[test]
    fn says_where_to_read_about_a_missing_library() {
        let folder = Folder::new("no-folly");
        with_pkg_config(
            "says_where_to_read_about_a_missing_library",
            &folder,
            || {
                let error = folly(Path::new(NO_COMPILER)).unwrap_err().to_string();
                assert_eq!(
                    error,
                    "Folly was not found (pkg-config `libfolly`): build it with coroutines and \
                     install it, as the README of co-await-folly says"
                );
            },
        );
    }

    #[test]
    fn of_a_library_of_headers_nothing_is_linked() {
        let folder = Folder::new("headers");
        write_folly(&folder);
        with_pkg_config("of_a_library_of_headers_nothing_is_linked", &folder, || {
            let includes = vec![filled().join("include")];
            let found = by_pkg_config("libfolly", "-", true).unwrap();
            let headers = Found {
                includes,
                ..Found::default()
            };
            assert_eq!(found, headers);
            let error = by_pkg_config("gone", "gone-dev", true).unwrap_err();
            assert!(
                error.to_string().ends_with("the package `gone-dev`"),
                "{error}"
            );
        });
    }

    #[test]
    fn does_not_take_a_folly_without_coroutines() {
        let folder = Folder::new("folly-without");
        write_folly(&folder);
        fs::remove_dir_all(folder.0.join("include")).unwrap();
        with_pkg_config("does_not_take_a_folly_without_coroutines", &folder, || {
            let error = folly(Path::new(NO_COMPILER)).unwrap_err().to_string();
            assert!(error.contains("without coroutines"), "{error}");
        });
    }

    #[test]
    fn splits_the_files_that_cmake_writes_into_folder_and_name() {
        let split = |file| split(Path::new(file));
        let name = |name: &str| Some((PathBuf::from("/usr/lib"), name.to_string()));
        assert_eq!(split("/usr/lib/libglog.so"), name("glog"));
        assert_eq!(split("/usr/lib/libiberty.a"), name("iberty"));
        assert_eq!(
            split("/usr/lib/libboost_context-mt.dylib"),
            name("boost_context-mt")
        );
        assert_eq!(split("/usr/lib/crt1.o"), None);
    }

    #[test]
    fn looks_for_cppcoro_where_the_environment_says_first() {
        let set = |variable: &str| match variable {
            "CPPCORO_ROOT" => Some("/a".into()),
            "cppcoro_DIR" => Some("/b/lib/cmake/cppcoro".into()),
            "CMAKE_PREFIX_PATH" => Some("/c:/d".into()),
            _ => None,
        };
        let usual = ["/usr/local", "/usr", "/opt/homebrew"].map(PathBuf::from);
        let prefixes = cppcoro_prefixes(set);
        assert_eq!(prefixes[..4], ["/a", "/b", "/c", "/d"].map(PathBuf::from));
        assert_eq!(prefixes[4..], usual);
        assert_eq!(cppcoro_prefixes(|_| None), usual);
    }

    #[test]
    fn finds_cppcoro_below_a_prefix_only_whole() {
        let folder = Folder::new("cppcoro");
        assert_eq!(cppcoro_below(&folder.0), None);
        folder.write("include/cppcoro/static_thread_pool.hpp", "");
        assert_eq!(cppcoro_below(&folder.0), None);
        folder.write("lib64/libcppcoro.a", "");
        let found = cppcoro_below(&folder.0).unwrap();
        assert_eq!(found.folders, [folder.0.join("lib64")]);
        assert_eq!(found.names, ["cppcoro"]);
    }
}
