//! Where the reader works: `exercises/yours`, a workspace of its own that git does not see.
//!
//! What lies there is the reader's. Nothing here overwrites or deletes a file that is not as it was
//! given; a reset moves the work aside and says where to.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::catalogue::Exercise;
use crate::source::GIVEN;

/// A folder of exercises to work on.
pub struct Desk {
    root: PathBuf,
    folder: PathBuf,
    /// Where the crates lie in it. Cargo tells crates apart by their place in their workspace, so
    /// two desks that share a target folder must not have the same.
    crates: &'static str,
}

/// Where the reader stands.
#[derive(Default, Deserialize, Serialize)]
pub struct Progress {
    #[serde(flatten)]
    exercises: BTreeMap<String, Record>,
}

#[derive(Default, Deserialize, Serialize)]
struct Record {
    /// What the files were when they passed.
    passed: Option<String>,
    /// How many hints were shown.
    #[serde(default)]
    hints: usize,
}

/// How far one exercise is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    /// Nothing was changed yet.
    AsGiven,
    /// Something was, and it has not passed.
    Begun,
    /// It passes.
    Done,
    /// It passed, and something was changed since.
    ChangedSince,
}

impl Desk {
    /// The reader's.
    pub fn of_reader(root: &Path) -> Desk {
        Desk {
            root: root.to_owned(),
            folder: root.join("exercises/yours"),
            crates: "",
        }
    }

    /// One for trying answers.
    pub fn for_proof(root: &Path) -> Desk {
        Desk {
            root: root.to_owned(),
            folder: target(root).join("exercises"),
            crates: "proof",
        }
    }

    /// The folder of the exercise's crate.
    pub fn of(&self, exercise: &Exercise) -> PathBuf {
        self.folder.join(self.crates).join(&exercise.name)
    }

    /// The workspace.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lays out every exercise as given that is not there yet, and the workspace around them.
    pub fn lay_out(&self, exercises: &[Exercise]) -> Result<()> {
        for exercise in exercises {
            if !self.of(exercise).exists() {
                self.put(exercise, GIVEN)?;
            }
        }
        let manifest = self.manifest(exercises)?;
        write_if_changed(&self.folder.join("Cargo.toml"), &manifest)?;
        self.copy_lock()
    }

    /// Writes one answer; files that are so already keep their time of change.
    pub fn put(&self, exercise: &Exercise, answer: &str) -> Result<()> {
        for (path, text) in exercise.files(answer)? {
            write_if_changed(&self.of(exercise).join(path), &text)?;
        }
        Ok(())
    }

    /// Puts the work aside and lays out what is given. Tells where the work is, if there was any.
    pub fn reset(&self, exercise: &Exercise) -> Result<Option<PathBuf>> {
        let mut progress = self.progress()?;
        progress.exercises.remove(&exercise.name);
        if self.changed(exercise)?.is_empty() && self.missing(exercise)?.is_empty() {
            self.save(&progress)?;
            return Ok(None);
        }
        let aside = (1..)
            .map(|count| {
                self.folder
                    .join("kept")
                    .join(format!("{}.{count}", exercise.name))
            })
            .find(|path| !path.exists())
            .context("there is no end of numbers")?;
        fs::create_dir_all(self.folder.join("kept"))?;
        fs::rename(self.of(exercise), &aside)?;
        self.put(exercise, GIVEN)?;
        self.save(&progress)?;
        Ok(Some(aside))
    }

    /// The files that are not as given: changed, or of the reader's own.
    pub fn changed(&self, exercise: &Exercise) -> Result<Vec<PathBuf>> {
        let given = exercise.files(GIVEN)?;
        let mut changed: Vec<_> = self.files(exercise)?.into_iter().collect();
        changed.retain(|(path, text)| {
            given
                .get(path)
                .is_none_or(|given| given.as_bytes() != *text)
        });
        Ok(changed.into_iter().map(|(path, _)| path).collect())
    }

    /// The files that were given and are not there any more.
    pub fn missing(&self, exercise: &Exercise) -> Result<Vec<PathBuf>> {
        let there = self.files(exercise)?;
        let mut missing: Vec<_> = exercise.files(GIVEN)?.into_keys().collect();
        missing.retain(|path| !there.contains_key(path));
        Ok(missing)
    }

