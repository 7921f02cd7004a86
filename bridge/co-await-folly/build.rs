//! Hands the header to the crates that depend on this one; there is nothing to compile.

use std::iter;
use std::path::Path;

fn main() {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    cxx_build::CFG.exported_header_dirs.push(&include);
    // Called for its side effect: it is what tells dependent crates of the folder.
    let _ = cxx_build::bridges(iter::empty::<&Path>());
    // For build scripts that do not use co-await-build: `DEP_…_INCLUDE`.
    println!("cargo::metadata=include={}", include.display());
    println!("cargo::rerun-if-changed=include");
}
