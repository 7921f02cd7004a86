//! Sequence drawings: who calls whom, when, and who is busy meanwhile, from a few lines of text.
//!
//! ```text
//! title: What the picture shows
//! desc: The same for somebody who does not see it.
//! lane c: Client
//! lane l: Event loop
//! c -> l: POST /convert          a call
//! l .> c: 200 image/png          an answer
//! [ l work                       the lane is busy, until `]`; a style: work, blocked or wait
//! ] l
//! note l: a remark beside a lane
//! ```
//!
//! The colours are those of the page, light or dark: see `book/theme/book.css`.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};

const ROW: usize = 38;
const TOP: usize = 64;
/// Wide enough for the texts; on a narrow screen the picture scrolls.
const LANE: usize = 222;
const MARGIN: usize = 100;
/// A letter's width, or a little more.
const LETTER: usize = 8;

struct Lane<'a> {
    key: &'a str,
    name: &'a str,
    /// Since which row it is busy, and how.
    busy: Option<(usize, &'a str)>,
}

/// Draws a text as SVG, to stand within a page. `id` is unique on the page.
pub fn svg(text: &str, id: &str) -> Result<String> {
    let mut title = "";
    let mut description = "";
    let mut lanes: Vec<Lane> = Vec::new();
    let mut bars = String::new();
    let mut drawn = String::new();
    let mut row = 0;
    let mut width = 0;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (head, rest) = line.split_once(": ").unwrap_or((line, ""));
        let words: Vec<_> = head.split_whitespace().collect();
        match words[..] {
            ["title"] => title = rest,
            ["desc"] => description = rest,
            ["lane", key] => lanes.push(Lane {
                key,
                name: rest,
                busy: None,
            }),
            ["[", key, style] => {
                let lane = find(&lanes, key)?;
                lanes[lane].busy = Some((row, style));
            }
            ["]", key] => {
                let lane = find(&lanes, key)?;
                let (from, style) = lanes[lane].busy.take().context("`]` without `[`")?;
                write!(
                    bars,
                    r#"<rect class="busy {style}" x="{}" y="{}" width="12" height="{}" rx="3"/>"#,
                    x(lane) - 6,
                    y(from) - ROW / 2 + 4,
                    (row - from) * ROW - 8
                )?;
            }
            ["note", key] => {
                let lane = find(&lanes, key)?;
                width = width.max(x(lane) + 24 + rest.chars().count() * LETTER);
                write!(
                    drawn,
                    r#"<text class="note" x="{}" y="{}">{}</text>"#,
                    x(lane) + 14,
                    y(row) + 4,
                    escape(rest)
                )?;
                row += 1;
            }
            [from, arrow @ ("->" | ".>"), to] => {
                let (from, to) = (find(&lanes, from)?, find(&lanes, to)?);
                ensure!(from != to, "an arrow from a lane to itself: {line}");
                let (start, end) = match from < to {
                    true => (x(from) + 6, x(to) - 8),
                    false => (x(from) - 6, x(to) + 8),
                };
                let style = if arrow == "->" { "call" } else { "answer" };
                write!(
                    drawn,
                    r##"<line class="{style}" x1="{start}" y1="{0}" x2="{end}" y2="{0}" marker-end="url(#{id}-arrow)"/><text x="{1}" y="{2}" text-anchor="middle">{3}</text>"##,
                    y(row),
                    (start + end) / 2,
                    y(row) - 6,
                    escape(rest)
                )?;
                row += 1;
            }
            _ => bail!("a sequence drawing has a line that means nothing: {line}"),
        }
    }
    ensure!(
        !title.is_empty() && !description.is_empty(),
        "a sequence drawing needs a title and a desc"
    );
    ensure!(
        lanes.iter().all(|lane| lane.busy.is_none()),
        "`[` without `]`"
    );

    let height = y(row);
    let width = width.max(x(lanes.len().saturating_sub(1)) + MARGIN);
    let mut frame = String::new();
    for (index, lane) in lanes.iter().enumerate() {
        let x = x(index);
        write!(
            frame,
            r#"<line class="life" x1="{x}" y1="38" x2="{x}" y2="{height}"/><rect class="head" x="{}" y="8" width="184" height="30" rx="5"/><text class="name" x="{x}" y="28" text-anchor="middle">{}</text>"#,
            x - 92,
            escape(lane.name)
        )?;
    }
    Ok(format!(
        r#"<svg class="sequence" role="img" aria-labelledby="{id}-title {id}-desc" viewBox="0 0 {width} {height}" style="max-width:{width}px;min-width:{}px" xmlns="http://www.w3.org/2000/svg"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc><defs><marker id="{id}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>{frame}{bars}{drawn}</svg>"#,
        width * 3 / 4,
        escape(title),
        escape(description)
    ))
}

fn find(lanes: &[Lane], key: &str) -> Result<usize> {
    lanes
        .iter()
        .position(|lane| lane.key == key)
        .with_context(|| format!("a sequence drawing has no lane {key}"))
}

fn x(lane: usize) -> usize {
    MARGIN + lane * LANE
}

fn y(row: usize) -> usize {
    TOP + ROW / 2 + row * ROW - 12
}

/// For text and attributes in HTML and SVG.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "title: T\ndesc: D\nlane a: A\nlane b: B\n[ b work\na -> b: f<T>()\nb .> a: ok\n] b\n";

    #[test]
    fn draws_lanes_arrows_and_busy_spans_with_a_text_alternative() {
        let svg = svg(TEXT, "p").unwrap();
        assert_eq!(svg.matches("class=\"life\"").count(), 2);
        assert_eq!(svg.matches("class=\"busy work\"").count(), 1);
        assert_eq!(svg.matches("marker-end").count(), 2);
        assert!(svg.contains("f&lt;T&gt;()") && svg.contains("<title id=\"p-title\">T</title>"));
    }

    #[test]
    fn what_it_does_not_understand_is_an_error() {
        for wrong in ["a -> c: x", "nonsense", "[ a work", "] a"] {
            assert!(svg(&format!("{TEXT}{wrong}\n"), "p").is_err(), "{wrong}");
        }
        assert!(svg("lane a: A\n", "p").is_err());
    }
}
