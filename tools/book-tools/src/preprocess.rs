//! mdBook's preprocessor: what a page may say beside Markdown.
//!
//! | | |
//! |---|---|
//! | `{{#listing PLACE}}` | code of the workspace, with its file's name and a link to the whole file; long ones folded. [`listing`](book_tools::listing) says what a place is |
//! | `{{#diff OLD NEW}}` | what changed between two folders |
//! | `{{#output NAME}}` | captured output, `book/src/output/NAME.txt` |
//! | `{{#predict NAME; OTHER: RUN; …}}` | the same, with outputs of other runs to choose from first |
//! | `{{#tests NAME…}}` | the tests that show what was said, with links; each has to be there |
//! | `{{#picture NAME}}` | a drawing, `book/src/pictures/NAME.seq` or `NAME.svg` |
//! | `{{#hearts STEP: CAPTION; …}}` | the recorded heartbeats of steps |
//! | `{{#recording NAME}}` | a recorded run, `book/src/recordings/NAME.json`: a drawing, and a player of it |
//! | `{{#figures NAME…}}` | pictures of what was measured, `book/src/figures/NAME.svg`; a note in their place before the first measurement |
//! | `{{#measured TABLE}}` | a table of `book/src/figures/bench.json`: see [`measured`](crate::measured) |
//! | `{{#quiz FILE}}` | the questions of `book/quizzes/FILE`, each with its answer folded |
//! | `{{#exercises STEP}}` | a list of the exercises that go with a step |
//! | `{{#answers}}` | every exercise with its wrong answers and its solution, for teachers |
//! | `{{#types}}` | what a future may carry, in both spellings |
//! | `{{#sketches}}` | what the notes on all pages say to draw |
//! | `{{#tabs GROUP}}`, `{{#tab TITLE}}`, `{{#endtabs}}` | each on a line of its own: tabs; all are shown where there is no JavaScript |
//! | `{{#for rust ABOUT}}` or `{{#for cpp ABOUT}}`, `{{#endfor}}` | each on a line of its own: a note for those who know the one language and not the other; folded, but not where there is no JavaScript |
//! | `` `steps/a/b.rs` `` in running text, or below `bridge/`, `service/` or `tools/` | the path of a file: a link to it, and it has to be there; `` `steps/a/b.rs#item` `` has to have the item |
//! | a front matter with `minutes: N` | the page's reading time, under its title |
//! | a file `book/notes/PAGE.md` | notes for teachers, under the title, not seen before the instructor's view is on |

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use mdbook_preprocessor::book::{Book, BookItem, Chapter, SectionNumber};
use regex::{Captures, Regex};

use crate::diff;
use crate::exercises;
use crate::hearts;
use crate::measured;
use crate::names;
use crate::pages::{Page, SOURCE, captured, front_matter};
use crate::playback;
use crate::predict;
use crate::quiz::{self, Quiz};
use crate::sequence::{escape, svg};
use crate::teaching;
use crate::types;
use book_tools::listing::{Listing, fence, language, whole};

/// A listing of more lines than this is folded.
const LONG: usize = 40;

