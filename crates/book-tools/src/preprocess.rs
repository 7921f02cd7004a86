//! mdBook's preprocessor: what a page may say beside Markdown.
//!
//! | | |
//! |---|---|
//! | `{{#listing PLACE}}` | code of the workspace, with its file's name and a link to the whole file; long ones folded. [`listing`](crate::listing) says what a place is |
//! | `{{#diff OLD NEW}}` | what changed between two folders |
//! | `{{#output NAME}}` | captured output, `book/src/output/NAME.txt` |
//! | `{{#picture NAME}}` | a drawing, `book/src/pictures/NAME.seq` or `NAME.svg` |
//! | `{{#figures}}` | what was measured, `book/src/figures/*.svg`, under a heading; nothing before the first measurement |
//! | `{{#tabs GROUP}}`, `{{#tab TITLE}}`, `{{#endtabs}}` | each on a line of its own: tabs; all are shown where there is no JavaScript |
//! | a front matter with `minutes: N` | the page's reading time, under its title |

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use mdbook_preprocessor::book::{Book, BookItem, Chapter, SectionNumber};
use regex::{Captures, Regex};

use crate::diff;
use crate::listing::{Listing, fence, language, whole};
use crate::pages::SOURCE;
use crate::sequence::{escape, svg};

/// A listing of more lines than this is folded.
const LONG: usize = 30;

/// Answers every directive, and adds a page for each file that is listed.
pub fn run(root: &Path, mut book: Book) -> Result<Book> {
    let mut files = BTreeSet::new();
    let mut result = Ok(());
    book.for_each_chapter_mut(|chapter| {
        if result.is_ok() {
            result = page(root, chapter, &mut files);
        }
    });
    result?;
    let numbered = book
        .chapters()
        .filter_map(|chapter| chapter.number.as_deref()?.first().copied());
    let number = numbered.max().unwrap_or(0) + 1;
    book.items.push(sources(root, &files, number)?);
    Ok(book)
}

fn page(root: &Path, chapter: &mut Chapter, files: &mut BTreeSet<String>) -> Result<()> {
    let Some(path) = chapter.path.clone() else {
        return Ok(());
    };
    let up = "../".repeat(path.components().count() - 1);
    let context = || format!("in {}", path.display());
    let mut answers = Answers {
        root,
        files,
        up: &up,
        tabs: 0,
        pictures: 0,
    };
    let (minutes, text) = front_matter(&chapter.content).with_context(context)?;
    let text = answers.all(text).with_context(context)?;
    chapter.content = match minutes {
        Some(minutes) => with_minutes(&text, minutes),
        None => text,
    };
    Ok(())
}

/// Cuts off a front matter, and gives the minutes that it tells.
fn front_matter(text: &str) -> Result<(Option<u32>, &str)> {
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

fn with_minutes(text: &str, minutes: u32) -> String {
    let text = text.trim_start();
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    format!("{title}\n\n<p class=\"minutes\">{minutes} minutes</p>\n{rest}")
}

struct Answers<'a> {
    root: &'a Path,
    files: &'a mut BTreeSet<String>,
    up: &'a str,
    tabs: usize,
    pictures: usize,
}

