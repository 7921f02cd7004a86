//! What is for those who teach with the book: the notes beside a page, and the plans of *Teaching
//! this*, whose minutes add up.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use pulldown_cmark::html::push_html;
use pulldown_cmark::{Event, Parser, Tag};

use crate::pages::{self, Page, front_matter};

/// Where the notes are, from the workspace's root: `PAGE.md` for the page of that name.
pub const NOTES: &str = "book/notes";
/// The page with the plans.
pub const PLANS: &str = "teaching";
/// How each note begins its parts, in this order.
const PARTS: [&str; 3] = ["**Goes wrong.**", "**Ask.**", "**Draw.**"];
/// What a row says that gives a page less time than reading it takes.
const IN_PART: &str = "in part";

/// The notes on a page, as a page of their own.
pub fn notes(root: &Path, page: &str) -> Option<Page> {
    let text = fs::read_to_string(root.join(NOTES).join(format!("{page}.md"))).ok()?;
    Some(Page {
        name: page.into(),
        text,
    })
}

/// The notes as a page carries them: in a script that is none, so that neither a reader nor the
/// book's search finds them. `book/theme/teach.js` shows them.
pub fn hidden(notes: &Page) -> Result<String> {
    // mdBook makes these of its own Markdown only.
    let events = Parser::new(&notes.text).map(|event| match event {
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: dest_url.replace(".md", ".html").into(),
            title,
            id,
        }),
        event => event,
    });
    let mut html = String::new();
    push_html(&mut html, events);
    ensure!(!html.contains("</script"), "notes cannot hold a script");
    Ok(format!(
        "<script type=\"text/html\" class=\"notes\">\n{html}</script>\n"
    ))
}

/// What the notes on each page say to draw, in the order of the pages.
pub fn sketches(root: &Path) -> Result<String> {
    let mut all = String::new();
    for page in pages::read(root)? {
        let Some(notes) = notes(root, &page.name) else {
            continue;
        };
        let draw = notes
            .text
            .split("\n\n")
            .find_map(|part| part.strip_prefix(PARTS[2]));
        let draw =
            draw.with_context(|| format!("the notes on {} say nothing to draw", page.name))?;
        let (_, text) = front_matter(&page.text)?;
        let title = text.lines().find_map(|line| line.strip_prefix("# "));
        let title = title.with_context(|| format!("{} has no title", page.name))?;
        all.push_str(&format!("## {title}\n\n{}\n\n", draw.trim()));
    }
    Ok(all)
}

/// Finds what is missing in the notes on a page.
pub fn trouble_with(notes: Option<&Page>) -> Option<String> {
    let Some(notes) = notes else {
        return Some(format!("no notes for teachers in {NOTES}"));
    };
    let starts: Vec<_> = notes
        .text
        .lines()
        .filter_map(|line| PARTS.into_iter().find(|part| line.starts_with(part)))
        .collect();
    (starts != PARTS).then(|| format!("the notes have the parts {}", PARTS.join(", ")))
}

/// Finds plans whose minutes do not add up to what their heading says, and rows that give a page
/// less time than it takes and do not say so.
///
/// A plan is a section whose heading ends with `: N minutes`, with a table of which the first column
/// is minutes and the second the page.
pub fn plans(page: &Page, pages: &[Page]) -> Result<Vec<(usize, String)>> {
    let mut wrong = Vec::new();
    // Where the heading stands, what it says, and what the rows below it come to.
    let mut plan: Option<(usize, u32, u32)> = None;
    for (line, text) in page.prose() {
        if text.starts_with('#') {
            wrong.extend(plan.take().and_then(does_not_add_up));
            plan = minutes_of(text).map(|minutes| (line, minutes, 0));
        } else if let Some((_, _, sum)) = &mut plan
            && let Some((minutes, what)) = row(text)
        {
            *sum += minutes;
            wrong.extend(too_short(minutes, what, pages)?.map(|trouble| (line, trouble)));
        }
    }
    wrong.extend(plan.and_then(does_not_add_up));
    Ok(wrong)
}

