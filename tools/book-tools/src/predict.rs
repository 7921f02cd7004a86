//! Lets the reader choose among outputs of real runs before the right one is shown.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::pages::captured;
use crate::sequence::escape;
use book_tools::listing::fence;

/// An output that the reader may choose, and which run it is from.
struct Choice<'a> {
    output: &'a str,
    run: &'a str,
}

/// Reads `RIGHT; OTHER: RUN; …`: names of outputs, each but the first with the run that gave it.
fn choices(argument: &str) -> Result<Vec<Choice<'_>>> {
    let mut parts = argument.split(';').map(str::trim);
    let right = parts.next().filter(|right| !right.is_empty());
    let output = right.context("no output is named")?;
    let mut choices = vec![Choice { output, run: "" }];
    for part in parts {
        let (output, run) = part.split_once(": ").with_context(|| {
            format!("{part}: say which run gave this, as in `step-1/freeze: step 1`")
        })?;
        choices.push(Choice { output, run });
    }
    ensure!(choices.len() > 1, "there is nothing to choose from");
    Ok(choices)
}

/// All of them, each with what it is: the page's script hides this until the reader has chosen.
pub fn html(root: &Path, argument: &str) -> Result<String> {
    let mut choices = choices(argument)?;
    let right = choices[0].output;
    // The right one is not always the first, and stays where it is from build to build.
    choices.sort_by_key(|choice| choice.output.bytes().rev().collect::<Vec<_>>());
    let mut html = String::from(
        "<div class=\"predict\" role=\"group\" aria-label=\"Predict\">\n<p class=\"ask\">What does it print? Choose before you run it.</p>\n",
    );
    for Choice { output, run } in choices {
        let text = captured(root, output)?;
        let (class, origin) = match output == right {
            true => (" correct", "It printed this.".into()),
            false => ("", format!("This is what {} printed.", escape(run))),
        };
        html.push_str(&format!(
            "<div class=\"choice output{class}\">\n\n{}\n<p class=\"origin\">{origin}</p>\n</div>\n",
            fence("text", &text)?
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
    fn one_is_right_and_each_says_where_it_is_from() {
        let html = html(&root(), "step-1/freeze; step-2/live: step 2").unwrap();
        assert_eq!(html.matches("choice output").count(), 2);
        assert_eq!(html.matches("choice output correct").count(), 1);
        assert!(html.contains("This is what step 2 printed."), "{html}");
    }

    #[test]
    fn a_choice_needs_two_outputs_that_are_there_and_a_run_for_the_second() {
        for wrong in [
            "",
            "step-1/freeze",
            "step-1/freeze; step-2/live",
            "step-1/freeze; none/none: nobody",
        ] {
            assert!(html(&root(), wrong).is_err(), "{wrong}");
        }
    }
}
