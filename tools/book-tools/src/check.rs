//! What must be true of every page and of the built site.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use regex::Regex;

use crate::names;
use crate::pages::{self, Page, SOURCE};
use crate::preprocess;
use crate::quiz::{self, Quiz};
use crate::teaching;
use book_tools::listing::files_below;

/// Where mdBook puts the site, from the workspace's root.
pub const SITE: &str = "book/build";
/// Pages that one looks things up in: they need no notes.
const REFERENCE: [&str; 7] = [
    "glossary",
    "patterns",
    teaching::PLANS,
    "answers",
    "board",
    "exit-test",
    "handout",
];
/// Pages with nothing to ask about.
const WITHOUT_QUIZ: [&str; 5] = ["patterns", teaching::PLANS, "answers", "board", "handout"];
/// How many questions a quiz has at least.
const QUESTIONS: usize = 3;
/// The page whose every numbered section names its tests.
const EDGES: &str = "sharp-edges";

/// Finds all that is wrong with the pages as they are written.
pub fn run_on_pages(root: &Path) -> Result<()> {
    report(&of_pages(root)?)
}

/// Finds all that is wrong with the pages and with the built site.
pub fn run(root: &Path) -> Result<()> {
    let mut wrong = of_pages(root)?;
    let site = root.join(SITE);
    wrong.extend(site_of(&site).context("build the book before it is checked")?);
    report(&wrong)
}

fn report(wrong: &[String]) -> Result<()> {
    for line in wrong {
        eprintln!("{line}");
    }
    match wrong.len() {
        0 => Ok(()),
        count => bail!("{count} things to mend"),
    }
}

fn of_pages(root: &Path) -> Result<Vec<String>> {
    let pages = pages::read(root)?;
    let tests = names::tests(root)?;
    let recipes = names::recipes(root)?;
    let mut wrong = Vec::new();
    for page in &pages {
        let file = format!("{SOURCE}/{}.md", page.name);
        let lines = blocks(page)
            .chain(calls(page, &recipes)?)
            .chain(links(page, &pages)?);
        wrong.extend(lines.map(|(line, trouble)| format!("{file}:{line}: {trouble}")));
        let trouble = preprocess::trouble_with(root, page, &tests);
        wrong.extend(
            trouble
                .into_iter()
                .chain(quizzes(root, page)?)
                .chain(edges(page))
                .map(|trouble| format!("{file}: {trouble}")),
        );
    }
    wrong.extend(outputs(root, &pages)?);
    wrong.extend(for_teachers(root, &pages, &recipes)?);
    Ok(wrong)
}

/// The plans add up, and each page that is taught has notes, of which the links and recipes are
/// right too.
fn for_teachers(root: &Path, pages: &[Page], recipes: &BTreeSet<String>) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for page in pages {
        let file = format!("{}/{}.md", teaching::NOTES, page.name);
        let notes = teaching::notes(root, &page.name);
        if let Some(notes) = &notes {
            let lines = calls(notes, recipes)?
                .into_iter()
                .chain(links(notes, pages)?);
            wrong.extend(lines.map(|(line, trouble)| format!("{file}:{line}: {trouble}")));
        }
        if !REFERENCE.contains(&page.name.as_str()) {
            let trouble = teaching::trouble_with(notes.as_ref());
            wrong.extend(trouble.map(|trouble| format!("{file}: {trouble}")));
        }
        if page.name == teaching::PLANS {
            let lines = teaching::plans(page, pages)?;
            let file = format!("{SOURCE}/{}.md", page.name);
            wrong.extend(
                lines
                    .iter()
                    .map(|(line, trouble)| format!("{file}:{line}: {trouble}")),
            );
        }
    }
    Ok(wrong)
}

/// No code is pasted, and every shell line is run or says that it is not.
fn blocks(page: &Page) -> impl Iterator<Item = (usize, String)> {
    page.fences().into_iter().filter_map(|fence| {
        let is_known = matches!(fence.info.as_str(), "sh" | "sh fails" | "sh norun")
            || fence.info.starts_with("sh with ");
        (!is_known).then(|| {
            let info = fence.info;
            (fence.line, format!("a block of `{info}`: code is listed from its file, output is captured, a shell line is `sh`, `sh with LIBRARY` or `sh norun`"))
        })
    })
}

/// Every recipe that a page calls is there.
fn calls(page: &Page, recipes: &BTreeSet<String>) -> Result<Vec<(usize, String)>> {
    let span = Regex::new("`([^`]+)`")?;
    let mut code: Vec<(usize, String)> = page
        .fences()
        .into_iter()
        .map(|fence| (fence.line, fence.body))
        .collect();
    for (number, line) in page.prose() {
        code.extend(
            span.captures_iter(line)
                .map(|found| (number, found[1].to_owned())),
        );
    }
    let mut wrong = Vec::new();
    for (number, code) in code {
        for name in names::called(&code)? {
            if !recipes.contains(&name) {
                wrong.push((number, format!("there is no recipe `{name}`")));
            }
        }
    }
    Ok(wrong)
}

