//! What a recorded run tells: a sentence and a label for each event, who has what by then, and which
//! threads are busy.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use book_tools::listing::Listing;
use book_tools::recording::{Event, Recording};

/// What the reader sees of an event.
pub struct Moment {
    /// What happens.
    pub sentence: String,
    /// The same in two or three words, for a drawing.
    pub label: String,
    /// The lines at work, by their source.
    pub at: BTreeMap<usize, usize>,
    /// Where the other side of the same call is meanwhile.
    pub rests: BTreeMap<usize, usize>,
    /// Who has the frames, and the wakers.
    pub frame: String,
    /// As above.
    pub waker: String,
}

/// `the event loop` as a title.
pub fn title(lane: &str) -> String {
    capital(lane.strip_prefix("the ").unwrap_or(lane))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// What the events of a recording tell, in their order.
pub fn tell(recording: &Recording, sources: &[Listing]) -> Result<Vec<Moment>> {
    let mut story = Story::new(recording);
    let moments = recording.events.iter();
    moments.map(|event| story.moment(event, sources)).collect()
}

/// For each lane the events from which, and up to which, it is busy.
pub fn busy(recording: &Recording) -> Vec<Vec<(usize, usize)>> {
    let of_lane = |lane: usize| {
        let events = recording.events.iter().enumerate();
        let events = events.filter(|(_, event)| event.lane == lane && occupies(event));
        let events: Vec<_> = events.collect();
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for (place, (index, event)) in events.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| events[before].1);
            match spans.last_mut() {
                Some(span) if before.is_some_and(|before| goes_on(before, event)) => {
                    span.1 = *index
                }
                _ => spans.push((*index, *index)),
            }
        }
        spans
    };
    (0..recording.lanes.len()).map(of_lane).collect()
}

/// Whether a thread does it, and not a client, nor nobody.
fn occupies(event: &Event) -> bool {
    !["sends", "waits", "answered", "leaves", "note"].contains(&first_word(&event.what))
}

fn first_word(what: &str) -> &str {
    what.split(' ').next().unwrap_or(what)
}

/// Whether a thread went from one event to the next without being free in between.
fn goes_on(before: &Event, next: &Event) -> bool {
    !matches!(
        (before.what.as_str(), next.what.as_str()),
        ("pending" | "task pending" | "task ready" | "full", _)
            | (_, "task begins" | "task polled")
            | ("woken" | "gone", "resumed" | "gone")
            | ("dropped", "polled")
            | ("posted", "Rust wakes")
            | ("Rust pending" | "posted", "Rust polled" | "resumed")
    )
}

/// What a coroutine waits for that is suspended.
#[derive(Clone, Copy)]
enum Waits {
    Rust,
    Room,
}

/// What has become of everything up to a moment.
struct Story<'a> {
    recording: &'a Recording,
    calls: usize,
    /// Who has the frame of each call.
    frames: BTreeMap<usize, String>,
    /// Who has the waker of each task, and of each coroutine that waits for Rust.
    wakers: BTreeMap<String, String>,
    waits: BTreeMap<usize, Waits>,
    /// Calls that Rust has let go of, and calls that have come to a value.
    dropped: Vec<usize>,
    valued: Vec<usize>,
    /// Where each task and call was last seen in each source.
    places: BTreeMap<(usize, usize, usize), usize>,
    before: Option<&'a Event>,
}

impl<'a> Story<'a> {
    fn new(recording: &'a Recording) -> Self {
        let calls = recording.events.iter().map(|event| event.call);
        Story {
            recording,
            calls: calls.max().unwrap_or(0),
            frames: BTreeMap::new(),
            wakers: BTreeMap::new(),
            waits: BTreeMap::new(),
            dropped: Vec::new(),
            valued: Vec::new(),
            places: BTreeMap::new(),
            before: None,
        }
    }