fn does_not_add_up((line, said, sum): (usize, u32, u32)) -> Option<(usize, String)> {
    (said != sum).then(|| (line, format!("the rows of this plan come to {sum} minutes")))
}

/// `## A day: 420 minutes` says 420.
fn minutes_of(heading: &str) -> Option<u32> {
    let (_, minutes) = heading.strip_suffix(" minutes")?.rsplit_once(": ")?;
    minutes.parse().ok()
}

/// The minutes of a row, and the rest of it.
fn row(line: &str) -> Option<(u32, &str)> {
    let (minutes, rest) = line.trim().strip_prefix('|')?.split_once('|')?;
    Some((minutes.trim().parse().ok()?, rest))
}

fn too_short(minutes: u32, row: &str, pages: &[Page]) -> Result<Option<String>> {
    let (cell, _) = row.split_once('|').unwrap_or((row, ""));
    let Some((_, link)) = cell.split_once("](") else {
        return Ok(None);
    };
    let Some((name, _)) = link.split_once(".md") else {
        return Ok(None);
    };
    let page = pages.iter().find(|page| page.name == name);
    let page = page.with_context(|| format!("a plan names the page {name}, which is not there"))?;
    let needed = front_matter(&page.text)?.0.unwrap_or(0);
    let is_short = minutes < needed && !cell.contains(IN_PART);
    Ok(is_short.then(|| {
        format!("{name} takes {needed} minutes; a row that gives it {minutes} says \"{IN_PART}\"")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(name: &str, text: &str) -> Page {
        Page {
            name: name.into(),
            text: text.into(),
        }
    }

    const HEAD: &str = "| Minutes | Page | What happens |\n|---:|---|---|\n";

    #[test]
    fn the_rows_of_a_plan_come_to_what_its_heading_says() {
        let rows = "| 10 | [One](one.md) | read |\n| 5 | break | tea |\n";
        let pages = [page("one", "---\nminutes: 10\n---\n# One\n")];
        let right = page(PLANS, &format!("## Short: 15 minutes\n\n{HEAD}{rows}"));
        assert_eq!(plans(&right, &pages).unwrap(), []);
        let text = format!("{}## Long: 20 minutes\n\n{HEAD}{rows}## End\n", right.text);
        let said = "the rows of this plan come to 15 minutes".to_string();
        assert_eq!(plans(&page(PLANS, &text), &pages).unwrap(), [(7, said)]);
    }

    #[test]
    fn a_row_that_gives_a_page_less_time_than_it_takes_says_so() {
        let pages = [page("one", "---\nminutes: 10\n---\n# One\n")];
        let plan = |cell: &str| {
            let text = format!("## Short: 5 minutes\n{HEAD}| 5 | {cell} | read |\n");
            plans(&page(PLANS, &text), &pages).unwrap()
        };
        assert_eq!(plan("[One](one.md), in part"), []);
        let said = "one takes 10 minutes; a row that gives it 5 says \"in part\"".to_string();
        assert_eq!(plan("[One](one.md)"), [(4, said)]);
    }

    #[test]
    fn notes_are_there_and_no_text_of_the_page() {
        let notes = page("p", "**Ask.** See [two](two.md#a).\n\n**Draw.** `a`\n");
        let html = hidden(&notes).unwrap();
        assert!(
            html.starts_with("<script type=\"text/html\" class=\"notes\">\n<p>"),
            "{html}"
        );
        assert!(html.contains("<a href=\"two.html#a\">two</a>"), "{html}");
        assert!(hidden(&page("p", "<script></script>\n")).is_err());
    }

    #[test]
    fn what_is_to_be_drawn_stands_under_its_page() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let all = sketches(&root).unwrap();
        assert!(all.contains("## Step 3: coroutines\n\nThe frame"), "{all}");
    }

    #[test]
    fn notes_lack_no_part() {
        let whole = page("p", "**Goes wrong.** a\n\n**Ask.** b\n\n**Draw.** c\n");
        assert_eq!(trouble_with(Some(&whole)), None);
        let short = page("p", "**Goes wrong.** a\n\n**Draw.** c\n");
        assert!(trouble_with(Some(&short)).is_some());
        assert!(trouble_with(None).is_some());
    }
}
