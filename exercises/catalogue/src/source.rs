//! The one source that an exercise and its solutions come from.
//!
//! A file is the solution as it stands, and compiles as such. Where another answer differs, marks
//! say so; what belongs to the others stands in comments:
//!
//! ```text
//! // > given, too-late
//! // | auto bytes = view(picture);
//! // > solution
//! auto bytes = std::move(picture);
//! // > end
//! ```
//!
//! An answer that a region does not name has there what is given: it is what somebody wrote who
//! began with that.

use anyhow::{Result, bail, ensure};

/// What the reader begins with.
pub const GIVEN: &str = "given";
/// What the source is as it stands.
pub const SOLUTION: &str = "solution";

/// The file of one answer.
pub fn answer(text: &str, name: &str) -> Result<String> {
    let mut answer = String::new();
    for part in parts(text)? {
        match part {
            Part::Common(line) => push(&mut answer, line),
            Part::Region(alternatives) => {
                let of = |name: &str| alternatives.iter().find(|one| one.names.contains(&name));
                // `parts` has seen to it that something is given.
                for line in of(name)
                    .or_else(|| of(GIVEN))
                    .iter()
                    .flat_map(|one| &one.lines)
                {
                    push(&mut answer, line);
                }
            }
        }
    }
    Ok(answer)
}

/// The names of all answers in a file.
pub fn names(text: &str) -> Result<Vec<&str>> {
    let mut names = Vec::new();
    for part in parts(text)? {
        if let Part::Region(alternatives) = part {
            names.extend(
                alternatives
                    .iter()
                    .flat_map(|one| one.names.iter().copied()),
            );
        }
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

enum Part<'a> {
    Common(&'a str),
    Region(Vec<Alternative<'a>>),
}

struct Alternative<'a> {
    names: Vec<&'a str>,
    lines: Vec<String>,
}

fn parts(text: &str) -> Result<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut open: Option<Vec<Alternative>> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        match (mark(line), &mut open) {
            (Some("end"), Some(_)) => {
                let region = open.take().unwrap_or_default();
                for needed in [GIVEN, SOLUTION] {
                    ensure!(
                        region.iter().any(|one| one.names.contains(&needed)),
                        "line {number}: the region that ends here has no `{needed}`"
                    );
                }
                parts.push(Part::Region(region));
            }
            (Some("end"), None) => bail!("line {number}: an end without a beginning"),
            (Some(names), _) => open.get_or_insert_default().push(Alternative {
                names: names.split(',').map(str::trim).collect(),
                lines: Vec::new(),
            }),
            (None, None) => parts.push(Part::Common(line)),
            (None, Some(region)) => {
                let Some(alternative) = region.last_mut() else {
                    continue; // a region begins with an alternative
                };
                let is_solution = alternative.names.contains(&SOLUTION);
                match (is_solution, commented(line)) {
                    (true, _) => alternative.lines.push(line.to_owned()),
                    (false, Some(line)) => alternative.lines.push(line),
                    (false, None) => bail!(
                        "line {number}: only the solution stands in the open, others after `// | `"
                    ),
                }
            }
        }
    }
    ensure!(open.is_none(), "a region has no end");
    Ok(parts)
}

/// What a mark says: `// > given` is one.
fn mark(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("// > ").map(str::trim_end)
}

/// The line in a comment, at the comment's indentation.
fn commented(line: &str) -> Option<String> {
    let text = line.trim_start();
    let indentation = &line[..line.len() - text.len()];
    if text.trim_end() == "// |" {
        return Some(String::new());
    }
    let code = text.strip_prefix("// | ")?;
    Some(format!("{indentation}{code}"))
}

fn push(answer: &mut String, line: &str) {
    answer.push_str(line);
    answer.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
before
  // > given, late
  // | let a = 1;
  // |
  // |   let b = 2;
  // > solution
  let a = 2;
  // > end
after
// > given, late
// > solution, early
let c = 3;
// > end
";

    #[test]
    fn the_given_answer_has_its_lines_without_marks() {
        let given = "before\n  let a = 1;\n\n    let b = 2;\nafter\n";
        assert_eq!(answer(SOURCE, GIVEN).unwrap(), given);
        assert_eq!(answer(SOURCE, "late").unwrap(), given);
    }

    #[test]
    fn the_solution_has_its_lines_without_marks() {
        let solution = "before\n  let a = 2;\nafter\nlet c = 3;\n";
        assert_eq!(answer(SOURCE, SOLUTION).unwrap(), solution);
    }

    #[test]
    fn an_answer_that_a_region_does_not_name_has_what_is_given() {
        let early = "before\n  let a = 1;\n\n    let b = 2;\nafter\nlet c = 3;\n";
        assert_eq!(answer(SOURCE, "early").unwrap(), early);
    }

    #[test]
    fn a_file_tells_its_answers() {
        assert_eq!(
            names(SOURCE).unwrap(),
            ["early", "given", "late", "solution"]
        );
        assert!(names("// a comment > with a sign\n").unwrap().is_empty());
    }

    #[test]
    fn a_region_that_is_not_whole_is_refused() {
        for (source, why) in [
            ("// > given\n", "no end"),
            ("// > end\n", "without a beginning"),
            ("// > given\n// > end\n", "no `solution`"),
            ("// > solution\n// > end\n", "no `given`"),
            (
                "// > given\nlet a = 1;\n// > solution\n// > end\n",
                "line 2",
            ),
        ] {
            let error = answer(source, GIVEN).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
