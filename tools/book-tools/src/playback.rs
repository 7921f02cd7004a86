//! A recorded run on a page: a drawing of it, the code beside it, its moments as sentences.
//!
//! All of it is there without JavaScript, and on paper. `book/src/player` makes a player of it: what
//! that has to know of a moment stands in its `data-` attributes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use book_tools::listing::{Listing, fence};
use book_tools::recording::{Event, Recording};

use crate::sequence::{escape, svg};
use crate::story::{Moment, busy, tell, title};

/// A recording as HTML; `id` is unique on the page, `link` makes a link of a file's path.
pub fn html(
    root: &Path,
    name: &str,
    id: &str,
    link: &mut dyn FnMut(&str) -> String,
) -> Result<String> {
    let recording = Recording::read(root, name)?;
    let sources = recording
        .sources
        .iter()
        .map(|place| Listing::read(root, place));
    let sources: Vec<_> = sources.collect::<Result<_>>()?;
    let moments = tell(&recording, &sources)?;
    let mut html = format!(
        "<figure class=\"recording\" id=\"{id}\">\n<figcaption>{}</figcaption>\n<div class=\"picture\" tabindex=\"0\">{}</div>\n<div class=\"sources\">\n",
        escape(&recording.title),
        svg(&drawing(&recording, &moments), &format!("{id}-drawing"))?
    );
    for listing in &sources {
        write!(
            html,
            "<div class=\"source\">\n<p class=\"file\">{}</p>\n\n{}\n</div>\n",
            link(&listing.path),
            fence(listing.language(), &listing.code)?
        )?;
    }
    let lanes: Vec<_> = recording.lanes.iter().map(|lane| title(lane)).collect();
    write!(
        html,
        "</div>\n<details class=\"told\">\n<summary>The run in sentences</summary>\n<ol class=\"moments\" data-lanes=\"{}\">\n",
        escape(&lanes.join("|"))
    )?;
    let busy = busy(&recording);
    for (index, (event, moment)) in recording.events.iter().zip(&moments).enumerate() {
        let is_busy = |lane: &usize| {
            busy[*lane]
                .iter()
                .any(|(from, to)| (*from..=*to).contains(&index))
        };
        let busy: Vec<_> = (0..busy.len())
            .filter(is_busy)
            .map(|lane| lane.to_string())
            .collect();
        writeln!(
            html,
            "<li data-lane=\"{}\" data-busy=\"{}\" data-at=\"{}\" data-rests=\"{}\" data-frame=\"{}\" data-waker=\"{}\"{}>{}</li>",
            event.lane,
            busy.join(" "),
            lines(&moment.at),
            lines(&moment.rests),
            escape(&moment.frame),
            escape(&moment.waker),
            if event.ask { " data-ask" } else { "" },
            escape(&moment.sentence)
        )?;
    }
    html.push_str("</ol>\n</details>\n</figure>\n");
    Ok(html)
}

/// `0:3 1:7`, as the player reads it.
fn lines(lines: &BTreeMap<usize, usize>) -> String {
    let lines = lines
        .iter()
        .map(|(source, line)| format!("{source}:{line}"));
    lines.collect::<Vec<_>>().join(" ")
}

/// The run as a sequence drawing.
fn drawing(recording: &Recording, moments: &[Moment]) -> String {
    let mut text = format!(
        "title: {}\ndesc: {}\n",
        recording.title, recording.description
    );
    for (index, lane) in recording.lanes.iter().enumerate() {
        _ = writeln!(text, "lane {index}: {}", title(lane));
    }
    let busy = busy(recording);
    for (index, (event, moment)) in recording.events.iter().zip(moments).enumerate() {
        let lane = event.lane;
        // Who goes on because of it.
        let caused: &[&str] = match event.what.as_str() {
            "posted" => &["resumed", "gone", "Rust polled"],
            "woken" => &["polled"],
            "task woken" => &["task polled"],
            "task ready" => &["answered"],
            "leaves" => &["task dropped"],
            what if what.starts_with("sends ") => &["task begins"],
            _ => &[],
        };
        let later = recording.events[index + 1..].iter();
        let mut later = later.filter(|it| {
            it.task == event.task && (it.call == event.call || it.call * event.call == 0)
        });
        let to = later.find(|it| caused.iter().any(|what| it.what.starts_with(what)));
        if let Some((from, to)) = busy[lane].iter().find(|span| span.0 == index) {
            // Work that nobody can be called to: it keeps the thread of a task.
            let blocks = |it: &Event| it.lane == lane && it.what == "work" && it.call == 0;
            let blocks =
                event.what == "task begins" && recording.events[*from..=*to].iter().any(blocks);
            _ = writeln!(text, "[ {lane} {}", if blocks { "blocked" } else { "work" });
        }
        _ = match to.map(|it| it.lane).filter(|to| *to != lane) {
            _ if moment.label.is_empty() => Ok(()),
            Some(to) => writeln!(text, "{lane} -> {to}: {}", moment.label),
            None => writeln!(text, "note {lane}: {}", moment.label),
        };
        if busy[lane].iter().any(|span| span.1 == index) {
            _ = writeln!(text, "] {lane}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use book_tools::listing::files_below;
    use book_tools::recording::RECORDINGS;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    #[test]
    fn every_recording_is_a_drawing_sentences_and_code_with_its_lines_in_it() {
        let files = files_below(&root().join(RECORDINGS), &["json"]).unwrap();
        assert!(!files.is_empty());
        for file in files {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let html = html(root(), name, "r", &mut |path| path.into()).unwrap();
            let recording = Recording::read(root(), name).unwrap();
            assert_eq!(
                html.matches("<li ").count(),
                recording.events.len(),
                "{name}"
            );
            assert_eq!(html.matches("<svg").count(), 1);
            assert_eq!(
                html.matches("class=\"source\"").count(),
                recording.sources.len()
            );
            assert!(html.contains("data-ask"), "{name} asks nothing");
            let lit = |source: usize| {
                html.contains(&format!("data-at=\"{source}:"))
                    || html.contains(&format!(" {source}:"))
            };
            assert!(
                (0..recording.sources.len()).all(lit),
                "{name} shows code that is never at work"
            );
        }
    }
}