    fn moment(&mut self, event: &'a Event, sources: &[Listing]) -> Result<Moment> {
        let had_frame = self.frames.contains_key(&event.call);
        let (label, sentence) = self.sentence(event);
        let (at, rests) = self.lines(event, sources, had_frame)?;
        self.before = Some(event);
        let frames = self.frames.iter().map(|(call, owner)| match self.calls {
            1 => owner.clone(),
            _ => format!("{owner} ({})", self.call(*call)),
        });
        let several = self.calls > 1 || self.wakers.len() > 1;
        let wakers = self.wakers.iter().map(|(whose, holder)| match several {
            true => format!("{holder} ({whose})"),
            false => holder.clone(),
        });
        let list = |all: Vec<String>| match all.is_empty() {
            true => "nobody".to_owned(),
            false => all.join("; "),
        };
        Ok(Moment {
            sentence,
            label,
            at,
            rests,
            frame: list(frames.collect()),
            waker: list(wakers.collect()),
        })
    }

    /// The lines at work, and those where the rest of the same task is meanwhile.
    fn lines(
        &mut self,
        event: &Event,
        sources: &[Listing],
        had_frame: bool,
    ) -> Result<(BTreeMap<usize, usize>, BTreeMap<usize, usize>)> {
        let is_cpp = |source: usize| sources[source].language() == "cpp";
        let mut at = BTreeMap::new();
        for line in &event.at {
            let source = sources.get(line.source).context("a line of no source")?;
            at.insert(line.source, line.find(source)?);
        }
        // The frame goes behind the last line, and who is woken then is nowhere in it.
        if event.what == "woken" {
            at.retain(|source, _| !is_cpp(*source));
        }
        if event.what == "gone" && self.valued.contains(&event.call) {
            for (source, line) in at.iter_mut().filter(|(source, _)| is_cpp(**source)) {
                *line = sources[*source].numbers.len() - 1;
            }
        }
        if event.what == "resumed" {
            // It goes on where it was suspended.
            for ((task, call, source), line) in &self.places {
                if (*task, *call) == (event.task, event.call) && is_cpp(*source) {
                    at.insert(*source, *line);
                }
            }
        }
        let mine = |(task, call): (usize, usize)| {
            task == event.task && (call == event.call || call == 0 || event.call == 0)
        };
        let ended = match event.what.as_str() {
            "gone" | "worked" if event.what == "gone" || !had_frame => Some(true),
            "ready" | "task ready" | "dropped" | "task dropped" => Some(false),
            _ => None,
        };
        if event.what == "task ready" {
            self.places.retain(|(task, _, _), _| *task != event.task);
        }
        if let Some(cpp) = ended {
            self.places
                .retain(|(task, call, source), _| !mine((*task, *call)) || is_cpp(*source) != cpp);
        }
        for (source, line) in &at {
            let stays = match is_cpp(*source) {
                true => {
                    ended != Some(true)
                        && (event.call == 0 || self.frames.contains_key(&event.call))
                }
                false => ended != Some(false),
            };
            if stays {
                self.places.insert((event.task, event.call, *source), *line);
            }
        }
        let others = self
            .places
            .iter()
            .filter(|((task, call, source), _)| mine((*task, *call)) && !at.contains_key(source));
        let rests = others
            .map(|((_, _, source), line)| (*source, *line))
            .collect();
        Ok((at, rests))
    }

    fn call(&self, call: usize) -> String {
        let of_call = |event: &&Event| event.call == call && event.task > 0;
        let task = self
            .recording
            .events
            .iter()
            .find(of_call)
            .map(|event| event.task);
        let task = task.and_then(|task| self.recording.tasks.get(task - 1));
        match task {
            Some(task) if self.calls > 1 => format!("{task}'s coroutine"),
            _ => "the coroutine".into(),
        }
    }

    fn of_task(&self, task: usize, what: &str) -> String {
        match task
            .checked_sub(1)
            .and_then(|task| self.recording.tasks.get(task))
        {
            Some(task) => format!("{task}'s {what}"),
            None => "the task".into(),
        }
    }

