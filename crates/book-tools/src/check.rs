//! What must be true of every page and of the built site.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use regex::Regex;

use crate::pages::{self, SOURCE};

/// Where mdBook puts the site, from the workspace's root.
const SITE: &str = "book/build";

/// Finds all that is wrong, and fails when something is.
pub fn run(root: &Path) -> Result<()> {
    let mut wrong = pages_of(root)?;
    let site = root.join(SITE);
    wrong.extend(site_of(&site).context("build the book before it is checked")?);
    for line in &wrong {
        eprintln!("{line}");
    }
    match wrong.len() {
        0 => Ok(()),
        count => bail!("{count} things to mend"),
    }
}

/// No code is pasted, every shell line is run or says that it is not, no output lies about.
fn pages_of(root: &Path) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut shown = BTreeSet::new();
    for page in pages::read(root)? {
        for fence in page.fences() {
            let place = format!("{SOURCE}/{}.md:{}", page.name, fence.line);
            match fence.info.as_str() {
                "sh" | "sh fails" => shown.extend(fence.output),
                "sh norun" => {}
                other => wrong.push(format!(
                    "{place}: a block of `{other}`: code is listed from its file, output is captured, a shell line is `sh` or `sh norun`"
                )),
            }
        }
        let words = page.text.split_whitespace().count();
        if words > 20 && !page.text.contains("{{#quiz ") && !NO_QUIZ.contains(&page.name.as_str()) {
            wrong.push(format!("{SOURCE}/{}.md: no quiz", page.name));
        }
    }
    let folder = root.join(SOURCE).join("output");
    for file in files_below(&folder, "txt")? {
        let name = file.strip_prefix(&folder)?.with_extension("");
        let name = name.to_string_lossy();
        if !shown.contains(&*name) {
            wrong.push(format!(
                "{}: no shell block is followed by it",
                file.display()
            ));
        }
    }
    Ok(wrong)
}

/// Pages that one looks things up in.
const NO_QUIZ: [&str; 2] = ["glossary", "patterns"];

/// Every link leads somewhere, and nothing is fetched from elsewhere.
fn site_of(site: &Path) -> Result<Vec<String>> {
    let attribute = Regex::new(r#"<([a-z0-9-]+)\b[^>]*?\s(href|src)="([^"]*)""#)?;
    let id = Regex::new(r#"\sid="([^"]*)""#)?;
    let mut ids: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    let mut links = Vec::new();
    let mut wrong = Vec::new();
    for file in files_below(site, "html")? {
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

fn files_below(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

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