/// Every link to a page, or to a place in one, leads there.
fn links(page: &Page, pages: &[Page]) -> Result<Vec<(usize, String)>> {
    let link = Regex::new(r"\]\(([^)\s]+)\)")?;
    let mut wrong = Vec::new();
    for (number, line) in page.prose() {
        for found in link.captures_iter(line) {
            let target = &found[1];
            if target.contains("://") {
                continue;
            }
            let (file, place) = target.split_once('#').unwrap_or((target, ""));
            let name = file.strip_suffix(".md").unwrap_or(file);
            let other = match name {
                "" => Some(page),
                _ => pages.iter().find(|page| page.name == name),
            };
            let trouble = match other {
                None => "leads nowhere",
                Some(other) if !place.is_empty() && !places(other).contains(place) => {
                    "the page is there, the place in it is not"
                }
                Some(_) => continue,
            };
            wrong.push((number, format!("{target}: {trouble}")));
        }
    }
    Ok(wrong)
}

/// The places of a page: what mdBook makes of its headings.
fn places(page: &Page) -> BTreeSet<String> {
    page.prose()
        .into_iter()
        .filter(|(_, line)| line.starts_with('#'))
        .map(|(_, line)| {
            let heading = line.trim_start_matches('#').trim();
            heading
                .chars()
                .filter_map(|letter| match letter {
                    letter if letter.is_alphanumeric() => Some(letter.to_ascii_lowercase()),
                    '-' | '_' => Some(letter),
                    letter if letter.is_whitespace() => Some('-'),
                    _ => None,
                })
                .collect()
        })
        .collect()
}

/// A page has a quiz, of enough questions.
fn quizzes(root: &Path, page: &Page) -> Result<Vec<String>> {
    let quizzes: Vec<_> = page.text.lines().filter_map(quiz::file).collect();
    let mut wrong = Vec::new();
    if quizzes.is_empty() && !WITHOUT_QUIZ.contains(&page.name.as_str()) {
        wrong.push("no quiz".into());
    }
    for quiz in quizzes {
        if Quiz::read(root, quiz)?.questions.len() < QUESTIONS {
            wrong.push(format!("{quiz} has fewer than {QUESTIONS} questions"));
        }
    }
    Ok(wrong)
}

/// Every numbered section of *Sharp edges* names the tests that show it.
fn edges(page: &Page) -> Vec<String> {
    if page.name != EDGES {
        return Vec::new();
    }
    let numbered = |section: &&str| section.starts_with(|letter: char| letter.is_ascii_digit());
    page.text
        .split("\n## ")
        .filter(numbered)
        .filter(|section| !section.contains("\n{{#tests "))
        .map(|section| {
            let title = section.lines().next().unwrap_or_default();
            format!("the section \"{title}\" names no test")
        })
        .collect()
}

/// No captured output lies about.
fn outputs(root: &Path, pages: &[Page]) -> Result<Vec<String>> {
    let shown: BTreeSet<_> = pages.iter().flat_map(Page::outputs).collect();
    let folder = root.join(SOURCE).join("output");
    let mut wrong = Vec::new();
    for file in files_below(&folder, &["txt"])? {
        let name = file.strip_prefix(&folder)?.with_extension("");
        if !shown.contains(&*name.to_string_lossy()) {
            wrong.push(format!("{}: no page shows it", file.display()));
        }
    }
    Ok(wrong)
}

