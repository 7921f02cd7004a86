//! A scene, and what is kept of it: a file that the book makes a drawing and a player of.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use book_tools::listing::Listing;
use book_tools::recording::{Event, RECORDINGS, Recording};
use co_await::recorder::log;

use crate::events;

/// A scene.
pub struct Scene {
    /// What its file is called.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub title: &'static str,
    /// The same in some sentences, for who does not see the drawing.
    pub description: &'static str,
    /// Threads, by the beginning of their names, and what the book calls them. `ThreadId` is a
    /// thread without a name.
    pub lanes: &'static [(&'static str, &'static str)],
    /// What the book calls the tasks, or the clients that they serve, from the first.
    pub tasks: &'static [&'static str],
    /// The code that is shown, as the book's listings name it.
    pub sources: &'static [&'static str],
    /// What keeps the waker of a task that is pending, where no bridge tells.
    pub awaits: &'static str,
    /// Events that would only distract.
    pub hide: &'static [&'static str],
    /// Events before which the reader is asked who goes on; 1 is the first of its kind.
    pub ask: &'static [(&'static str, usize)],
    /// The run.
    pub run: fn(),
}

const SCENE: &str = "--scene";
const CHECK: &str = "--check";

/// Records scenes, each in a process of its own, into the book; with `--check`, compares.
pub fn main(scenes: &[Scene]) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => all(scenes, false),
        [CHECK] => all(scenes, true),
        [SCENE, name] => one(scenes, name),
        _ => Err(anyhow::anyhow!("usage: record [{CHECK}]")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("record: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

fn all(scenes: &[Scene], check: bool) -> Result<()> {
    for scene in scenes {
        let name = scene.name;
        let output = Command::new(std::env::current_exe()?)
            .args([SCENE, name])
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{name} does not run: {said}");
        let fresh = serde_json::from_slice(&output.stdout)?;
        let same = Recording::read(&root(), name).and_then(|kept| same(&kept, &fresh));
        match same {
            // Only its times are others.
            Ok(()) => {}
            Err(difference) if check => {
                return Err(difference.context(format!(
                    "{name} runs otherwise than the book shows it: look why, then run `just record`"
                )));
            }
            Err(_) => {
                let path = format!("{RECORDINGS}/{name}.json");
                fs::write(root().join(path), &output.stdout)?;
                println!("recorded {name}");
            }
        }
    }
    Ok(())
}

/// Whether two recordings tell the same: what each thread does, in which order, in which lines.
/// Threads are not in step with each other, so no more is looked at.
fn same(kept: &Recording, fresh: &Recording) -> Result<()> {
    let head = |it: &Recording| {
        (
            it.title.clone(),
            it.description.clone(),
            it.lanes.clone(),
            it.tasks.clone(),
            it.sources.clone(),
        )
    };
    ensure!(
        head(kept) == head(fresh),
        "what the scene says of itself has changed"
    );
    for (lane, name) in kept.lanes.iter().enumerate() {
        let told = |it: &Recording| -> Vec<String> {
            let events = it.events.iter().filter(|event| event.lane == lane);
            events
                .map(|event| {
                    let lines: Vec<_> = event
                        .at
                        .iter()
                        .map(|line| format!("`{}` of {}", line.text, it.sources[line.source]))
                        .collect();
                    format!(
                        "{} (task {}, call {}, ask {}) at {}",
                        event.what,
                        event.task,
                        event.call,
                        event.ask,
                        lines.join(", ")
                    )
                })
                .collect()
        };
        let (kept, fresh) = (told(kept), told(fresh));
        let differs = kept.iter().zip(&fresh).find(|(kept, fresh)| kept != fresh);
        if let Some((kept, fresh)) = differs {
            bail!("in {name}, where it was {kept}, it is {fresh}");
        }
        ensure!(
            kept.len() == fresh.len(),
            "{name} had {} events, and has {}",
            kept.len(),
            fresh.len()
        );
    }
    Ok(())
}

/// Runs a scene, and prints what happened.
fn one(scenes: &[Scene], name: &str) -> Result<()> {
    let scene = scenes.iter().find(|scene| scene.name == name);
    let scene = scene.with_context(|| format!("no scene {name}"))?;
    (scene.run)();
    let mut json = Vec::new();
    write_json(recording(scene)?, &mut json)?;
    std::io::stdout().write_all(&json)?;
    std::io::stdout().flush()?;
    // Threads that a scene leaves behind run on while a process cleans up.
    // SAFETY: it ends the process, and does nothing else.
    unsafe { libc::_exit(0) }
}

/// An event on each line, so that a change can be read.
fn write_json(mut recording: Recording, out: &mut Vec<u8>) -> Result<()> {
    let events = std::mem::take(&mut recording.events);
    let text = serde_json::to_string(&recording)?;
    let head = text.strip_suffix("]}").context("the events come last")?;
    let events: Result<Vec<_>, _> = events.iter().map(serde_json::to_string).collect();
    writeln!(out, "{head}\n{}\n]}}", events?.join(",\n"))?;
    Ok(())
}

fn recording(scene: &Scene) -> Result<Recording> {
    let sources = scene.sources.iter();
    let sources = sources.map(|place| Listing::read(&root(), place));
    let sources = sources.collect::<Result<Vec<_>>>()?;
    let threads: Vec<_> = scene.lanes.iter().map(|(thread, _)| *thread).collect();
    let mut events = events::of(&log(), &threads, &sources, scene.hide, &root())?;
    for (what, number) in scene.ask {
        // What a note says is not a part of what it is.
        let is =
            |event: &&mut Event| event.what == *what || event.what.starts_with(&format!("{what} "));
        let event = events.iter_mut().filter(is).nth(number - 1);
        event
            .with_context(|| format!("no {what} to ask about"))?
            .ask = true;
    }
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Ok(Recording {
        title: scene.title.into(),
        description: scene.description.into(),
        lanes: scene
            .lanes
            .iter()
            .map(|(_, name)| (*name).to_owned())
            .collect(),
        tasks: owned(scene.tasks),
        sources: owned(scene.sources),
        awaits: scene.awaits.into(),
        events,
    })
}
