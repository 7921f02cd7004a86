//! The exercises as pages list them: for readers those of a step, for teachers all their answers.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use exercise_catalogue::source::{GIVEN, SOLUTION};
use exercise_catalogue::{Exercise, exercises};
use similar::TextDiff;

use book_tools::listing::fence;

/// A list of a step's exercises: the recipe, the title, and how the task begins.
pub fn of_step(root: &Path, step: &str) -> Result<String> {
    let step: u32 = step.parse().context("exercises are those of a step")?;
    let mut list = String::new();
    for exercise in exercises(root)? {
        if exercise.about.step != step {
            continue;
        }
        let (number, title) = (exercise.number, &exercise.about.title);
        let task = exercise.task()?;
        let begins = task.split("\n\n").next().unwrap_or_default();
        list.push_str(&format!(
            "- `./justw exercise {number}`: **{title}.** {begins}\n"
        ));
    }
    ensure!(!list.is_empty(), "step {step} has no exercises");
    Ok(list)
}

/// Each exercise with its usual wrong answers, what the runner says of them, and the solution.
pub fn answers(root: &Path) -> Result<String> {
    let mut page = String::new();
    for exercise in exercises(root)? {
        let about = &exercise.about;
        page.push_str(&format!(
            "## {}. {}\n\n{}\n\n| Answer | What it does | What the runner says |\n|---|---|---|\n",
            exercise.number, about.title, about.why
        ));
        let given = [("as given", &about.given)];
        let wrong = about
            .wrong
            .iter()
            .map(|(name, fails)| (name.as_str(), fails));
        for (name, fails) in given.into_iter().chain(wrong) {
            page.push_str(&format!(
                "| {name} | {} | “…{}…” |\n",
                fails.idea, fails.says
            ));
        }
        for (name, idea) in &about.right {
            page.push_str(&format!("| {name} | {idea} | right, too |\n"));
        }
        page.push_str(&format!("\n{}\n", solution(&exercise)?));
    }
    Ok(page)
}

/// What the solution changes, folded.
fn solution(exercise: &Exercise) -> Result<String> {
    let (given, solution) = (exercise.files(GIVEN)?, exercise.files(SOLUTION)?);
    let mut html = String::from("<div class=\"diff\">\n");
    for path in exercise.to_change()? {
        let empty = String::new();
        let before = given.get(&path).unwrap_or(&empty);
        let after = solution.get(&path).unwrap_or(&empty);
        let hunks = TextDiff::from_lines(before, after)
            .unified_diff()
            .context_radius(2)
            .to_string();
        html.push_str(&format!(
            "<details>\n<summary>The solution, {}</summary>\n\n{}\n</details>\n",
            path.display(),
            fence("diff", &hunks)?
        ));
    }
    Ok(html + "</div>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[test]
    fn a_step_lists_its_own_exercises_with_how_they_begin() {
        let list = of_step(&root(), "1").unwrap();
        let lines: Vec<_> = list.lines().collect();
        assert_eq!(lines.len(), 2, "{list}");
        let first = "- `./justw exercise 1`: **An exception that ends the process.** Rust asks C++";
        assert!(lines[0].starts_with(first), "{list}");
        assert!(of_step(&root(), "9").is_err());
        assert!(of_step(&root(), "one").is_err());
    }

    #[test]
    fn every_answer_is_there_with_what_is_said_of_it() {
        let page = answers(&root()).unwrap();
        for exercise in exercises(&root()).unwrap() {
            let title = format!("## {}. {}\n", exercise.number, exercise.about.title);
            assert!(page.contains(&title), "{title}");
            for (name, fails) in &exercise.about.wrong {
                let row = format!("| {name} | {} | “…{}…” |", fails.idea, fails.says);
                assert!(page.contains(&row), "{row}");
            }
        }
    }
}
