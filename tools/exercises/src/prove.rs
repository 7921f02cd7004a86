//! What CI holds every exercise to: each answer does what it is said to do.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::check::{Messages, Verdict, check};
use crate::desk::Desk;
use exercise_catalogue::Exercise;
use exercise_catalogue::source::{GIVEN, SOLUTION};

/// Tries every answer of the exercises, and fails with what does not hold.
pub fn prove(root: &Path, exercises: &[Exercise], says: bool) -> Result<()> {
    let desk = Desk::for_proof(root);
    desk.clear()?;
    desk.lay_out(exercises)?;
    let mut broken = 0;
    for exercise in exercises {
        let answers = [GIVEN]
            .into_iter()
            .chain(exercise.other_answers())
            .chain([SOLUTION]);
        let mut told_apart: Vec<(Vec<String>, &str)> = Vec::new();
        for answer in answers {
            let mut outcome = try_answer(root, &desk, exercise, answer)?;
            println!(
                "{:16} {answer:16} {:12} ({})",
                exercise.name,
                outcome.told,
                idea(exercise, answer)
            );
            if says && !outcome.said.is_empty() {
                println!("{}", outcome.said);
            }
            if fails(exercise, answer).is_some() {
                let same = told_apart.iter().find(|(signs, _)| *signs == outcome.signs);
                if let Some((_, other)) = same {
                    outcome
                        .faults
                        .push(format!("it is not told apart from `{other}`"));
                }
                told_apart.push((outcome.signs, answer));
            }
            for fault in outcome.faults {
                println!("    BROKEN: {fault}");
                broken += 1;
            }
        }
    }
    if broken > 0 {
        bail!("{broken} promises of the exercises are BROKEN: they stand above");
    }
    println!(
        "every answer of {} exercises does what it is said to do",
        exercises.len()
    );
    Ok(())
}

/// What came of an answer.
struct Outcome {
    /// In a word.
    told: String,
    /// What it was told.
    said: String,
    /// What of it is not as it should be.
    faults: Vec<String>,
    /// Which of the sentences that tell wrong answers apart it was told.
    signs: Vec<String>,
}

/// Every sentence that tells a wrong answer apart.
fn signs(exercise: &Exercise) -> impl Iterator<Item = &str> {
    let wrong = exercise
        .about
        .wrong
        .values()
        .map(|wrong| wrong.says.as_str());
    [exercise.about.given.says.as_str()]
        .into_iter()
        .chain(wrong)
}

fn try_answer(root: &Path, desk: &Desk, exercise: &Exercise, answer: &str) -> Result<Outcome> {
    desk.put(exercise, answer)?;
    let mut messages = String::new();
    let verdict = check(root, desk, exercise, Messages::Kept(&mut messages))?;
    let mut faults = format(root, &desk.of(exercise))?;
    if messages.lines().any(|line| line.starts_with("warning:")) {
        faults.push(format!("it compiles with warnings:\n{messages}"));
    }
    let said: Vec<_> = verdict
        .failures()
        .map(|failure| failure.says.as_str())
        .collect();
    let said = said.join("\n");
    let told = match &verdict {
        Verdict::DoesNotCompile => {
            faults.push(format!("it does not compile:\n{messages}"));
            "does not compile".to_owned()
        }
        Verdict::Hangs => {
            faults.push("its tests do not end".to_owned());
            "hangs".to_owned()
        }
        Verdict::Dies(_) => "ends its process".to_owned(),
        Verdict::Ran(tests) => match verdict.failures().count() {
            0 => "passes".to_owned(),
            count => format!("fails {count} of {}", tests.len()),
        },
    };
    match fails(exercise, answer) {
        None if !verdict.passes() => faults.push(format!("it is right and fails:\n{said}")),
        None => {}
        Some(_) if verdict.passes() => faults.push("it is wrong and passes".to_owned()),
        Some(expected) if !said.contains(expected) => {
            faults.push(format!("nothing says “{expected}”, but:\n{said}"));
        }
        Some(_) => {}
    }
    let is_caught = verdict
        .failures()
        .any(|failure| failure.output.contains("ERROR: AddressSanitizer: "));
    if answer == GIVEN && exercise.about.sanitizer && !is_caught {
        faults.push("AddressSanitizer does not catch the planted bug".to_owned());
    }
    let signs = signs(exercise)
        .filter(|sign| said.contains(sign))
        .map(str::to_owned)
        .collect();
    Ok(Outcome {
        told,
        said,
        faults,
        signs,
    })
}

/// What rustfmt and clang-format would change. (The formatters of the workspace see the solution only.)
fn format(root: &Path, folder: &Path) -> Result<Vec<String>> {
    let newest = Command::new(root.join("scripts/newest"))
        .arg("clang-format")
        .output()?;
    if !newest.status.success() {
        bail!("clang-format is missing; `./justw setup lint` installs it");
    }
    let clang_format = String::from_utf8_lossy(&newest.stdout).trim().to_owned();
    let style = format!("--style=file:{}", root.join(".clang-format").display());
    let mut faults = Vec::new();
    for (extensions, command) in [
        (&["rs"][..], &["rustfmt", "--edition=2024", "--check"][..]),
        (
            &["cpp", "h"],
            &[&clang_format, &style, "--dry-run", "-Werror"],
        ),
    ] {
        let output = Command::new(command[0])
            .args(&command[1..])
            .args(files(folder, extensions)?)
            .output()
            .with_context(|| format!("cannot start {}", command[0]))?;
        if !output.status.success() {
            faults.push(format!(
                "it is not formatted:\n{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    Ok(faults)
}

/// The files below a folder that end so.
fn files(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_asked_for = |found: &OsStr| extensions.iter().any(|extension| found == *extension);
        if path.is_dir() {
            found.extend(files(&path, extensions)?);
        } else if path.extension().is_some_and(is_asked_for) {
            found.push(path);
        }
    }
    Ok(found)
}

/// What an answer does.
fn idea<'a>(exercise: &'a Exercise, answer: &str) -> &'a str {
    let about = &exercise.about;
    let wrong = || about.wrong.get(answer).map(|wrong| wrong.idea.as_str());
    let right = || about.right.get(answer).map(String::as_str);
    match answer {
        GIVEN => &about.given.idea,
        _ => wrong().or_else(right).unwrap_or("what the source has"),
    }
}

/// What tells a wrong answer apart; nothing for a right one.
fn fails<'a>(exercise: &'a Exercise, answer: &str) -> Option<&'a str> {
    match answer {
        GIVEN => Some(&exercise.about.given.says),
        _ => exercise
            .about
            .wrong
            .get(answer)
            .map(|wrong| wrong.says.as_str()),
    }
}