/// Every link leads somewhere, and nothing is fetched from elsewhere.
fn site_of(site: &Path) -> Result<Vec<String>> {
    let attribute = Regex::new(r#"<([a-z0-9-]+)\b[^>]*?\s(href|src)="([^"]*)""#)?;
    let id = Regex::new(r#"\sid="([^"]*)""#)?;
    let mut ids: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    let mut links = Vec::new();
    let mut wrong = Vec::new();
    for file in files_below(site, &["html"])? {
        let html = fs::read_to_string(&file)?;
        let page = file.strip_prefix(site)?.to_owned();
        let of_page: Vec<_> = id.captures_iter(&html).map(|c| c[1].to_owned()).collect();
        let mut unique = BTreeSet::new();
        for id in of_page {
            if !unique.insert(id.clone()) {
                wrong.push(format!("{}: two things are called #{id}", page.display()));
            }
        }
        ids.insert(page.clone(), unique);
        for found in attribute.captures_iter(&html) {
            links.push((page.clone(), found[1].to_owned(), found[3].to_owned()));
        }
    }
    if ids.is_empty() {
        bail!("there is no site in {}", site.display());
    }
    for (page, element, link) in links {
        if let Some(trouble) = trouble_with(site, &ids, &page, &element, &link) {
            wrong.push(format!("{}: {link}: {trouble}", page.display()));
        }
    }
    Ok(wrong)
}

fn trouble_with(
    site: &Path,
    ids: &BTreeMap<PathBuf, BTreeSet<String>>,
    page: &Path,
    element: &str,
    link: &str,
) -> Option<String> {
    if ["http:", "https:", "//"]
        .iter()
        .any(|start| link.starts_with(start))
    {
        // To lead away is what a link is for; everything else would be fetched.
        return (element != "a").then(|| "fetched from elsewhere".into());
    }
    if link.starts_with("data:") || link.starts_with("mailto:") {
        return None;
    }
    let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
    let target = match path {
        "" => page.to_owned(),
        // The page for what is not found knows where it is by mdBook's `site-url`.
        _ if path.starts_with('/') => PathBuf::from(path.trim_start_matches('/')),
        _ => normal(&page.parent().unwrap_or(Path::new("")).join(path)),
    };
    let target = match target.as_os_str().is_empty() {
        true => PathBuf::from("index.html"),
        false => target,
    };
    if !site.join(&target).is_file() {
        return Some("leads nowhere".into());
    }
    match ids.get(&target) {
        Some(ids) if !fragment.is_empty() && !ids.contains(fragment) => {
            Some("the page is there, the place in it is not".into())
        }
        _ => None,
    }
}

fn normal(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
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

    #[test]
    fn finds_pasted_code_and_recipes_that_are_not_there() {
        let text = "`just dance`\n\n```rust\nfn a() {}\n```\n\n```sh\n./justw run 1\n```\n";
        let page = page("p", text);
        let pasted: Vec<_> = blocks(&page).collect();
        assert_eq!(pasted.len(), 1, "{pasted:?}");
        assert_eq!(pasted[0].0, 3);
        let calls = calls(&page, &BTreeSet::from(["run".into()])).unwrap();
        assert_eq!(calls, [(1, "there is no recipe `dance`".into())]);
    }

    #[test]
    fn finds_links_between_pages_that_lead_nowhere() {
        let a = page(
            "a",
            "[x](b.md) [x](b.md#1-a-c_d) [x](#here) [x](https://example.org/)\n# Here\n",
        );
        let b = page("b", "## 1. A `c_d`\n\n[x](c.md) [x](a.md#there)\n");
        let pages = [a, b];
        assert_eq!(links(&pages[0], &pages).unwrap(), []);
        assert_eq!(links(&pages[1], &pages).unwrap().len(), 2);
    }

    #[test]
    fn a_sharp_edge_has_to_name_its_test() {
        let text = "# T\n\n## 1. A\n\n{{#tests a}}\n\n## 2. B\n\nText\n\n## Questions\n";
        let wrong = edges(&page(EDGES, text));
        assert_eq!(wrong, ["the section \"2. B\" names no test"]);
        assert_eq!(edges(&page("p", text)), Vec::<String>::new());
    }

    #[test]
    fn finds_dead_links_lost_places_and_what_is_fetched() {
        let site = std::env::temp_dir().join(format!("book-tools-site-{}", std::process::id()));
        fs::create_dir_all(site.join("sub")).unwrap();
        fs::write(site.join("a.html"), "<h1 id=\"top\">A</h1>").unwrap();
        fs::write(
            site.join("sub/b.html"),
            concat!(
                "<a href=\"../a.html#top\">good</a> <a href=\"https://example.org/\">good</a>",
                "<a href=\"../a.html#gone\">lost</a> <a href=\"c.html\">dead</a>",
                "<script src=\"https://example.org/x.js\"></script><p id=\"x\"></p><p id=\"x\"></p>",
            ),
        )
        .unwrap();
        let mut wrong = site_of(&site).unwrap();
        fs::remove_dir_all(&site).unwrap();
        wrong.sort();
        assert_eq!(wrong.len(), 4, "{wrong:?}");
        assert!(
            wrong
                .iter()
                .any(|line| line.contains("#gone: the page is there"))
        );
        assert!(
            wrong
                .iter()
                .any(|line| line.contains("c.html: leads nowhere"))
        );
        assert!(
            wrong
                .iter()
                .any(|line| line.contains("x.js: fetched from elsewhere"))
        );
        assert!(
            wrong
                .iter()
                .any(|line| line.contains("two things are called #x"))
        );
    }
}
