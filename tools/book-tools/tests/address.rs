//! `just` says where the book is published, where it is.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/book-address");

/// A clone of `origin` with the script, on a machine whose `curl` finds a page at `published` only.
fn clone(name: &str, origin: &str, published: &str) -> PathBuf {
    let clone = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&clone);
    fs::create_dir_all(clone.join("scripts")).unwrap();
    fs::create_dir_all(clone.join("bin")).unwrap();
    fs::copy(SCRIPT, clone.join("scripts/book-address")).unwrap();
    let curl = clone.join("bin/curl");
    fs::write(
        &curl,
        format!("#!/bin/sh\nfor last; do :; done\n[ \"$last\" = '{published}' ]\n"),
    )
    .unwrap();
    fs::set_permissions(&curl, fs::Permissions::from_mode(0o755)).unwrap();
    for arguments in [
        &["init", "--quiet"] as &[_],
        &["remote", "add", "origin", origin],
    ] {
        let git = Command::new("git")
            .current_dir(&clone)
            .args(arguments)
            .status();
        assert!(git.unwrap().success());
    }
    clone
}

fn said(clone: &Path, address: Option<&str>) -> String {
    let path = format!(
        "{}:{}",
        clone.join("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let mut script = Command::new(clone.join("scripts/book-address"));
    script.env("PATH", path).env_remove("BOOK_ADDRESS");
    if let Some(address) = address {
        script.env("BOOK_ADDRESS", address);
    }
    let output = script.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_published_book_is_named() {
    let book = "https://someone.github.io/bridges/";
    for (name, origin) in [
        ("https", "https://github.com/Someone/bridges"),
        ("git", "https://github.com/someone/bridges.git"),
        ("ssh", "git@github.com:someone/bridges.git"),
    ] {
        let clone = clone(name, origin, book);
        assert_eq!(
            said(&clone, None),
            format!("The book can be read at {book}\n")
        );
    }
}

#[test]
fn an_address_of_its_own_is_taken_first() {
    let own = "https://book.example/";
    let clone = clone("own", "git@github.com:someone/bridges.git", own);
    assert_eq!(
        said(&clone, Some(own)),
        format!("The book can be read at {own}\n")
    );
}

#[test]
fn nothing_is_said_of_a_book_that_is_not_there() {
    for (name, origin) in [
        ("unpublished", "git@github.com:someone/bridges.git"),
        ("elsewhere", "https://git.example/someone/bridges.git"),
    ] {
        let clone = clone(name, origin, "https://another.example/");
        assert_eq!(said(&clone, None), "");
    }
}
