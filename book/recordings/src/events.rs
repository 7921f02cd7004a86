//! From what the recorder noted to the events of a scene: which thread, call and task, which lines.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use book_tools::listing::Listing;
use book_tools::recording::{Event, Line};
use co_await::recorder::Event as Noted;

/// What a future is called that is noted for its lines only: those of its polls count for what its
/// thread did before, which is to poll what the future is a part of.
pub const SEEN: &str = "seen";

/// The events of a scene, in the order of their times. `threads` are the beginnings of the names of
/// its threads, `hide` what is left out.
pub fn of(
    log: &[Noted],
    threads: &[&str],
    sources: &[Listing],
    hide: &[&str],
    root: &Path,
) -> Result<Vec<Event>> {
    let mut events: Vec<Event> = Vec::new();
    let mut ids = Identities::default();
    for noted in log {
        let what = noted.what.as_str();
        let after_ready = ids.before(&noted.thread) == "Rust ready";
        let (task, call) = ids.of(noted);
        // What C++ has awaited to its end is no news.
        if what == "awaits" || hide.contains(&what) || what == "Rust dropped" && after_ready {
            continue;
        }
        let lane = threads
            .iter()
            .position(|thread| noted.thread.starts_with(thread));
        let lane =
            lane.with_context(|| format!("{what} in {}, which has no lane", noted.thread))?;
        let at = lines(noted, sources, root);
        if what.starts_with(SEEN) {
            let before = events.iter_mut().rfind(|event| event.lane == lane);
            if let Some(before) = before {
                add_lines(&mut before.at, at);
            }
            continue;
        }
        // Where it is none of the code that is shown that waits, it is of the server.
        if what.ends_with(" keeps") && at.is_empty() {
            continue;
        }
        let time = u64::try_from(noted.time.as_micros())?;
        events.push(Event {
            time,
            lane,
            what: what.into(),
            task,
            call,
            at,
            ask: false,
        });
    }
    let start = events.first().map_or(0, |event| event.time);
    for event in &mut events {
        event.time -= start;
    }
    leave_out_idle_polls(&mut events);
    Ok(events)
}

/// How often a task is polled while its request comes in is chance, and so is how often a thread
/// polls what nobody woke. Of such polls one is kept.
fn leave_out_idle_polls(events: &mut Vec<Event>) {
    let mut index = 0;
    while index < events.len() {
        let of_same =
            |event: &&Event| (event.task, event.call) == (events[index].task, events[index].call);
        let later = (index + 1..events.len())
            .filter(|later| events[*later].lane == events[index].lane && of_same(&&events[*later]));
        let later: Vec<_> = later.take(2).collect();
        let whats: Vec<_> = later
            .iter()
            .map(|later| events[*later].what.as_str())
            .collect();
        let told = ["pending", "woken"];
        let mut before = events[..index].iter().rev().filter(of_same);
        let mut is_pending = || {
            let told = before.find(|event| told.contains(&event.what.as_str()));
            told.is_some_and(|event| event.what == "pending")
        };
        // How many events tell nothing, with this one.
        let idle = match (events[index].what.as_str(), &whats[..]) {
            // Its own thread woke it: more of the request was there.
            ("task pending", ["task woken", "task polled"]) => 3,
            ("task polled", ["task keeps", "task pending"]) => 3,
            ("task polled", ["task pending", ..]) => 2,
            ("polled", ["pending", ..]) if is_pending() => 2,
            _ => 0,
        };
        if idle == 0 {
            index += 1;
            continue;
        }
        for place in later[..idle - 1].iter().rev() {
            events.remove(*place);
        }
        events.remove(index);
        index = 0;
    }
}

/// The lines of each source that were on the stack, the innermost of each.
fn lines(noted: &Noted, sources: &[Listing], root: &Path) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    for (path, line) in noted.lines() {
        let path = root.join(path.trim_start_matches("./"));
        let path = path.strip_prefix(root).unwrap_or(&path);
        let at = |listing: &Listing| {
            let index = listing
                .numbers
                .iter()
                .position(|number| *number == line as usize)?;
            (Path::new(&listing.path) == path).then_some(index)
        };
        for (source, listing) in sources.iter().enumerate() {
            if let Some(index) = at(listing)
                && found.iter().all(|line| line.source != source)
            {
                let text = listing.code.lines().nth(index).unwrap_or_default();
                let (line, text) = (line as usize, text.trim().to_owned());
                found.push(Line { source, line, text });
            }
        }
    }
    found
}

fn add_lines(at: &mut Vec<Line>, more: Vec<Line>) {
    for line in more {
        if at.iter().all(|there| there.source != line.source) {
            at.push(line);
        }
    }
}

/// Which call or task an event belongs to.
#[derive(Default)]
struct Identities {
    calls: usize,
    /// By the address of a call.
    call_at: HashMap<usize, usize>,
    /// By the address of what waits in C++.
    call_of_wait: HashMap<usize, usize>,
    task_of_call: HashMap<usize, usize>,
    /// The task that began last.
    begun: usize,
    /// The task that a thread polls, and the event before.
    threads: HashMap<String, (usize, String, (usize, usize))>,
}

impl Identities {
    /// What a thread did last.
    fn before(&self, thread: &str) -> &str {
        self.threads.get(thread).map_or("", |(_, what, _)| what)
    }

    fn of(&mut self, event: &Noted) -> (usize, usize) {
        let (polls, before, last) = self.threads.get(&event.thread).cloned().unwrap_or_default();
        let what = event.what.as_str();
        let mut polls = polls;
        let (mut task, call) = match event.which {
            // Of the same thing as what this thread did before, or else any did.
            0 if last == (0, 0) => (self.begun, 0),
            0 => last,
            // An address this small is a number.
            task @ 1..1000 => (task, 0),
            wait if what.starts_with("Rust ") => {
                if what == "Rust polled" && before == "awaits" {
                    self.call_of_wait.insert(wait, last.1);
                }
                (0, self.call_of_wait.get(&wait).copied().unwrap_or(last.1))
            }
            call => {
                if what == "frame" {
                    self.calls += 1;
                    self.call_at.insert(call, self.calls);
                    self.task_of_call.insert(self.calls, polls);
                }
                (0, self.call_at.get(&call).copied().unwrap_or(0))
            }
        };
        if task == 0 {
            task = self.task_of_call.get(&call).copied().unwrap_or(polls);
        }
        if what.starts_with(SEEN) {
            return (0, 0);
        }
        match what {
            "task begins" => (polls, self.begun) = (task, task),
            "task polled" => polls = task,
            "task pending" | "task ready" => polls = 0,
            _ => {}
        }
        self.threads
            .insert(event.thread.clone(), (polls, what.into(), (task, call)));
        (task, call)
    }
}
