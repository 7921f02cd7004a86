//! What CI holds every exercise to: each answer does what it is said to do.

use std::path::Path;

use anyhow::{Result, bail};

use crate::catalogue::Exercise;
use crate::check::{Messages, Verdict, check};
use crate::desk::Desk;
use crate::source::{GIVEN, SOLUTION};

/// Tries every answer of the exercises, and fails with what does not hold.
pub fn prove(root: &Path, exercises: &[Exercise]) -> Result<()> {
    let desk = Desk::for_proof(root);
    desk.lay_out(exercises)?;
    let mut broken = Vec::new();
    for exercise in exercises {
        let answers = [GIVEN]
            .into_iter()
            .chain(exercise.other_answers())
            .chain([SOLUTION]);
        for answer in answers {
            let (verdict, found) = try_answer(root, &desk, exercise, answer)?;
            println!(
                "{:16} {answer:16} {verdict:12} ({})",
                exercise.name,
                idea(exercise, answer)
            );
            for fault in found {
                println!("    BROKEN: {fault}");
                broken.push(format!("{}, {answer}: {fault}", exercise.name));
            }
        }
    }
    if !broken.is_empty() {
        bail!(
            "the exercises do not hold what they promise:\n  {}",
            broken.join("\n  ")
        );
    }
    println!(
        "every answer of {} exercises does what it is said to do",
        exercises.len()
    );
    Ok(())
}

/// What came of an answer, in a word, and what of it is not as it should be.
fn try_answer(
    root: &Path,
    desk: &Desk,
    exercise: &Exercise,
    answer: &str,
) -> Result<(String, Vec<String>)> {
    desk.put(exercise, answer)?;
    let mut messages = String::new();
    let verdict = check(root, desk, exercise, Messages::Kept(&mut messages))?;
    let mut faults = Vec::new();
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
        Some(expected) => {
            let all = [GIVEN]
                .into_iter()
                .chain(exercise.about.wrong.keys().map(String::as_str));
            for other in all.filter(|other| *other != answer) {
                let others = fails(exercise, other).unwrap_or(expected);
                if others == expected || said.contains(others) {
                    faults.push(format!("it is not told apart from `{other}`:\n{said}"));
                }
            }
        }
    }
    let is_caught = verdict
        .failures()
        .any(|failure| failure.output.contains("ERROR: AddressSanitizer: "));
    if answer == GIVEN && exercise.about.sanitizer && !is_caught {
        faults.push("AddressSanitizer does not catch the planted bug".to_owned());
    }
    Ok((told, faults))
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
