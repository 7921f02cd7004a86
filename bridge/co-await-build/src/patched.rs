//! The bridges of a crate as cxx's code generator reads them.
//!
//! cxx has no `async fn`. It reads a copy of each file, below `OUT_DIR`, in which a function stands in
//! the place of each, on the line that it has in the file itself.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Why a bridge cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot read the bridge {}: {source}", file.display())]
    Read { file: PathBuf, source: io::Error },
    #[error("cannot write below OUT_DIR: {0}")]
    Write(#[from] io::Error),
    #[error("{}:{line}: {says}", file.display())]
    Wrong {
        file: PathBuf,
        line: usize,
        says: String,
    },
}

/// The copies.
pub(crate) struct Patched {
    files: Vec<PathBuf>,
    /// Where they are, as they lie in the crate.
    root: PathBuf,
    headers: PathBuf,
}

impl Patched {
    /// None where something in a bridge is wrong, of which rustc tells.
    pub fn write(bridges: &[PathBuf]) -> Result<Option<Self>, Error> {
        let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("co-await");
        let (root, headers) = (out.join("bridges"), out.join("include"));
        let package = env::var("CARGO_PKG_NAME").unwrap_or_default();
        fs::create_dir_all(&headers)?;
        for file in bridges {
            // Also where cxx does not come to read it.
            println!("cargo::rerun-if-changed={}", file.display());
            let source = fs::read_to_string(file).map_err(|source| Error::Read {
                file: file.clone(),
                source,
            })?;
            let header = format!("{package}/{}.async.h", file.display());
            let patched = match co_await_syntax::patch(&source, &header) {
                Ok(patched) => patched,
                // What no macro sees, nobody would tell of.
                Err(_) if source.contains("#[co_await::bridge") => return Ok(None),
                Err(error) => {
                    return Err(Error::Wrong {
                        file: file.clone(),
                        line: error.span().start().line,
                        says: error.to_string(),
                    });
                }
            };
            let source = match patched {
                Some(patched) => {
                    write(&headers.join(header), &patched.header)?;
                    patched.source
                }
                None => source,
            };
            write(&root.join(file), &source)?;
        }
        Ok(Some(Patched {
            files: bridges.to_vec(),
            root,
            headers,
        }))
    }

    /// Has cxx generate its C++.
    pub fn bridges(&self) -> Result<cc::Build, Error> {
        // It names what it generates by the path that it is given, and that is to be the file's own.
        let here = env::current_dir()?;
        env::set_current_dir(&self.root)?;
        let build = cxx_build::bridges(&self.files);
        env::set_current_dir(here)?;
        Ok(build)
    }

    /// The folder with the headers that the copies include.
    pub fn headers(&self) -> &Path {
        &self.headers
    }
}

/// Writes a file that is not like that yet: what did not change is not compiled again.
fn write(file: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(file).is_ok_and(|there| there == text) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text)
}
