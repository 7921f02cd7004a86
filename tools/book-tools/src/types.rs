//! The table of what a future may carry, made of the test that sends each there and back.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use regex::Regex;

const RUST: &str = "bridge/tests/src/types.rs";
const CPP: &str = "bridge/tests/cpp/types.h";

/// Each output in both spellings, as a table of Markdown.
pub fn table(root: &Path) -> Result<String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).with_context(|| path.to_owned());
    let (rust, cpp) = (read(RUST)?, read(CPP)?);
    let outputs =
        Regex::new(r"unsafe impl Future for (\w+) \{\n    type Output = (.*);(?: // (.*))?\n\}")?;
    let mut table = "| In Rust | In C++ | |\n|---|---|---|\n".to_owned();
    for output in outputs.captures_iter(&rust) {
        let (name, spelled) = (&output[1], output[2].replace("ffi::", ""));
        let defined = Regex::new(&format!(r"CXXASYNC_DEFINE_FUTURE\((.*), {name}\);"))?;
        let defined = defined
            .captures(&cpp)
            .with_context(|| format!("{CPP} does not define {name}"))?;
        let note = output.get(3).map_or("", |note| note.as_str());
        table += &format!("| `{spelled}` | `{}` | {note}", &defined[1]);
        table += if note.is_empty() { "|\n" } else { " |\n" };
    }
    let rows = table.lines().count() - 2;
    let defined = cpp.matches("CXXASYNC_DEFINE_FUTURE(").count();
    ensure!(
        rows == defined,
        "{CPP} defines {defined} futures, and {RUST} {rows}"
    );
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_the_table() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let readme = fs::read_to_string(root.join("bridge/co-await/README.md")).unwrap();
        let table = table(&root).unwrap();
        assert!(
            readme.contains(&table),
            "bridge/co-await/README.md is to have:\n{table}"
        );
    }
}
