//! Code for the book, cut out of the files of the workspace.
//!
//! A place is a path from the workspace's root, alone for the whole file, or followed by
//! `#name` for the item of that name, or `#the beginning of its line`, with the comments over it,
//! or by `:anchor` for what stands between `// ANCHOR: anchor` and `// ANCHOR_END: anchor`. What is
//! not there is an error: so a page cannot outlive the code that it talks about.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use regex::Regex;

/// A piece of a file.
#[derive(Debug, PartialEq)]
pub struct Listing {
    /// The file, from the workspace's root.
    pub path: String,
    /// Its lines, without anchors, moved to the left edge.
    pub code: String,
    /// Which lines of the file they are, from 1.
    pub numbers: Vec<usize>,
}

impl Listing {
    /// Cuts out a place.
    pub fn read(root: &Path, place: &str) -> Result<Self> {
        let end = place.find(['#', ':']).unwrap_or(place.len());
        let (path, part) = place.split_at(end);
        let text = fs::read_to_string(root.join(path))
            .with_context(|| format!("a page lists {path}, which cannot be read"))?;
        let lines: Vec<_> = text.lines().collect();
        let range = match part.split_at_checked(1) {
            None => 0..lines.len(),
            Some((":", anchor)) => between_anchors(&lines, anchor),
            Some((_, name)) => item(&lines, name),
        };
        let mut numbers: Vec<_> = range.filter(|line| !is_anchor(lines[*line])).collect();
        let is_blank = |line: &usize| lines[*line].trim().is_empty();
        numbers.drain(..numbers.iter().take_while(|line| is_blank(line)).count());
        numbers.truncate(
            numbers
                .iter()
                .rposition(|line| !is_blank(line))
                .map_or(0, |last| last + 1),
        );
        ensure!(
            !numbers.is_empty(),
            "a page lists {place}, which is not there"
        );
        let code: Vec<_> = numbers.iter().map(|line| lines[*line]).collect();
        Ok(Listing {
            path: path.into(),
            code: dedent(&code),
            numbers: numbers.iter().map(|line| line + 1).collect(),
        })
    }

    /// The name that highlighting knows the language by.
    pub fn language(&self) -> &'static str {
        language(&self.path)
    }
}

/// The name that highlighting knows a file's language by.
pub fn language(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("rs") => "rust",
        Some("cpp" | "h" | "inc") => "cpp",
        Some("toml") => "toml",
        Some("js" | "mjs") => "javascript",
        _ => "bash",
    }
}

/// A whole file as the book shows it: without anchors.
pub fn whole(root: &Path, path: &str) -> Result<String> {
    let text = fs::read_to_string(root.join(path)).with_context(|| format!("no {path}"))?;
    let mut lines: Vec<_> = text.lines().filter(|line| !is_anchor(line)).collect();
    lines.push("");
    Ok(lines.join("\n"))
}