    /// A label and a sentence; notes what it changes.
    #[rustfmt::skip] // one event, one look
    fn sentence(&mut self, event: &Event) -> (String, String) {
        let lane = self.recording.lanes[event.lane].clone();
        let call = event.call;
        let (thread, coroutine) = (capital(&lane), self.call(call));
        let the_coroutine = capital(&coroutine);
        let (handler, task) = (self.of_task(event.task, "handler"), self.of_task(event.task, "task"));
        let waits = self.waits.get(&call).copied();
        let is_dropped = self.dropped.contains(&call);
        let is_destroyed = is_dropped && !self.valued.contains(&call);
        let runs = self.frames.get(&call).is_some_and(|owner| self.recording.lanes.contains(owner));
        let is_stream = self.recording.events.iter().any(|it| it.call == call && it.what == "item");
        let future = if is_stream { "stream" } else { "future" };
        let (word, rest) = event.what.split_once(' ').unwrap_or((&event.what, ""));
        let (label, sentence) = match (word, rest) {
            // Clients, and what nobody does.
            ("note", text) => ("", text.into()),
            ("sends", request) => (request, format!("{thread} sends {request}.")),
            ("waits", _) => ("waits", format!("{thread} waits for an answer.")),
            ("answered", status) => ("", format!("{thread} has the answer: {status}.")),
            ("leaves", _) => ("hangs up", format!("{thread} hangs up.")),

            // Tasks of Rust.
            ("task", "begins") => ("", format!("{thread} polls {handler} for the first time.")),
            ("task", "polled") => ("poll", format!("{thread} polls {handler} again.")),
            ("task", "keeps") => ("waker kept", format!("{} keeps the waker of {task}.", capital(&self.recording.awaits))),
            ("task", "pending") => ("Pending", format!("Pending: {handler} has to wait, and {lane} is free.")),
            ("task", "woken") => ("wake", format!("{thread} wakes {task}.")),
            ("task", "ready") if self.recording.tasks.is_empty() => ("Ready", "The task is Ready.".into()),
            ("task", "ready") => ("answer", format!("{} is Ready, and {lane} sends the answer.", capital(&handler))),
            ("task", "dropped") => ("dropped", format!("{thread} drops {handler}, and with it all that it awaits.")),

            // The work of C++.
            ("work", _) if call == 0 => ("C++ at work", format!("C++ is at work in {lane}, which can do nothing else meanwhile.")),
            ("work", _) => ("C++ at work", format!("{the_coroutine} is at work in {lane}.")),
            ("worked", _) => ("work done", "The work is done.".into()),

            // A call of C++, and its coroutine.
            ("frame", _) => ("call: a frame", format!("C++ is called: {coroutine} gets its frame and begins at once, within the call.")),
            ("posted", "to Rust") => ("turn, for the poll", format!("{thread} leaves a turn of {coroutine} in the call, for it has gone to no executor: it goes on where Rust polls.")),
            ("posted", _) if is_dropped => ("turn", format!("A turn of {coroutine} goes into the queue of its pool: there it is to be destroyed.")),
            ("posted", _) => ("turn", match waits {
                Some(Waits::Rust) => format!("The waker puts a turn of {coroutine} into the queue of its pool, and does nothing else."),
                Some(Waits::Room) => format!("There is room now: a turn of {coroutine} goes into the queue of its pool."),
                None => format!("{the_coroutine} suspends itself, and its turn goes into the queue of the pool."),
            }),
            ("resumed", _) => ("resume()", format!("{thread} resumes {coroutine} where it was suspended.")),
            ("polled", _) => ("poll", format!("{thread} polls the {future} of {coroutine}.")),
            ("pending", _) => ("Pending", format!("Pending: nothing is there yet. The call, which both languages share, keeps the waker, and {lane} is free.")),
            ("value", _) => ("co_return", format!("co_return: {coroutine} leaves its value in the call. Rust is not told yet.")),
            ("thrown", _) => ("throw", format!("{the_coroutine} throws, and the message is left in the call.")),
            ("gone", _) if is_destroyed => ("destroyed", format!("{thread} destroys {coroutine} where it waits: its destructors run, and its frame is gone.")),
            ("gone", _) => ("frame gone", format!("The frame of {coroutine} is gone, with every local and every parameter.")),
            ("woken", _) => ("wake", format!("In {lane} the library wakes {task}, with the waker that the call kept.")),
            ("ready", _) => ("Ready", "The future is Ready: Rust has what C++ left in the call.".into()),
            ("dropped", _) if runs => ("drop", format!("{thread} drops the {future}. {the_coroutine} is at work, and goes on to its next co_await.")),
            ("dropped", _) => ("drop", format!("{thread} drops the {future}: {coroutine} is to end where it waits.")),
            ("stop", _) => ("stop", format!("{the_coroutine} is asked to stop.")),

            // Streams.
            ("item", _) if matches!(waits, Some(Waits::Room)) => ("turn: item", format!("{thread} takes the turn: the item of {coroutine} goes into the call.")),
            ("item", _) => ("co_yield: item", format!("co_yield: {coroutine} puts an item into the call.")),
            ("full", _) => ("co_yield: full", format!("co_yield: the item before is still there. {the_coroutine} is suspended until there is room, and {lane} is free.")),
            ("taken", _) => ("item taken", format!("{thread} takes the item out of the call.")),

            // A Rust future that C++ awaits.
            ("Rust", "polled") => ("poll", format!("{thread} polls the future that C++ awaits, for {coroutine}.")),
            ("Rust", "pending") if self.woke(event) => ("Pending", format!("Pending: {coroutine} is suspended. It was woken already, within the poll.")),
            ("Rust", "pending") => ("Pending", format!("Pending: the Rust future keeps a waker of {coroutine}, which is suspended.")),
            ("Rust", "ready") => ("Ready", format!("The Rust future is Ready, and its value is there for {coroutine}.")),
            ("Rust", "wakes") => ("wake", format!("{thread} calls the waker of {coroutine}.")),
            ("Rust", "dropped") => ("Rust future dropped", format!("The Rust future that {coroutine} awaited is dropped.")),

            // The same with cxx-async.
            ("future", "begins") => ("poll", format!("C++ comes to its co_await: {lane} polls the future that it awaits.")),
            ("future", "polled") => ("poll", format!("Within that wake {lane} polls the future that C++ awaits.")),
            ("future", "pending") => ("Pending", "Pending: the Rust future keeps a waker, and C++ is suspended.".into()),
            ("future", "woken") => ("wake", format!("{thread} calls the waker that C++ gave to the Rust future.")),
            ("future", "ready") => ("Ready", format!("The Rust future is Ready, and C++ is resumed at once, by {lane}.")),
            _ => (event.what.as_str(), format!("{thread}: {}.", event.what)),
        };
        let label = label.to_owned();
        self.note_owners(event, lane, coroutine, task);
        (label, sentence)
    }