impl Answers<'_> {
    fn all(&mut self, text: &str) -> Result<String> {
        let directive = Regex::new(
            r"(?m)^\{\{#(listing|diff|output|picture|figures|tabs|tab|endtabs)\b ?([^}\n]*)\}\}$",
        )?;
        let mut result = Ok(());
        let text = directive.replace_all(text, |captures: &Captures| {
            let answer = self.one(&captures[1], captures[2].trim());
            answer.unwrap_or_else(|error| {
                if result.is_ok() {
                    result = Err(error);
                }
                String::new()
            })
        });
        result?;
        ensure!(self.tabs == 0, "tabs without their end");
        Ok(text.into_owned())
    }

    fn one(&mut self, kind: &str, argument: &str) -> Result<String> {
        match kind {
            "listing" => self.listing(argument),
            "diff" => self.diff(argument),
            "output" => self.output(argument),
            "picture" => self.picture(argument),
            "figures" => self.figures(),
            "tabs" => {
                ensure!(self.tabs == 0, "tabs within tabs");
                self.tabs = 1;
                Ok(format!(
                    "<div class=\"tabs\" data-group=\"{}\">",
                    escape(argument)
                ))
            }
            "tab" => {
                ensure!(self.tabs > 0, "a tab outside of tabs");
                let close = if self.tabs > 1 { "\n</section>\n" } else { "" };
                self.tabs += 1;
                let title = escape(argument);
                Ok(format!(
                    "{close}<section class=\"tab\" data-title=\"{title}\">\n<p class=\"tab-title\">{title}</p>\n"
                ))
            }
            "endtabs" => {
                ensure!(self.tabs > 1, "the end of tabs that have none");
                self.tabs = 0;
                Ok("\n</section>\n</div>\n".into())
            }
            _ => bail!("no directive {kind}"),
        }
    }

    fn listing(&mut self, place: &str) -> Result<String> {
        let listing = Listing::read(self.root, place)?;
        let caption = format!("<figcaption>{}</figcaption>", self.link(&listing.path));
        let code = fence(listing.language(), &listing.code)?;
        let lines = listing.code.lines().count();
        Ok(match lines > LONG {
            true => format!(
                "<figure class=\"listing\">\n{caption}\n<details>\n<summary>{lines} lines</summary>\n\n{code}\n</details>\n</figure>\n"
            ),
            false => format!("<figure class=\"listing\">\n{caption}\n\n{code}\n</figure>\n"),
        })
    }

    /// A file's name, linked to its own page.
    fn link(&mut self, path: &str) -> String {
        self.files.insert(path.into());
        let up = self.up;
        format!("<a href=\"{up}code/{path}.html\">{path}</a>")
    }

    fn diff(&mut self, folders: &str) -> Result<String> {
        let (old, new) = folders
            .split_once(' ')
            .context("a diff is between two folders")?;
        let changes = diff::between(self.root, old, new)?;
        ensure!(
            !changes.is_empty(),
            "nothing differs between {old} and {new}"
        );
        let mut html = String::from("<div class=\"diff\">\n");
        for change in changes {
            let paths: Vec<_> = change.old.iter().chain(&change.new).collect();
            let name = match paths[..] {
                [old, new] if old.rsplit('/').next() == new.rsplit('/').next() => new.clone(),
                [old, new] => format!("{old} → {new}"),
                [path] if change.new.is_some() => format!("{path} (new)"),
                [path] => format!("{path} (gone)"),
                _ => continue,
            };
            let links: Vec<_> = paths.iter().map(|path| self.link(path)).collect();
            let (added, removed) = (change.added, change.removed);
            let code = fence("diff", &change.hunks)?;
            html.push_str(&format!(
                "<details>\n<summary>{name} <span class=\"stat\">+{added} −{removed}</span></summary>\n<p class=\"files\">Whole: {}</p>\n\n{code}\n</details>\n",
                links.join(", ")
            ));
        }
        Ok(html + "</div>\n")
    }

    fn output(&self, name: &str) -> Result<String> {
        let path = self.root.join(SOURCE).join(format!("output/{name}.txt"));
        let text = fs::read_to_string(&path)
            .with_context(|| format!("no captured output {name}: run `just capture`"))?;
        Ok(format!(
            "<div class=\"output\">\n\n{}\n</div>\n",
            fence("text", &text)?
        ))
    }

    fn picture(&mut self, name: &str) -> Result<String> {
        self.pictures += 1;
        let path = self.root.join(SOURCE).join(format!("pictures/{name}"));
        let svg = match fs::read_to_string(path.with_extension("seq")) {
            Ok(text) => svg(&text, &format!("picture-{}", self.pictures))
                .with_context(|| format!("in the picture {name}"))?,
            Err(_) => fs::read_to_string(path.with_extension("svg"))
                .with_context(|| format!("no picture {name}"))?,
        };
        ensure!(
            svg.contains("<title") && svg.contains("<desc"),
            "the picture {name} has no title or no desc"
        );
        // A line that is empty would end the HTML in the middle of it.
        let svg: String = svg.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        Ok(format!(
            "<figure class=\"picture\" tabindex=\"0\">\n{svg}\n</figure>\n"
        ))
    }

    /// As images and not within the page: each has a style sheet of its own.
    fn figures(&self) -> Result<String> {
        let folder = self.root.join(SOURCE).join("figures");
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "svg"));
        files.sort();
        let mut html = String::new();
        for file in files {
            let svg = fs::read_to_string(&file)?;
            let text = |tag: &str| {
                let (_, rest) = svg.split_once(&format!("<{tag}"))?;
                let (text, _) = rest.split_once('>')?.1.split_once("</")?;
                Some(text.to_owned())
            };
            let alternative = text("title").zip(text("desc"));
            let (title, description) = alternative
                .with_context(|| format!("{} has no title or no desc", file.display()))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let up = self.up;
            html.push_str(&format!(
                "<figure class=\"picture\" tabindex=\"0\">\n<img src=\"{up}figures/{name}\" alt=\"{}\">\n</figure>\n\n",
                format!("{title}. {description}").replace('"', "&quot;")
            ));
        }
        Ok(match html.is_empty() {
            true => String::new(),
            false => format!("## The figures\n\n{html}"),
        })
    }
}