    /// How far each is.
    pub fn state(&self, exercise: &Exercise) -> Result<State> {
        let progress = self.progress()?;
        let record = progress.exercises.get(&exercise.name);
        Ok(match record.and_then(|record| record.passed.as_ref()) {
            Some(passed) if *passed == self.fingerprint(exercise)? => State::Done,
            Some(_) => State::ChangedSince,
            None if self.changed(exercise)?.is_empty() => State::AsGiven,
            None => State::Begun,
        })
    }

    /// Keeps whether what is there now passes.
    pub fn record(&self, exercise: &Exercise, passes: bool) -> Result<()> {
        let mut progress = self.progress()?;
        let record = progress.exercises.entry(exercise.name.clone()).or_default();
        record.passed = match passes {
            true => Some(self.fingerprint(exercise)?),
            false => None,
        };
        self.save(&progress)
    }

    /// Counts one more hint, and tells how many are to be shown now.
    pub fn one_more_hint(&self, exercise: &Exercise) -> Result<usize> {
        let mut progress = self.progress()?;
        let record = progress.exercises.entry(exercise.name.clone()).or_default();
        record.hints = (record.hints + 1).min(exercise.about.hints.len());
        let hints = record.hints;
        self.save(&progress)?;
        Ok(hints)
    }

    /// What tells one state of the files from another.
    pub fn fingerprint(&self, exercise: &Exercise) -> Result<String> {
        let mut hasher = DefaultHasher::new();
        self.files(exercise)?.hash(&mut hasher);
        Ok(format!("{:016x}", hasher.finish()))
    }

    fn files(&self, exercise: &Exercise) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
        let mut files = BTreeMap::new();
        collect(&self.of(exercise), Path::new(""), &mut files)?;
        Ok(files)
    }

    fn progress(&self) -> Result<Progress> {
        match fs::read_to_string(self.progress_file()) {
            Ok(text) => Ok(serde_json::from_str(&text).unwrap_or_default()),
            Err(_) => Ok(Progress::default()),
        }
    }

    fn save(&self, progress: &Progress) -> Result<()> {
        let text = serde_json::to_string_pretty(progress)?;
        write_if_changed(&self.progress_file(), &text)
    }

    fn progress_file(&self) -> PathBuf {
        self.folder.join("progress.json")
    }

    /// The manifest of the workspace: what the crates inherit is that of this workspace.
    fn manifest(&self, exercises: &[Exercise]) -> Result<String> {
        let ours = fs::read_to_string(self.root.join("Cargo.toml"))?;
        let mut ours: Table = ours.parse().context("the workspace's Cargo.toml")?;
        let mut workspace = match ours.remove("workspace") {
            Some(Value::Table(workspace)) => workspace,
            _ => Table::new(),
        };
        workspace.remove("exclude");
        let members = exercises.iter().map(|exercise| {
            let path = Path::new(self.crates).join(&exercise.name);
            Value::String(path.display().to_string())
        });
        workspace.insert("members".into(), Value::Array(members.collect()));
        if let Some(Value::Table(dependencies)) = workspace.get_mut("dependencies") {
            for (_, dependency) in dependencies {
                if let Some(Value::String(path)) = dependency.get_mut("path") {
                    *path = self.root.join(&path).display().to_string();
                }
            }
        }
        let manifest = Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]);
        Ok(format!(
            "# Made by `just exercise`; changes here are lost.\n{}",
            toml::to_string(&manifest)?
        ))
    }

    /// The versions that this workspace has chosen, so that nothing is looked up in a network. Cargo
    /// takes out what is not needed, hence only when ours is newer.
    fn copy_lock(&self) -> Result<()> {
        let ours = self.root.join("Cargo.lock");
        let copy = self.folder.join("Cargo.lock");
        let changed = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
        if changed(&copy) < changed(&ours) {
            fs::write(&copy, fs::read(&ours)?)?;
        }
        Ok(())
    }
}

/// Where cargo builds: one folder for all, so that what they depend on is compiled once.
pub fn target(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => root.join(target),
        None => root.join("target"),
    }
}

fn write_if_changed(path: &Path, text: &str) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn collect(folder: &Path, below: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // What editors leave beside a file, and what cargo makes, is nobody's work.
        if name.starts_with('.') || name.ends_with('~') || name == "target" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(folder, &path, files)?;
        } else {
            files.insert(path.clone(), fs::read(folder.join(&path))?);
        }
    }
    Ok(())
}
