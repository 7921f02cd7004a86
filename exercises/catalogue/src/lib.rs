//! The exercises that there are, as they lie in `exercises/`: each as one [`source`] of what is given
//! and what solves it.

#![warn(missing_docs)]

pub mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use source::{GIVEN, SOLUTION};

/// What the authors say of an exercise; not for the reader's copy.
const ABOUT: &str = "exercise.toml";

/// One exercise.
pub struct Exercise {
    /// What the reader calls it by.
    pub number: u32,
    /// Its folder's name: `07-view`.
    pub name: String,
    /// What is said of it.
    pub about: About,
    folder: PathBuf,
}

/// What `exercise.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct About {
    /// The step that it belongs to.
    pub step: u32,
    /// A line.
    pub title: String,
    /// What to take along, once it is done.
    pub why: String,
    /// Each says more than the one before.
    pub hints: Vec<String>,
    /// How it fails as given.
    pub given: Fails,
    /// Whether AddressSanitizer is what finds the planted bug.
    #[serde(default)]
    pub sanitizer: bool,
    /// Answers that are plausible and wrong.
    #[serde(default)]
    pub wrong: BTreeMap<String, Fails>,
    /// Answers other than the solution that are right as well; and what each does.
    #[serde(default)]
    pub right: BTreeMap<String, String>,
}

/// How an answer fails.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fails {
    /// What the answer does.
    pub idea: String,
    /// A part of the sentence that tells it apart from the others.
    pub says: String,
}

impl Exercise {
    /// The name of its package.
    pub fn package(&self) -> String {
        format!("exercise-{}", self.name)
    }

    /// The text of its task, without the heading.
    pub fn task(&self) -> Result<String> {
        let readme = self.folder.join("README.md");
        let text = read(&readme)?;
        let (_heading, task) = text
            .split_once("\n\n")
            .with_context(|| format!("{} has no text", readme.display()))?;
        Ok(task.trim().to_owned())
    }

    /// The files of one answer, by their path in the crate.
    pub fn files(&self, answer: &str) -> Result<BTreeMap<PathBuf, String>> {
        let mut files = BTreeMap::new();
        for path in self.paths()? {
            let text = read(&self.folder.join(&path))?;
            let text = source::answer(&text, answer)
                .with_context(|| self.folder.join(&path).display().to_string())?;
            files.insert(path, text);
        }
        Ok(files)
    }

    /// The files that the solution changes.
    pub fn to_change(&self) -> Result<Vec<PathBuf>> {
        let solution = self.files(SOLUTION)?;
        let mut given = self.files(GIVEN)?;
        given.retain(|path, text| solution.get(path) != Some(text));
        Ok(given.into_keys().collect())
    }

    /// Every answer but the solution and what is given.
    pub fn other_answers(&self) -> impl Iterator<Item = &str> {
        let names = self.about.wrong.keys().chain(self.about.right.keys());
        names.map(String::as_str)
    }

    fn paths(&self) -> Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        collect(&self.folder, Path::new(""), &mut paths)?;
        paths.retain(|path| path != Path::new(ABOUT));
        paths.sort();
        Ok(paths)
    }

    /// Whether the answers that are spoken of are those that the files have.
    fn check(&self) -> Result<()> {
        let mut marked: Vec<String> = Vec::new();
        for path in self.paths()? {
            let text = read(&self.folder.join(&path))?;
            let names = source::names(&text).with_context(|| path.display().to_string())?;
            marked.extend(names.into_iter().map(str::to_owned));
        }
        let known = |name: &str| {
            [GIVEN, SOLUTION].contains(&name) || self.other_answers().any(|other| other == name)
        };
        if let Some(name) = marked.iter().find(|name| !known(name)) {
            bail!(
                "{}: {ABOUT} does not speak of the answer `{name}`",
                self.name
            );
        }
        if let Some(name) = self
            .other_answers()
            .find(|name| !marked.iter().any(|is| is == name))
        {
            bail!("{}: no file has the answer `{name}`", self.name);
        }
        ensure!(
            !self.about.hints.is_empty(),
            "{}: there is no hint",
            self.name
        );
        Ok(())
    }
}

/// Every exercise, in order.
pub fn exercises(root: &Path) -> Result<Vec<Exercise>> {
    let folder = root.join("exercises");
    let mut exercises = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let folder = entry?.path();
        if !folder.join(ABOUT).is_file() {
            continue;
        }
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let number = name
            .split('-')
            .next()
            .and_then(|number| number.parse().ok());
        let number = number.with_context(|| format!("{name} does not begin with a number"))?;
        let about = read(&folder.join(ABOUT))?;
        let about = toml::from_str(&about).with_context(|| format!("{name}/{ABOUT}"))?;
        let exercise = Exercise {
            number,
            name,
            about,
            folder,
        };
        exercise.check()?;
        exercises.push(exercise);
    }
    exercises.sort_by_key(|exercise| exercise.number);
    Ok(exercises)
}

fn collect(folder: &Path, below: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(folder, &path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
