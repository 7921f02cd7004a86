//! What changed between two folders, as a real diff.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use similar::{ChangeTag, TextDiff};

use book_tools::listing::whole;

/// A file that differs, under its old and its new path.
pub struct Change {
    /// Before, if it was there.
    pub old: Option<String>,
    /// After, if it is still there.
    pub new: Option<String>,
    /// Unified, without the lines that name the files.
    pub hunks: String,
    /// Lines that came.
    pub added: usize,
    /// Lines that went.
    pub removed: usize,
}

/// How alike two files have to be for one to count as the other renamed.
const ALIKE: f32 = 0.3;

/// The files that differ between two folders, those of the old one first.
pub fn between(root: &Path, old: &str, new: &str) -> Result<Vec<Change>> {
    let (olds, mut news) = (files(root, old)?, files(root, new)?);
    let mut changes = Vec::new();
    let mut gone = Vec::new();
    for name in &olds {
        let path = format!("{old}/{name}");
        match news.take(name) {
            Some(name) => changes.push(change(root, Some(path), Some(format!("{new}/{name}")))?),
            None => gone.push(path),
        }
    }
    for path in gone {
        let twin = closest(root, &path, new, &news)?;
        if let Some(name) = &twin {
            news.remove(name);
        }
        changes.push(change(
            root,
            Some(path),
            twin.map(|name| format!("{new}/{name}")),
        )?);
    }
    for name in news {
        changes.push(change(root, None, Some(format!("{new}/{name}")))?);
    }
    changes.retain(|change| change.added + change.removed > 0);
    Ok(changes)
}

/// The new file of the same kind that is most like an old one, if any is.
fn closest(
    root: &Path,
    old: &str,
    folder: &str,
    news: &BTreeSet<String>,
) -> Result<Option<String>> {
    let before = whole(root, old)?;
    let kind = |path: &str| path.rsplit('.').next().map(String::from);
    let mut best = (ALIKE, None);
    for name in news.iter().filter(|name| kind(name) == kind(old)) {
        let after = whole(root, &format!("{folder}/{name}"))?;
        let alike = TextDiff::from_lines(&before, &after).ratio();
        if alike > best.0 {
            best = (alike, Some(name.clone()));
        }
    }
    Ok(best.1)
}

fn change(root: &Path, old: Option<String>, new: Option<String>) -> Result<Change> {
    let text = |path: &Option<String>| match path {
        Some(path) => whole(root, path),
        None => Ok(String::new()),
    };
    let (before, after) = (text(&old)?, text(&new)?);
    let diff = TextDiff::from_lines(&before, &after);
    let count = |tag| {
        diff.iter_all_changes()
            .filter(|change| change.tag() == tag)
            .count()
    };
    Ok(Change {
        old,
        new,
        hunks: diff.unified_diff().context_radius(2).to_string(),
        added: count(ChangeTag::Insert),
        removed: count(ChangeTag::Delete),
    })
}

/// The files that a step's reader looks at, by their paths in its folder: not its tests, and not what
/// is said of it.
fn files(root: &Path, folder: &str) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![String::new()];
    while let Some(below) = folders.pop() {
        let path = root.join(folder).join(&below);
        let entries = fs::read_dir(&path).with_context(|| format!("no {}", path.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                folders.push(format!("{name}/"));
            } else if !name.ends_with(".md") && !name.starts_with("tests/") {
                found.insert(name);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_changed_renamed_new_and_gone_files() {
        let root = std::env::temp_dir().join(format!("book-tools-diff-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("a/same.rs", "1\n");
        write("b/same.rs", "1\n");
        write("a/changed.rs", "1\n2\n3\n");
        write("b/changed.rs", "1\n// ANCHOR: x\n2\n4\n// ANCHOR_END: x\n");
        write("a/cpp/old_name.h", "a\nb\nc\n");
        write("b/cpp/new_name.h", "a\nb\nd\n");
        write("b/new.toml", "x\n");
        write("b/tests/new.rs", "x\n");
        let changes = between(&root, "a", "b").unwrap();
        fs::remove_dir_all(&root).unwrap();

        let summary: Vec<_> = changes
            .iter()
            .map(|c| (c.old.as_deref(), c.new.as_deref(), c.added, c.removed))
            .collect();
        assert_eq!(
            summary,
            [
                (Some("a/changed.rs"), Some("b/changed.rs"), 1, 1),
                (Some("a/cpp/old_name.h"), Some("b/cpp/new_name.h"), 1, 1),
                (None, Some("b/new.toml"), 1, 0),
            ]
        );
        assert!(
            changes[0].hunks.contains("-3\n+4\n"),
            "{}",
            changes[0].hunks
        );
        assert!(!changes[0].hunks.contains("ANCHOR"));
    }
}
