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
        Regex::new(r"(?s)async fn (echo_\w+)\(.*?\)\s*-> Result<(.*?)>;(?: // ([^\n]*))?\n")?;
    let mut table = "| In Rust | In C++ | |\n|---|---|---|\n".to_owned();
    for output in outputs.captures_iter(&rust) {
        let (name, spelled) = (&output[1], &output[2]);
        let declared = Regex::new(&format!(r"rust::async::future<(.*)> {name}\("))?;
        let declared = declared
            .captures(&cpp)
            .with_context(|| format!("{CPP} does not declare {name}"))?;
        let note = output.get(3).map_or("", |note| note.as_str());
        table += &format!("| `{spelled}` | `{}` | {note}", &declared[1]);
        table += if note.is_empty() { "|\n" } else { " |\n" };
    }
    let rows = table.lines().count() - 2;
    let declared = cpp.matches("> echo_").count();
    ensure!(
        rows == declared,
        "{CPP} declares {declared} functions, and {RUST} {rows}"
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
