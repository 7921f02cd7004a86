//! Names that the book's text takes from the workspace: tests and recipes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use regex::Regex;

use book_tools::listing::files_below;

/// Every test of the workspace, with the file that it is in.
///
/// A test is a function under a test attribute, or a behaviour of `service/contract`, which the
/// steps run under its name. A file whose documentation has an example that must not compile
/// counts as a test under its own path.
pub fn tests(root: &Path) -> Result<BTreeMap<String, String>> {
    let attribute = Regex::new(r"^\s*#\[([a-z_]+::)?test\b")?;
    let function = Regex::new(r"^\s*(pub )?(async )?fn (\w+)\(")?;
    let mut found = BTreeMap::new();
    for folder in ["bridge", "service", "steps", "tools"] {
        for file in files_below(&root.join(folder), &["rs"])? {
            let text = fs::read_to_string(&file)?;
            let path = file.strip_prefix(root).unwrap_or(&file);
            let path = path.to_string_lossy().into_owned();
            let is_contract = path == "service/contract/src/behaviour.rs";
            let mut is_test = false;
            for line in text.lines() {
                is_test |= attribute.is_match(line);
                let Some(name) = function.captures(line) else {
                    continue;
                };
                if is_test || (is_contract && name.get(1).is_some()) {
                    found.insert(name[3].to_owned(), path.clone());
                }
                is_test = false;
            }
            if text.contains("```compile_fail") {
                found.insert(path.clone(), path);
            }
        }
    }
    Ok(found)
}

/// The recipes of the Justfile.
pub fn recipes(root: &Path) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(root.join("Justfile")).context("no Justfile")?;
    Ok(recipes_in(&text))
}

fn recipes_in(justfile: &str) -> BTreeSet<String> {
    let head = |line: &str| {
        let (head, rest) = line.split_once(':')?;
        let name = head.split(' ').next()?;
        let is_name = name.starts_with(|letter: char| letter.is_ascii_lowercase())
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        (is_name && !rest.starts_with('=')).then(|| name.to_owned())
    };
    justfile.lines().filter_map(head).collect()
}

/// The recipes that a text calls, as `just NAME` or `./justw NAME`.
pub fn called(code: &str) -> Result<Vec<String>> {
    let call = Regex::new(r"(?:\./justw|\bjust) ([a-z][a-z0-9-]*)")?;
    Ok(call
        .captures_iter(code)
        .map(|found| found[1].to_owned())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_tests_behaviours_and_examples_that_must_not_compile() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let tests = tests(&root).unwrap();
        let file = |name: &str| tests.get(name).map(String::as_str);
        assert_eq!(
            file("upstream_is_rejected_by_gcc"),
            Some("bridge/tests/tests/sharp_edges.rs")
        );
        assert_eq!(
            file("is_idle_after_100_000_conversions"),
            Some("service/contract/src/behaviour.rs")
        );
        assert!(file("bridge/tests/src/bare.rs").is_some());
        assert_eq!(file("runtime"), None, "a helper of tests");
        assert_eq!(file("at_once"), None, "a helper of the contract");
    }

    #[test]
    fn finds_the_recipes_that_there_are_and_those_that_are_called() {
        let justfile = "set shell := [\"bash\"]\nversion := \"1\"\n# A\n[group('x')]\nrun N *FLAGS: _setup\n    echo a: b\nci: lint test\nbook-check:\n_setup:\n";
        let recipes: Vec<_> = recipes_in(justfile).into_iter().collect();
        assert_eq!(recipes, ["book-check", "ci", "run"]);
        let called = called("./justw run 3; `just book-check`, justify this").unwrap();
        assert_eq!(called, ["run", "book-check"]);
    }
}