/// The files below a folder whose names have one of these extensions, in order; not what was built.
pub fn files_below(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            let extension = path.extension().and_then(|it| it.to_str()).unwrap_or("");
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if extensions.contains(&extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The code of every fence is text to Markdown, so a fence within it would end it early.
pub fn fence(language: &str, code: &str) -> Result<String> {
    if code
        .lines()
        .any(|line| line.trim_start().starts_with("~~~~"))
    {
        bail!("a listing holds the fence that the book puts around listings");
    }
    let language = match language {
        // No button that sends the code to a server, and no invented `main` around it.
        "rust" => "rust,noplayground,ignore",
        other => other,
    };
    Ok(format!("~~~~{language}\n{}\n~~~~\n", code.trim_end()))
}

fn is_anchor(line: &str) -> bool {
    let comment = line
        .trim_start()
        .trim_start_matches(['/', '#'])
        .trim_start();
    comment.starts_with("ANCHOR: ") || comment.starts_with("ANCHOR_END: ")
}

fn between_anchors(lines: &[&str], anchor: &str) -> Range<usize> {
    let find = |kind: &str, from: usize| {
        let is = |line: &&str| is_anchor(line) && line.ends_with(&format!("{kind}: {anchor}"));
        lines[from..].iter().position(is).map(|line| from + line)
    };
    let start = find("ANCHOR", 0).map(|line| line + 1);
    // An anchor without its end is no anchor.
    start
        .and_then(|start| Some(start..find("ANCHOR_END", start)?))
        .unwrap_or_default()
}

/// How the first line of an item looks in Rust and in C++.
fn pattern_of(name: &str) -> String {
    format!(
        r"^{name}\(|^\s*(([\w()<>:&*,~\[\]]+\s+)*(fn|struct|enum|mod|const|trait|class|type|concept|namespace)\s+{name}\b|[^\s/#].*[\s*&]{name}\(|impl\b.*\b{name}\b.*\{{)"
    )
}

/// The item of a name: a function, a type, a module, a macro call, in Rust or C++, with what stands
/// directly over it. It ends where formatted code ends: at the line that closes it and is no
/// deeper than it.
fn item(lines: &[&str], name: &str) -> Range<usize> {
    let pattern = match name.contains(' ') {
        // Two items may have one name; then more of the line tells which is meant.
        true => format!(r"^\s*{}", regex::escape(name)),
        false => pattern_of(&regex::escape(name)),
    };
    let Ok(head) = Regex::new(&pattern) else {
        return 0..0;
    };
    let Some(start) = lines.iter().position(|line| head.is_match(line)) else {
        return 0..0;
    };
    let depth = indent(lines[start]);
    let above = lines[..start].iter().rev().take_while(|line| {
        let line = line.trim_start();
        ["//", "#[", "template", "requires"]
            .iter()
            .any(|start| line.starts_with(start))
            && !line.starts_with("//!")
    });
    let start = start - above.count();
    let is_end = |line: &&str| {
        indent(line) <= depth
            && (line.ends_with('}') || line.ends_with(';') || line.ends_with("};"))
    };
    let length = lines[start..]
        .iter()
        .position(is_end)
        .map_or(0, |end| end + 1);
    start..start + length
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn dedent(lines: &[&str]) -> String {
    let depth = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| indent(line))
        .min()
        .unwrap_or(0);
    let cut: Vec<_> = lines
        .iter()
        .map(|line| line.get(depth..).unwrap_or(""))
        .collect();
    cut.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUST: &str = "\
mod a {
    // ANCHOR: inner
    /// Says one.
    #[must_use]
    pub fn one() -> u8 {
        if true {
            return 1;
        }
        1
    }
    // ANCHOR_END: inner
}

const TWO: u8 = 2;
";

    const CPP: &str = "\
// Converts.
FuturePng Converter::convert(rust::Vec<std::uint8_t> jpeg,
                             std::uint64_t max_pixels) const {
  co_return nullptr;
}

CXXASYNC_DEFINE_FUTURE(Png, FuturePng);

class Job {
 public:
  void run();
};
";

    fn cut(text: &str, part: &str) -> String {
        // Tests run in threads of one process, or each in a process of its own.
        let (process, thread) = (std::process::id(), std::thread::current().id());
        let file = std::env::temp_dir().join(format!("book-tools-{process}-{thread:?}.rs"));
        fs::write(&file, text).unwrap();
        let place = format!("{}{part}", file.file_name().unwrap().to_str().unwrap());
        let listing = Listing::read(&std::env::temp_dir(), &place);
        fs::remove_file(&file).unwrap();
        listing.map_or_else(|error| format!("error: {error}"), |listing| listing.code)
    }

    #[test]
    fn an_item_comes_with_its_comments_and_attributes_and_ends_where_it_ends() {
        let one = "/// Says one.\n#[must_use]\npub fn one() -> u8 {\n    if true {\n        return 1;\n    }\n    1\n}";
        assert_eq!(cut(RUST, "#one"), one);
        assert_eq!(cut(RUST, ":inner"), one);
        assert_eq!(cut(RUST, "#pub fn one"), one);
        assert_eq!(cut(RUST, "#TWO"), "const TWO: u8 = 2;");
    }

    #[test]
    fn the_same_for_cpp() {
        let convert = cut(CPP, "#Converter::convert");
        assert!(convert.starts_with("// Converts.\nFuturePng"), "{convert}");
        assert!(convert.ends_with("co_return nullptr;\n}"), "{convert}");
        assert_eq!(cut(CPP, "#Job"), "class Job {\n public:\n  void run();\n};");
        assert_eq!(
            cut(CPP, "#CXXASYNC_DEFINE_FUTURE"),
            "CXXASYNC_DEFINE_FUTURE(Png, FuturePng);"
        );
    }

    #[test]
    fn what_is_gone_is_an_error() {
        assert!(cut(RUST, "#three").starts_with("error: "));
        assert!(cut(RUST, ":three").starts_with("error: "));
        assert!(Listing::read(Path::new("."), "no/such/file.rs").is_err());
    }

    #[test]
    fn anchors_do_not_show() {
        assert!(!cut(RUST, "").contains("ANCHOR"));
    }
}
