//! Checks an exercise whenever one of its files is saved.

use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result};
use notify_debouncer_mini::new_debouncer;
use notify_debouncer_mini::notify::RecursiveMode;

use crate::desk::Desk;
use exercise_catalogue::Exercise;

/// An editor saves in several moves; they count as one.
const SETTLED: Duration = Duration::from_millis(200);

/// Calls `check` with the first exercise, then with each that is saved, until it says `false`.
pub fn watch(
    desk: &Desk,
    exercises: &[Exercise],
    first: &Exercise,
    mut check: impl FnMut(&Exercise) -> Result<bool>,
) -> Result<()> {
    let (sender, saved) = mpsc::channel();
    let mut debouncer = new_debouncer(SETTLED, sender)?;
    debouncer
        .watcher()
        .watch(desk.folder(), RecursiveMode::Recursive)
        .with_context(|| format!("cannot watch {}", desk.folder().display()))?;
    let mut seen: Vec<_> = exercises
        .iter()
        .map(|exercise| desk.fingerprint(exercise))
        .collect::<Result<_>>()?;
    if !check(first)? {
        return Ok(());
    }
    for events in saved {
        events?;
        // Whatever the events were, what counts is whether a file is other than it was.
        for (exercise, seen) in exercises.iter().zip(&mut seen) {
            let now = desk.fingerprint(exercise)?;
            if *seen != now {
                *seen = now;
                if !check(exercise)? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}
