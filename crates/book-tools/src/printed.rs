//! What paper has in place of what takes a click: a page's questions, with the answers below them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use pulldown_cmark::Parser;
use pulldown_cmark::html::push_html;
use serde::Deserialize;

use crate::pages::SOURCE;
use crate::sequence::escape;

#[derive(Deserialize)]
struct Quiz {
    questions: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    prompt: Prompt,
    answer: Answer,
    context: String,
}

#[derive(Deserialize)]
struct Prompt {
    prompt: String,
    #[serde(default)]
    distractors: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    answer: String,
}

/// Puts the questions in words below each `{{#quiz FILE}}`; the style sheet shows them on paper.
pub fn with_questions(root: &Path, text: &str) -> Result<String> {
    let mut all = String::new();
    for line in text.split_inclusive('\n') {
        all.push_str(line);
        let file = line.trim_end().strip_prefix("{{#quiz ");
        let Some(file) = file.and_then(|rest| rest.strip_suffix("}}")) else {
            continue;
        };
        let quiz = fs::read_to_string(root.join(SOURCE).join(file))
            .with_context(|| format!("no quiz {file}"))?;
        let quiz: Quiz = toml::from_str(&quiz).with_context(|| format!("in the quiz {file}"))?;
        all.push_str(&format!("\n\n{}\n", html(&quiz)));
    }
    Ok(all)
}

fn html(quiz: &Quiz) -> String {
    let mut questions = String::new();
    let mut answers = String::new();
    for Question {
        prompt,
        answer,
        context,
    } in &quiz.questions
    {
        let mut options: Vec<&str> = prompt.distractors.iter().map(String::as_str).collect();
        if !options.is_empty() {
            options.push(&answer.answer);
        }
        options.sort();
        let options: String = options
            .iter()
            .map(|option| format!("<li>{}</li>", words(option)))
            .collect();
        let asked = words(&prompt.prompt);
        questions.push_str(&format!("<li>{asked}<ol type=\"a\">{options}</ol></li>"));
        // What is to be typed is no Markdown.
        let answer = match options.is_empty() {
            true => format!("<code>{}</code>", escape(&answer.answer)),
            false => words(&answer.answer),
        };
        let why = words(context);
        answers.push_str(&format!("<li><strong>{answer}</strong> {why}</li>"));
    }
    format!(
        "<section class=\"on-paper\"><ol>{questions}</ol><p><strong>Answers</strong></p><ol>{answers}</ol></section>"
    )
}

/// Markdown as HTML in one line: an empty line would end the section in the middle of it.
pub fn words(markdown: &str) -> String {
    let mut html = String::new();
    push_html(&mut html, Parser::new(markdown));
    html.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_in_words_with_the_answers_below() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let text = "# T\n\n{{#quiz ../quizzes/step-3.toml}}\n";
        let page = with_questions(&root, text).unwrap();
        assert!(page.starts_with(text), "{page}");
        assert!(page.contains("<strong>Answers</strong>"), "{page}");
        assert!(page.contains("<code>&amp;[u8]</code>"), "{page}");
        let section = page.trim_end().lines().last().unwrap();
        assert!(section.ends_with("</section>"), "{section}");
        assert!(with_questions(&root, "{{#quiz none.toml}}\n").is_err());
    }

    #[test]
    fn every_option_is_there_once() {
        let quiz = "[[questions]]\nprompt.prompt = \"p\"\nprompt.distractors = [\"b\", \"c\"]\nanswer.answer = \"a\"\ncontext = \"x\"\n";
        let html = html(&toml::from_str(quiz).unwrap());
        let options = "<ol type=\"a\"><li><p>a</p> </li><li><p>b</p> </li><li><p>c</p> </li></ol>";
        assert!(html.contains(options), "{html}");
    }
}
