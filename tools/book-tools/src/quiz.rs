//! A page's questions, from `book/quizzes/PAGE.toml`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use pulldown_cmark::Parser;
use pulldown_cmark::html::push_html;
use serde::Deserialize;

use crate::pages::SOURCE;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    pub questions: Vec<Question>,
}

/// All of it is Markdown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    ask: String,
    wrong: Vec<String>,
    right: String,
    /// Why that is right.
    why: String,
}

impl Quiz {
    /// The quiz of a directive, `{{#quiz FILE}}` with the file as a page names it.
    pub fn read(root: &Path, file: &str) -> Result<Self> {
        let text = fs::read_to_string(root.join(SOURCE).join(file))
            .with_context(|| format!("no quiz {file}"))?;
        toml::from_str(&text).with_context(|| format!("in the quiz {file}"))
    }
}

/// The file that a line's `{{#quiz FILE}}` names.
pub fn file(line: &str) -> Option<&str> {
    line.trim_end().strip_prefix("{{#quiz ")?.strip_suffix("}}")
}

/// The questions in words, each with its answer folded below it. The page's script makes buttons of
/// the options; on paper all answers come after all questions.
pub fn html(quiz: &Quiz) -> String {
    let mut questions = String::new();
    let mut answers = String::new();
    for question in &quiz.questions {
        // The right one is not always the first, and stays where it is from build to build.
        let mut options: Vec<&String> = question.wrong.iter().collect();
        options.push(&question.right);
        options.sort();
        let options: String = options
            .into_iter()
            .map(|option| {
                let class = match *option == question.right {
                    true => " class=\"correct\"",
                    false => "",
                };
                format!("<li{class}>{}</li>", phrase(option))
            })
            .collect();
        let ask = words(&question.ask);
        let answer = format!(
            "<p><strong>{}</strong></p>{}",
            phrase(&question.right),
            words(&question.why)
        );
        questions.push_str(&format!(
            "<li class=\"question\">{ask}<ol class=\"options\" type=\"a\">{options}</ol>\
             <details><summary>Answer</summary>{answer}</details></li>"
        ));
        answers.push_str(&format!("<li>{answer}</li>"));
    }
    format!(
        "<section class=\"quiz\"><ol>{questions}</ol></section>\n\
         <section class=\"on-paper\"><p><strong>Answers</strong></p><ol>{answers}</ol></section>"
    )
}

/// Markdown as HTML in one line: an empty line would end the section in the middle of it.
pub fn words(markdown: &str) -> String {
    let mut html = String::new();
    push_html(&mut html, Parser::new(markdown));
    html.trim_end().replace('\n', " ")
}

/// The same for one paragraph, without the paragraph.
fn phrase(markdown: &str) -> String {
    let html = words(markdown);
    let inner = html
        .strip_prefix("<p>")
        .and_then(|html| html.strip_suffix("</p>"));
    inner.unwrap_or(&html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directive_names_a_file_that_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let file = file("{{#quiz ../quizzes/step-3.toml}}\n").unwrap();
        let html = html(&Quiz::read(&root, file).unwrap());
        assert!(html.contains("<code>&amp;[u8]</code>"), "{html}");
        assert!(Quiz::read(&root, "none.toml").is_err());
    }

    #[test]
    fn every_option_is_there_once_and_one_is_right() {
        let quiz = "[[questions]]\nask = \"p\"\nwrong = [\"b\", \"`c`\"]\nright = \"a\"\nwhy = \"x\\n\\ny\"\n";
        let html = html(&toml::from_str(quiz).unwrap());
        let options = "<li><code>c</code></li><li class=\"correct\">a</li><li>b</li></ol>";
        assert!(html.contains(options), "{html}");
        let answer = "<p><strong>a</strong></p><p>x</p> <p>y</p>";
        assert_eq!(html.matches(answer).count(), 2, "{html}");
        assert!(!html.contains("\n\n"), "{html}");
    }
}
