//! Where the reader works: `exercises/yours`, a workspace of its own that git does not see.
//!
//! What lies there is the reader's. Nothing here overwrites or deletes a file that is not as it was
//! given; a reset moves the work aside and says where to.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use exercise_catalogue::Exercise;
use exercise_catalogue::source::GIVEN;

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
    /// What the files were when they were laid out.
    given: Option<String>,
    /// What they were when they were compiled last.
    compiled: Option<String>,
    /// What they were when they passed.
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

    /// Forgets what lies on a desk for proofs: an exercise that is not there any more would be in the way.
    pub fn clear(&self) -> Result<()> {
        let crates = self.folder.join(self.crates);
        match self.crates {
            "" => Ok(()), // the reader's work stays
            _ if !crates.exists() => Ok(()),
            _ => fs::remove_dir_all(&crates).with_context(|| crates.display().to_string()),
        }
    }

    /// Lays out every exercise as given that is not there yet, and the workspace around them. One
    /// that nobody has touched is laid out anew when what is given has changed.
    pub fn lay_out(&self, exercises: &[Exercise]) -> Result<()> {
        for exercise in exercises {
            if !self.of(exercise).exists() {
                self.put_given(exercise)?;
            } else if self.is_outdated(exercise)? && self.is_untouched(exercise)? {
                fs::remove_dir_all(self.of(exercise))?;
                self.put_given(exercise)?;
            }
        }
        let manifest = self.manifest(exercises)?;
        write_if_changed(&self.folder.join("Cargo.toml"), &manifest)?;
        self.copy_lock()
    }

    fn put_given(&self, exercise: &Exercise) -> Result<()> {
        self.put(exercise, GIVEN)?;
        let mut progress = self.progress()?;
        let given = Some(self.fingerprint(exercise)?);
        let record = Record {
            given,
            ..Record::default()
        };
        progress.exercises.insert(exercise.name.clone(), record);
        self.save(&progress)
    }

    /// Whether what is given is other than what was.
    pub fn is_outdated(&self, exercise: &Exercise) -> Result<bool> {
        let progress = self.progress()?;
        let record = progress.exercises.get(&exercise.name);
        let laid_out = record.and_then(|record| record.given.as_deref());
        let given: BTreeMap<PathBuf, Vec<u8>> = exercise
            .files(GIVEN)?
            .into_iter()
            .map(|(path, text)| (path, text.into_bytes()))
            .collect();
        Ok(laid_out.is_some_and(|laid_out| laid_out != fingerprint(&given)))
    }

    /// Whether everything lies there as it was laid out.
    fn is_untouched(&self, exercise: &Exercise) -> Result<bool> {
        let progress = self.progress()?;
        let record = progress.exercises.get(&exercise.name);
        let laid_out = record.and_then(|record| record.given.as_deref());
        Ok(laid_out == Some(&*self.fingerprint(exercise)?))
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
        let is_as_given = self.changed(exercise)?.is_empty() && self.missing(exercise)?.is_empty();
        let aside = match is_as_given {
            true => None,
            false => Some(self.put_aside(exercise)?),
        };
        self.put_given(exercise)?;
        Ok(aside)
    }

    fn put_aside(&self, exercise: &Exercise) -> Result<PathBuf> {
        let kept = self.folder.join("kept");
        fs::create_dir_all(&kept)?;
        let aside = (1..)
            .map(|count| kept.join(format!("{}.{count}", exercise.name)))
            .find(|path| !path.exists())
            .context("there is no end of numbers")?;
        fs::rename(self.of(exercise), &aside)?;
        Ok(aside)
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

    /// To be called before a check; returns what is about to be tried.
    ///
    /// Cargo compiles what is newer than the last time. A file that was moved back, from what a
    /// reset kept, is other than it was and older; so it gets a new time here.
    pub fn begin_check(&self, exercise: &Exercise) -> Result<String> {
        let tried = self.fingerprint(exercise)?;
        let mut progress = self.progress()?;
        let record = progress.exercises.entry(exercise.name.clone()).or_default();
        if record.compiled.as_ref() != Some(&tried) {
            record.compiled = Some(tried.clone());
            for path in self.files(exercise)?.keys() {
                let file = fs::File::options()
                    .append(true)
                    .open(self.of(exercise).join(path))?;
                file.set_modified(SystemTime::now())?;
            }
            self.save(&progress)?;
        }
        Ok(tried)
    }

    /// Keeps what passed a check, if it did.
    pub fn record(&self, exercise: &Exercise, passed: Option<String>) -> Result<()> {
        let mut progress = self.progress()?;
        let record = progress.exercises.entry(exercise.name.clone()).or_default();
        record.passed = passed;
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
        Ok(fingerprint(&self.files(exercise)?))
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

fn fingerprint(files: &BTreeMap<PathBuf, Vec<u8>>) -> String {
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
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

#[cfg(test)]
mod tests {
    use super::*;
    use exercise_catalogue::exercises;

    const SOURCE: &str = "// > given\n// | let a = 1;\n// > solution\nlet a = 2;\n// > end\n";

    /// A workspace with one exercise, and a reader's desk in it.
    fn workspace() -> (tempfile::TempDir, Exercise, Desk) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("exercises/01-one");
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/lib.rs"), SOURCE).unwrap();
        fs::write(folder.join("README.md"), "# One\n\nDo it.\n").unwrap();
        fs::write(
            folder.join("exercise.toml"),
            "step = 1\ntitle = 'One'\nwhy = 'So.'\nhints = ['First.', 'Second.']\n\
             given = { idea = 'nothing', says = 'all' }\n",
        )
        .unwrap();
        fs::write(
            root.path().join("Cargo.toml"),
            "[workspace]\nmembers = ['exercises/*']\n[workspace.dependencies]\n\
             kit = { path = 'kit' }\n",
        )
        .unwrap();
        fs::write(root.path().join("Cargo.lock"), "version = 4\n").unwrap();
        let exercise = exercises(root.path()).unwrap().remove(0);
        let desk = Desk::of_reader(root.path());
        desk.lay_out(std::slice::from_ref(&exercise)).unwrap();
        (root, exercise, desk)
    }

    fn write(desk: &Desk, exercise: &Exercise, text: &str) {
        fs::write(desk.of(exercise).join("src/lib.rs"), text).unwrap();
    }

    fn read(path: PathBuf) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn the_reader_gets_what_is_given_and_nothing_of_the_authors() {
        let (root, exercise, desk) = workspace();
        assert_eq!(read(desk.of(&exercise).join("src/lib.rs")), "let a = 1;\n");
        assert!(!desk.of(&exercise).join("exercise.toml").exists());
        assert_eq!(desk.state(&exercise).unwrap(), State::AsGiven);
        let manifest: Table = read(desk.folder().join("Cargo.toml")).parse().unwrap();
        let kit = manifest["workspace"]["dependencies"]["kit"]["path"].as_str();
        assert_eq!(kit, root.path().join("kit").to_str());
        assert_eq!(read(desk.folder().join("Cargo.lock")), "version = 4\n");
    }

    #[test]
    fn work_is_never_overwritten() {
        let (root, exercise, desk) = workspace();
        write(&desk, &exercise, "let a = 3;\n");
        let source = root.path().join("exercises/01-one/src/lib.rs");
        fs::write(source, SOURCE.replace("a = 1", "a = 0")).unwrap();
        desk.lay_out(std::slice::from_ref(&exercise)).unwrap();
        assert_eq!(read(desk.of(&exercise).join("src/lib.rs")), "let a = 3;\n");
        assert!(desk.is_outdated(&exercise).unwrap());
        assert_eq!(desk.state(&exercise).unwrap(), State::Begun);
    }

    #[test]
    fn what_nobody_touched_follows_the_exercise() {
        let (root, exercise, desk) = workspace();
        let source = root.path().join("exercises/01-one/src/lib.rs");
        fs::write(source, SOURCE.replace("a = 1", "a = 0")).unwrap();
        desk.lay_out(std::slice::from_ref(&exercise)).unwrap();
        assert_eq!(read(desk.of(&exercise).join("src/lib.rs")), "let a = 0;\n");
        assert!(!desk.is_outdated(&exercise).unwrap());
    }

    #[test]
    fn a_reset_keeps_every_work_in_a_place_of_its_own() {
        let (_root, exercise, desk) = workspace();
        let mut kept = Vec::new();
        for text in ["let a = 3;\n", "let a = 4;\n"] {
            write(&desk, &exercise, text);
            let aside = desk.reset(&exercise).unwrap().unwrap();
            kept.push(read(aside.join("src/lib.rs")));
            assert_eq!(desk.state(&exercise).unwrap(), State::AsGiven);
        }
        assert_eq!(kept, ["let a = 3;\n", "let a = 4;\n"]);
        assert_eq!(desk.reset(&exercise).unwrap(), None);
    }

    #[test]
    fn a_reset_brings_back_a_file_that_was_deleted() {
        let (_root, exercise, desk) = workspace();
        fs::remove_file(desk.of(&exercise).join("README.md")).unwrap();
        assert!(desk.reset(&exercise).unwrap().is_some());
        assert!(desk.of(&exercise).join("README.md").exists());
    }

    #[test]
    fn what_passed_is_done_until_it_is_changed() {
        let (_root, exercise, desk) = workspace();
        write(&desk, &exercise, "let a = 2;\n");
        let tried = desk.begin_check(&exercise).unwrap();
        desk.record(&exercise, Some(tried)).unwrap();
        assert_eq!(desk.state(&exercise).unwrap(), State::Done);
        write(&desk, &exercise, "let a = 5;\n");
        assert_eq!(desk.state(&exercise).unwrap(), State::ChangedSince);
        desk.record(&exercise, None).unwrap();
        assert_eq!(desk.state(&exercise).unwrap(), State::Begun);
    }

    #[test]
    fn work_that_is_moved_back_is_compiled_anew() {
        let (_root, exercise, desk) = workspace();
        let changed = |desk: &Desk| {
            let file = desk.of(&exercise).join("src/lib.rs");
            fs::metadata(file).unwrap().modified().unwrap()
        };
        write(&desk, &exercise, "let a = 2;\n");
        let kept = desk.reset(&exercise).unwrap().unwrap();
        desk.begin_check(&exercise).unwrap();
        let compiled = changed(&desk);
        desk.begin_check(&exercise).unwrap();
        assert_eq!(changed(&desk), compiled);
        fs::remove_dir_all(desk.of(&exercise)).unwrap();
        fs::rename(kept, desk.of(&exercise)).unwrap();
        desk.begin_check(&exercise).unwrap();
        assert!(changed(&desk) > compiled);
    }

    #[test]
    fn hints_come_one_by_one() {
        let (_root, exercise, desk) = workspace();
        let shown: Vec<_> = (0..3)
            .map(|_| desk.one_more_hint(&exercise).unwrap())
            .collect();
        assert_eq!(shown, [1, 2, 2]);
    }
}