    /// Whether the poll that ends now has woken who polls.
    fn woke(&self, event: &Event) -> bool {
        let is_wake = |before: &&Event| before.what == "Rust wakes" && before.lane == event.lane;
        self.before.is_some_and(|before| is_wake(&before))
    }

    /// Who has the frame, and the wakers, after an event.
    fn note_owners(&mut self, event: &Event, lane: String, coroutine: String, task: String) {
        let call = event.call;
        let awaits = &self.recording.awaits;
        let frame = match event.what.as_str() {
            "frame" | "resumed" => Some(lane),
            "posted" => Some("the queue of the pool".into()),
            "posted to Rust" => Some("the call, until Rust polls".into()),
            "Rust pending" => Some("what waits for the Rust future".into()),
            "full" => Some("what waits for room".into()),
            _ => None,
        };
        if let Some(owner) = frame {
            self.frames.insert(call, owner);
        }
        match event.what.as_str() {
            "gone" => _ = self.frames.remove(&call),
            "resumed" => _ = self.waits.remove(&call),
            "full" => _ = self.waits.insert(call, Waits::Room),
            "Rust pending" if self.woke(event) => _ = self.waits.insert(call, Waits::Rust),
            "Rust pending" => {
                self.waits.insert(call, Waits::Rust);
                self.wakers.insert(coroutine, "the Rust future".into());
            }
            "Rust wakes" | "Rust ready" | "Rust dropped" => _ = self.wakers.remove(&coroutine),
            "future pending" => _ = self.wakers.insert("C++".into(), "the Rust future".into()),
            "future woken" => _ = self.wakers.remove("C++"),
            "pending" => _ = self.wakers.insert(task, "the call".into()),
            "task keeps" => _ = self.wakers.insert(task, awaits.clone()),
            "woken" | "task woken" | "task dropped" => _ = self.wakers.remove(&task),
            "value" => self.valued.push(call),
            "dropped" => {
                self.dropped.push(call);
                self.wakers.remove(&task);
            }
            _ => {}
        }
    }
}
