//! The exercises that go with a step, as its page lists them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// Where the exercises are, from the workspace's root: `NN-name/`.
const FOLDER: &str = "exercises";

/// What of an `exercise.toml` the book shows.
#[derive(Deserialize)]
struct About {
    step: u32,
    title: String,
}

/// A list of a step's exercises: the recipe, the title, and what is wrong to begin with.
pub fn of_step(root: &Path, step: &str) -> Result<String> {
    let step: u32 = step.parse().context("exercises are those of a step")?;
    let mut folders = fs::read_dir(root.join(FOLDER))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    folders.retain(|folder| folder.join("exercise.toml").is_file());
    folders.sort();
    let mut list = String::new();
    for folder in folders {
        let read = |name: &str| {
            let file = folder.join(name);
            fs::read_to_string(&file).with_context(|| file.display().to_string())
        };
        let about: About = toml::from_str(&read("exercise.toml")?)?;
        if about.step != step {
            continue;
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let number = name.split('-').next().unwrap_or_default();
        let number = number.trim_start_matches('0');
        let task = read("README.md")?;
        let begins = task.split("\n\n").nth(1);
        let begins = begins.with_context(|| format!("the task of {name} has no text"))?;
        let title = &about.title;
        list.push_str(&format!(
            "- `./justw exercise {number}`: **{title}.** {begins}\n"
        ));
    }
    ensure!(!list.is_empty(), "step {step} has no exercises");
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_lists_its_own_exercises_with_how_they_begin() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let list = of_step(&root, "1").unwrap();
        let lines: Vec<_> = list.lines().collect();
        assert_eq!(lines.len(), 2, "{list}");
        let first = "- `./justw exercise 1`: **An exception that ends the process.** Rust asks C++";
        assert!(lines[0].starts_with(first), "{list}");
        assert!(of_step(&root, "9").is_err());
        assert!(of_step(&root, "one").is_err());
    }
}
