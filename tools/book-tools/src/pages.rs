//! The book's pages as they are written.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Where the pages are, from the workspace's root.
pub const SOURCE: &str = "book/src";

/// A page.
pub struct Page {
    /// Its name without `.md`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A fenced block of a page.
#[derive(Debug, PartialEq)]
pub struct Fence {
    /// What stands behind the opening fence.
    pub info: String,
    /// What stands in it.
    pub body: String,
    /// Which line it begins in, from 1.
    pub line: usize,
    /// The name of the captured output that is shown after it, if any.
    pub output: Option<String>,
}

/// All pages, in the order of the table of contents.
pub fn read(root: &Path) -> Result<Vec<Page>> {
    let source = root.join(SOURCE);
    let summary =
        fs::read_to_string(source.join("SUMMARY.md")).context("no book/src/SUMMARY.md")?;
    summary
        .lines()
        .filter_map(|line| line.split_once("](")?.1.split_once(".md)"))
        .map(|(name, _)| {
            let text = fs::read_to_string(source.join(format!("{name}.md")))
                .with_context(|| format!("no page {name}"))?;
            Ok(Page {
                name: name.into(),
                text,
            })
        })
        .collect()
}

/// The captured output of a name.
pub fn captured(root: &Path, name: &str) -> Result<String> {
    let path = root.join(SOURCE).join(format!("output/{name}.txt"));
    fs::read_to_string(path)
        .with_context(|| format!("no captured output {name}: run `just capture`"))
}

/// The outputs that a choice shows, the right one first.
fn outputs_of_choice(argument: &str) -> impl Iterator<Item = &str> {
    argument
        .split(';')
        .filter_map(|part| part.split(": ").next())
        .map(str::trim)
}

/// Cuts off a front matter, and gives the minutes that it tells.
pub fn front_matter(text: &str) -> Result<(Option<u32>, &str)> {
    let Some((matter, rest)) = text
        .strip_prefix("---\n")
        .and_then(|text| text.split_once("\n---\n"))
    else {
        return Ok((None, text));
    };
    let minutes = matter
        .lines()
        .find_map(|line| line.strip_prefix("minutes:"));
    let minutes = minutes.map(|number| number.trim().parse());
    Ok((minutes.transpose().context("minutes are a number")?, rest))
}

/// The captured outputs that a line shows; the first is of the block before it.
fn shown_outputs(line: &str) -> Vec<&str> {
    let directive = line.trim().strip_suffix("}}").unwrap_or_default();
    if let Some(name) = directive.strip_prefix("{{#output ") {
        return vec![name];
    }
    let choices = directive.strip_prefix("{{#predict ");
    choices.map_or(Vec::new(), |choices| outputs_of_choice(choices).collect())
}

impl Page {
    /// The names of the captured outputs that it shows.
    pub fn outputs(&self) -> impl Iterator<Item = &str> {
        self.text.lines().flat_map(shown_outputs)
    }

    /// Its lines that are not within a fenced block, with their numbers from 1.
    pub fn prose(&self) -> Vec<(usize, &str)> {
        let mut open: Option<&str> = None;
        let mut lines = Vec::new();
        for (index, line) in self.text.lines().enumerate() {
            let start = line.trim_start();
            let marks = start.len() - start.trim_start_matches(['`', '~']).len();
            match open {
                Some(mark) if start == mark => open = None,
                None if marks >= 3 => open = Some(&start[..marks]),
                None => lines.push((index + 1, line)),
                Some(_) => {}
            }
        }
        lines
    }

    /// Its fenced blocks, in order.
    pub fn fences(&self) -> Vec<Fence> {
        let mut fences: Vec<Fence> = Vec::new();
        let mut open: Option<(&str, Fence)> = None;
        let mut follows = false;
        for (index, line) in self.text.lines().enumerate() {
            let start = line.trim_start();
            let marks = start.len() - start.trim_start_matches(['`', '~']).len();
            match &mut open {
                Some((mark, _)) if start == *mark => {
                    fences.extend(open.take().map(|(_, fence)| fence));
                    follows = true;
                }
                Some((_, fence)) => {
                    fence.body.push_str(line);
                    fence.body.push('\n');
                }
                None if marks >= 3 => {
                    let fence = Fence {
                        info: start[marks..].trim().into(),
                        body: String::new(),
                        line: index + 1,
                        output: None,
                    };
                    open = Some((&start[..marks], fence));
                }
                None if follows && !start.is_empty() => {
                    follows = false;
                    let output = shown_outputs(start).first().copied();
                    if let (Some(name), Some(fence)) = (output, fences.last_mut()) {
                        fence.output = Some(name.into());
                    }
                }
                None => {}
            }
        }
        fences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_matter_gives_the_minutes_and_does_not_show() {
        let (minutes, rest) =
            front_matter("---\nminutes: 12\nnotes: x\n---\n# T\n\nText\n").unwrap();
        assert_eq!(minutes, Some(12));
        assert_eq!(rest.trim_start(), "# T\n\nText\n");
        assert_eq!(front_matter("# T\n").unwrap(), (None, "# T\n"));
        assert!(front_matter("---\nminutes: long\n---\n").is_err());
    }

    #[test]
    fn a_fence_knows_the_output_that_is_shown_after_it() {
        let page = Page {
            name: "p".into(),
            text: "a\n```sh\nls\n```\n\n{{#output p/ls}}\n\n```sh norun\nrm\n```\ntext\n{{#output x}}\n".into(),
        };
        let fences = page.fences();
        assert_eq!(fences.len(), 2);
        assert_eq!(fences[0].body, "ls\n");
        assert_eq!(fences[0].line, 2);
        assert_eq!(fences[0].output.as_deref(), Some("p/ls"));
        assert_eq!(fences[1].info, "sh norun");
        assert_eq!(fences[1].output, None);
    }

    #[test]
    fn a_choice_shows_all_its_outputs_and_is_captured_for_the_right_one() {
        let page = Page {
            name: "p".into(),
            text: "```sh\nls\n```\n{{#predict p/ls; p/other: all}}\n".into(),
        };
        assert_eq!(page.fences()[0].output.as_deref(), Some("p/ls"));
        assert_eq!(page.outputs().collect::<Vec<_>>(), ["p/ls", "p/other"]);
    }
}