/// Answers every directive, and adds a page for each file that is listed.
pub fn run(root: &Path, mut book: Book) -> Result<Book> {
    let tests = names::tests(root)?;
    let mut files = BTreeSet::new();
    let mut result = Ok(());
    book.for_each_chapter_mut(|chapter| {
        if result.is_ok() {
            result = page(root, chapter, &tests, &mut files);
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

/// What keeps a page from being built, if anything does: a place that is gone, for example.
pub fn trouble_with(root: &Path, page: &Page, tests: &BTreeMap<String, String>) -> Option<String> {
    let mut files = BTreeSet::new();
    let answered = front_matter(&page.text)
        .and_then(|(_, text)| Answers::new(root, tests, &mut files, "").all(text));
    answered.err().map(|error| format!("{error:#}"))
}

fn page(
    root: &Path,
    chapter: &mut Chapter,
    tests: &BTreeMap<String, String>,
    files: &mut BTreeSet<String>,
) -> Result<()> {
    let Some(path) = chapter.path.clone() else {
        return Ok(());
    };
    let up = "../".repeat(path.components().count() - 1);
    let context = || format!("in {}", path.display());
    let mut answers = Answers::new(root, tests, files, &up);
    let (minutes, text) = front_matter(&chapter.content).with_context(context)?;
    let text = answers.all(text).with_context(context)?;
    let minutes = minutes.map(|minutes| format!("<p class=\"minutes\">{minutes} minutes</p>\n"));
    let name = path.with_extension("");
    let notes = teaching::notes(root, &name.to_string_lossy());
    let notes = notes.map(|notes| teaching::hidden(&notes));
    let notes = notes.transpose().with_context(context)?;
    chapter.content = match minutes
        .into_iter()
        .chain(notes)
        .collect::<Vec<_>>()
        .join("\n")
    {
        nothing if nothing.is_empty() => text,
        html => below_title(&text, &html),
    };
    Ok(())
}

fn below_title(text: &str, html: &str) -> String {
    let text = text.trim_start();
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    format!("{title}\n\n{html}{rest}")
}

struct Answers<'a> {
    root: &'a Path,
    tests: &'a BTreeMap<String, String>,
    files: &'a mut BTreeSet<String>,
    up: &'a str,
    tabs: usize,
    /// Whether a note for some readers is open.
    aside: bool,
    pictures: usize,
    /// Whether the page has the player by now.
    plays: bool,
}

impl<'a> Answers<'a> {
    fn new(
        root: &'a Path,
        tests: &'a BTreeMap<String, String>,
        files: &'a mut BTreeSet<String>,
        up: &'a str,
    ) -> Self {
        Self {
            root,
            tests,
            files,
            up,
            tabs: 0,
            aside: false,
            pictures: 0,
            plays: false,
        }
    }

    fn all(&mut self, text: &str) -> Result<String> {
        let directive = Regex::new(
            r"(?m)^\{\{#(listing|diff|output|predict|tests|picture|recording|figures|measured|quiz|exercises|tabs|tab|endtabs|for|endfor|hearts|answers|sketches|types)\b ?([^}\n]*)\}\}$",
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
        ensure!(!self.aside, "a note for some readers without its end");
        self.paths(&text)
    }

    /// Makes links of the paths that running text names.
    fn paths(&mut self, text: &str) -> Result<String> {
        let path =
            Regex::new(r"(\[?)`((?:bridge|service|steps|tools)/[\w./-]+\.\w+)(?:#([^`]+))?`")?;
        let mut linked = String::new();
        let mut fenced = false;
        for line in text.split_inclusive('\n') {
            let start = line.trim_start();
            fenced ^= start.starts_with("```") || start.starts_with("~~~");
            if fenced || start.starts_with(['#', '<']) {
                linked.push_str(line);
                continue;
            }
            let mut rest = line;
            while let Some(found) = path.captures(rest) {
                let whole = found.get(0).map_or(0..0, |whole| whole.range());
                linked.push_str(&rest[..whole.start]);
                let file = &found[2];
                ensure!(
                    self.root.join(file).is_file(),
                    "{file} is named, and not there"
                );
                match (&found[1], found.get(3)) {
                    ("[", _) => linked.push_str(&found[0]),
                    (_, None) => linked.push_str(&self.link(file)),
                    (_, Some(item)) => {
                        Listing::read(self.root, &found[0].replace('`', ""))?;
                        let link = self.link(file);
                        linked.push_str(&format!("`{}` in {link}", item.as_str()));
                    }
                }
                rest = &rest[whole.end..];
            }
            linked.push_str(rest);
        }
        Ok(linked)
    }

    fn one(&mut self, kind: &str, argument: &str) -> Result<String> {
        match kind {
            "listing" => self.listing(argument),
            "diff" => self.diff(argument),
            "output" => self.output(argument),
            "hearts" => hearts::html(self.root, argument),
            "predict" => predict::html(self.root, argument),
            "tests" => self.tests(argument),
            "picture" => self.picture(argument),
            "recording" => self.recording(argument),
            "figures" => self.figures(argument),
            "measured" => measured::table(self.root, argument),
            "quiz" => Ok(quiz::html(&Quiz::read(self.root, argument)?)),
            "exercises" => exercises::of_step(self.root, argument),
            "types" => types::table(self.root),
            "sketches" => teaching::sketches(self.root),
            "answers" => exercises::answers(self.root),
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
            "for" => {
                ensure!(!self.aside, "a note for some readers within another");
                self.aside = true;
                let (reader, about) = argument.split_once(' ').unwrap_or((argument, ""));
                let name = match reader {
                    "rust" => "Rust",
                    "cpp" => "C++",
                    _ => bail!("a note is for `rust` or `cpp` readers, not for {reader}"),
                };
                ensure!(
                    !about.is_empty(),
                    "a note says in its title what it is about"
                );
                let about = escape(about);
                Ok(format!(
                    "<details class=\"reader\" data-reader=\"{reader}\" open>\n<summary><strong>For {name} readers</strong> {about}</summary>\n"
                ))
            }
            "endfor" => {
                ensure!(self.aside, "the end of a note that has no beginning");
                self.aside = false;
                Ok("\n</details>\n".into())
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
        let mut changes = diff::between(self.root, old, new)?;
        changes
            .sort_by_key(|change| distance_from_idea(change.new.as_ref().or(change.old.as_ref())));
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
        let text = captured(self.root, name)?;
        Ok(format!(
            "<div class=\"output\">\n\n{}\n</div>\n",
            fence("text", &text)?
        ))
    }

    fn tests(&mut self, names: &str) -> Result<String> {
        let mut links = Vec::new();
        for name in names.split_whitespace() {
            let file = self.tests.get(name);
            let file = file.with_context(|| format!("there is no test {name}"))?;
            self.files.insert(file.clone());
            let up = self.up;
            links.push(format!(
                "<a href=\"{up}code/{file}.html\"><code>{name}</code></a>"
            ));
        }
        let count = match links.len() {
            0 => bail!("no test is named"),
            1 => "1 test".into(),
            many => format!("{many} tests"),
        };
        let links = links.join("<br>");
        Ok(format!(
            "<details class=\"tests\"><summary>{count}</summary><p>{links}</p></details>\n"
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

    fn recording(&mut self, name: &str) -> Result<String> {
        self.pictures += 1;
        let id = format!("recording-{}", self.pictures);
        let html = playback::html(self.root, name, &id, &mut |path| self.link(path))
            .with_context(|| format!("in the recording {name}"))?;
        let script = match std::mem::replace(&mut self.plays, true) {
            true => String::new(),
            false => format!(
                "<script type=\"module\" src=\"{}player/player.js\"></script>\n",
                self.up
            ),
        };
        Ok(html + &script)
    }

    /// As images and not within the page: each has a style sheet of its own.
    fn figures(&self, names: &str) -> Result<String> {
        let mut html = String::new();
        for name in names.split_whitespace() {
            let file = format!("{SOURCE}/figures/{name}.svg");
            let Ok(svg) = fs::read_to_string(self.root.join(&file)) else {
                html.push_str(measured::NOTHING);
                continue;
            };
            let text = |tag: &str| {
                let (_, rest) = svg.split_once(&format!("<{tag}"))?;
                let (text, _) = rest.split_once('>')?.1.split_once("</")?;
                Some(text.to_owned())
            };
            let alternative = text("title").zip(text("desc"));
            let (title, description) =
                alternative.with_context(|| format!("{file} has no title or no desc"))?;
            let up = self.up;
            html.push_str(&format!(
                "<figure class=\"picture\" tabindex=\"0\">\n<img src=\"{up}figures/{name}.svg\" alt=\"{}\">\n</figure>\n",
                format!("{title}. {description}").replace('"', "&quot;")
            ));
        }
        ensure!(!html.is_empty(), "no figure is named");
        Ok(html)
    }
}

/// The idea of a step comes first in what changed: its C++ and its Rust, and the build last.
fn distance_from_idea(path: Option<&String>) -> usize {
    let path = path.map_or("", String::as_str);
    let kinds = [".cpp", ".h", "/lib.rs", ".rs", ""];
    let is_build = path.ends_with("build.rs");
    match kinds.iter().position(|kind| path.ends_with(kind)) {
        Some(place) if !is_build => place,
        _ => kinds.len(),
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
        let tests = BTreeMap::from([("a_test".into(), "tests/a.rs".into())]);
        Answers::new(&root, &tests, &mut BTreeSet::new(), "").all(text)
    }

    #[test]
    fn what_goes_below_the_title_stands_between_it_and_the_text() {
        let page = below_title("\n# T\n\nText\n", "<p>a</p>\n");
        assert_eq!(page, "# T\n\n<p>a</p>\n\nText\n");
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
    fn a_test_that_is_named_is_linked_and_has_to_be_there() {
        let html = answer("{{#tests a_test}}").unwrap();
        assert!(
            html.contains("<a href=\"code/tests/a.rs.html\"><code>a_test</code></a>"),
            "{html}"
        );
        assert!(answer("{{#tests another}}").is_err());
        assert!(answer("{{#tests}}").is_err());
    }

    #[test]
    fn a_path_in_running_text_is_a_link_and_has_to_be_there() {
        let main =
            "<a href=\"code/steps/01-blocking/src/main.rs.html\">steps/01-blocking/src/main.rs</a>";
        let text = "See `steps/01-blocking/src/main.rs`, and `main`.\n";
        assert_eq!(answer(text).unwrap(), format!("See {main}, and `main`.\n"));
        let item = "`steps/01-blocking/src/main.rs#main`";
        assert_eq!(answer(item).unwrap(), format!("`main` in {main}"));
        let fenced = "```sh\ncat `steps/01-blocking/gone.rs`\n```\n";
        assert_eq!(answer(fenced).unwrap(), fenced);
        assert!(answer("`steps/01-blocking/src/gone.rs`").is_err());
        assert!(answer("`steps/01-blocking/src/main.rs#gone`").is_err());
    }

    #[test]
    fn the_idea_comes_first_in_what_changed() {
        let mut paths = [
            "Cargo.toml",
            "build.rs",
            "src/main.rs",
            "src/lib.rs",
            "cpp/a.h",
            "cpp/a.cpp",
        ]
        .map(String::from);
        paths.sort_by_key(|path| distance_from_idea(Some(path)));
        assert_eq!(
            paths,
            [
                "cpp/a.cpp",
                "cpp/a.h",
                "src/lib.rs",
                "src/main.rs",
                "Cargo.toml",
                "build.rs"
            ]
        );
    }

    #[test]
    fn what_was_not_measured_yet_is_said_so() {
        assert_eq!(answer("{{#figures none}}").unwrap(), measured::NOTHING);
        assert!(answer("{{#figures}}").is_err());
    }

    #[test]
    fn every_tab_stands_there_for_those_without_javascript() {
        let html = answer("{{#tabs x}}\n{{#tab A}}\na\n{{#tab B}}\nb\n{{#endtabs}}\n").unwrap();
        assert_eq!(html.matches("<section").count(), 2);
        assert_eq!(html.matches("</section>").count(), 2);
        assert_eq!(html.matches("<div").count(), html.matches("</div>").count());
    }

    #[test]
    fn a_note_for_some_readers_is_open_for_those_without_javascript() {
        let html = answer("{{#for cpp `?` in Rust}}\nIt returns.\n{{#endfor}}\n").unwrap();
        assert!(
            html.starts_with("<details class=\"reader\" data-reader=\"cpp\" open>"),
            "{html}"
        );
        assert!(html.trim_end().ends_with("</details>"), "{html}");
        for wrong in [
            "{{#for cpp x}}",
            "{{#endfor}}",
            "{{#for ada x}}\n{{#endfor}}",
            "{{#for cpp}}\n{{#endfor}}",
        ] {
            assert!(answer(wrong).is_err(), "{wrong}");
        }
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
