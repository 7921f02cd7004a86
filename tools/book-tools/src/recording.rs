//! A recorded run, as `book/src/recordings/NAME.json` keeps it. `book/recordings` writes it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::listing::Listing;

/// Where they are kept, from the workspace's root.
pub const RECORDINGS: &str = "book/src/recordings";

/// A run.
#[derive(Deserialize, Serialize)]
pub struct Recording {
    /// What it shows, in a few words.
    pub title: String,
    /// The same in some sentences.
    pub description: String,
    /// The threads, as a sentence names them.
    pub lanes: Vec<String>,
    /// The tasks, or whom they serve, as a sentence names them.
    pub tasks: Vec<String>,
    /// The places of the code that is shown; see [`Listing`].
    pub sources: Vec<String>,
    /// What keeps the waker of a task that is pending, where no bridge tells.
    pub awaits: String,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// Something that happened.
#[derive(Clone, Deserialize, Serialize)]
pub struct Event {
    /// Microseconds from the first.
    pub time: u64,
    /// In which thread.
    pub lane: usize,
    /// What.
    pub what: String,
    /// To which task, from 1; 0 is none.
    pub task: usize,
    /// To which call, from 1; 0 is none.
    pub call: usize,
    /// The lines that were at work, one at most of each source.
    pub at: Vec<Line>,
    /// Whether the reader is to say who goes on, before this is shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ask: bool,
}

/// A line of a source.
#[derive(Clone, Deserialize, Serialize)]
pub struct Line {
    /// Which source.
    pub source: usize,
    /// Its number in the file when it was recorded.
    pub line: usize,
    /// What stood there.
    pub text: String,
}

impl Recording {
    /// The one of a name.
    pub fn read(root: &Path, name: &str) -> Result<Self> {
        let path = format!("{RECORDINGS}/{name}.json");
        let text = fs::read(root.join(&path)).with_context(|| format!("no recording {name}"))?;
        serde_json::from_slice(&text).with_context(|| format!("{path} is no recording"))
    }
}

impl Line {
    /// Where it stands in its source as that is now, counted from 0: the code above it may have
    /// grown since. A line that is not there any more is an error.
    pub fn find(&self, source: &Listing) -> Result<usize> {
        let same = |line: &(usize, &str)| line.1.trim() == self.text;
        let there = source.code.lines().enumerate().filter(same);
        let found = there.min_by_key(|(index, _)| source.numbers[*index].abs_diff(self.line));
        ensure!(
            found.is_some(),
            "a recording was at the line `{}`, which is gone from {}: run `just record`",
            self.text,
            source.path
        );
        Ok(found.map_or(0, |(index, _)| index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again_and_one_that_is_gone_is_an_error() {
        let source = Listing {
            path: "a.rs".into(),
            code: "fn a() {\n    b();\n    c();\n    b();\n}".into(),
            numbers: vec![11, 12, 13, 14, 15],
        };
        let at = |line, text: &str| {
            let text = text.into();
            Line {
                source: 0,
                line,
                text,
            }
            .find(&source)
            .ok()
        };
        assert_eq!(at(12, "b();"), Some(1));
        assert!(at(13, "b();").is_some());
        assert_eq!(at(14, "b();"), Some(3));
        assert_eq!(at(40, "c();"), Some(2));
        assert_eq!(at(12, "d();"), None);
    }
}
