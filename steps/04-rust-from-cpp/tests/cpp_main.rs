//! The program that C++ owns.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use codec::fixtures::{BROKEN, SMALL};
use common::expected;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_step-04-main"))
        .args(arguments)
        .output()
        .unwrap()
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// One sentence, and status 1.
fn assert_fails(arguments: &[&str], expected: &str) {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(
        said.starts_with("error: ") && said.contains(expected),
        "{said}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn it_keeps_a_picture_and_says_what_it_kept() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = file(folder.path(), "photo.jpg", SMALL);
    let store = folder.path().join("store");
    let url = format!("file://{}", store.display());
    let output = run(&[jpeg.to_str().unwrap(), &url]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let png = expected(SMALL);
    assert_eq!(std::fs::read(store.join("photo.png")).unwrap(), png);
    assert!(
        said.starts_with(&format!("kept photo.png, {} bytes, ETag \"", png.len())),
        "{said}"
    );

    // A second time it finds what it has kept: the same ETag.
    let again = run(&[jpeg.to_str().unwrap(), &url]);
    let found = String::from_utf8_lossy(&again.stdout).into_owned();
    assert_eq!(again.status.code(), Some(0));
    assert!(found.starts_with("photo.png was there"), "{found}");
    let etag = |text: &str| text.split("ETag ").nth(1).map(str::to_owned);
    assert_eq!(etag(&found), etag(&said));
}

#[test]
fn without_a_store_it_keeps_the_picture_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = file(folder.path(), "photo.jpg", SMALL);
    let output = run(&[jpeg.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.starts_with(b"kept photo.png"));
}

#[test]
fn what_is_wrong_with_the_file_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.jpg");
    assert_fails(&[missing.to_str().unwrap()], "missing.jpg");
    let no_file = folder.path().join("folder");
    std::fs::create_dir(&no_file).unwrap();
    assert_fails(&[no_file.to_str().unwrap()], "give the path of a JPEG");
    for (name, bytes) in BROKEN {
        let reason = match codec::jpeg_to_png(bytes, codec::MAX_PIXELS) {
            Err(error) if !bytes.is_empty() => error.to_string(),
            _ => "give the path of a JPEG".to_owned(),
        };
        let jpeg = file(folder.path(), name, bytes);
        assert_fails(&[jpeg.to_str().unwrap()], &reason);
    }
}

#[test]
fn what_rust_says_of_the_store_arrives_as_an_exception() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = file(folder.path(), "photo.jpg", SMALL);
    let jpeg = jpeg.to_str().unwrap();
    for (url, hint) in [
        ("nonsense", "memory:///"),
        ("ftp://example.org", "memory:///"),
        ("file:///proc/nothing", "give a folder"),
    ] {
        assert_fails(&[jpeg, url], hint);
        assert_fails(&[jpeg, url], url);
    }
    // From a future that C++ awaits, not from a call.
    let bad = file(folder.path(), "not a name.jpg", SMALL);
    assert_fails(&[bad.to_str().unwrap()], "cannot be the name of a picture");
}

#[test]
fn without_arguments_it_says_how_it_is_used() {
    for arguments in [&[][..], &["a", "b", "c"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stderr.starts_with(b"usage: "));
    }
}