/// The chapter with a page for each file, which the listings link to.
fn sources(root: &Path, files: &BTreeSet<String>, number: u32) -> Result<BookItem> {
    let title = "The files";
    let mut all = Chapter::new(
        title,
        "# The files\n\nEvery file that a page shows a part of, whole.\n\n".into(),
        "code/index.md",
        Vec::new(),
    );
    // Without a number mdBook does not fold them away.
    all.number = Some(SectionNumber::new([number]));
    for (index, path) in (1..).zip(files) {
        all.content.push_str(&format!("- [`{path}`]({path}.md)\n"));
        let code = fence(language(path), &whole(root, path)?)?;
        let mut page = Chapter::new(
            path,
            format!("# {path}\n\n{code}"),
            format!("code/{path}.md"),
            vec![title.into()],
        );
        page.number = Some(SectionNumber::new([number, index]));
        all.sub_items.push(BookItem::Chapter(page));
    }
    Ok(BookItem::Chapter(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Result<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = BTreeSet::new();
        let mut answers = Answers {
            root: &root,
            files: &mut files,
            up: "",
            tabs: 0,
            pictures: 0,
        };
        answers.all(text)
    }

    #[test]
    fn the_front_matter_gives_the_minutes_and_does_not_show() {
        let (minutes, rest) =
            front_matter("---\nminutes: 12\nnotes: x\n---\n# T\n\nText\n").unwrap();
        assert_eq!(minutes, Some(12));
        let page = with_minutes(rest, 12);
        assert_eq!(page, "# T\n\n<p class=\"minutes\">12 minutes</p>\n\nText\n");
        assert_eq!(front_matter("# T\n").unwrap(), (None, "# T\n"));
        assert!(front_matter("---\nminutes: long\n---\n").is_err());
    }

    #[test]
    fn a_listing_names_its_file_and_links_to_it() {
        let html = answer("{{#listing steps/01-blocking/src/main.rs#main}}").unwrap();
        let link =
            "<a href=\"code/steps/01-blocking/src/main.rs.html\">steps/01-blocking/src/main.rs</a>";
        assert!(html.contains(link), "{html}");
        assert!(html.contains("~~~~rust"), "{html}");
        assert!(answer("{{#listing steps/01-blocking/src/main.rs#nobody}}").is_err());
    }

    #[test]
    fn every_tab_stands_there_for_those_without_javascript() {
        let html = answer("{{#tabs x}}\n{{#tab A}}\na\n{{#tab B}}\nb\n{{#endtabs}}\n").unwrap();
        assert_eq!(html.matches("<section").count(), 2);
        assert_eq!(html.matches("</section>").count(), 2);
        assert_eq!(html.matches("<div").count(), html.matches("</div>").count());
    }

    #[test]
    fn what_does_not_fit_together_is_an_error() {
        for wrong in [
            "{{#tab A}}",
            "{{#endtabs}}",
            "{{#tabs x}}",
            "{{#output none}}",
            "{{#picture none}}",
        ] {
            assert!(answer(wrong).is_err(), "{wrong}");
        }
    }
}
