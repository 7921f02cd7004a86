//! The pictures: bar charts as SVG, readable in light and dark.

use std::fmt::Write;

use crate::results::{Crossing, Report};

const WIDTH: f64 = 760.0;
const LABELS: f64 = 250.0;
/// Room for a letter of a value, and around the value, behind the longest bar.
const LETTER: f64 = 7.5;
const AROUND: f64 = 18.0;
const BAR: f64 = 14.0;
const GAP: f64 = 12.0;
const TOP: f64 = 74.0;

struct Chart<'a> {
    title: &'a str,
    /// What a reader who cannot see the picture should know.
    description: String,
    /// What the lengths are.
    axis: &'a str,
    /// One name for each bar of a row.
    series: &'a [&'a str],
    rows: Vec<Row>,
    scale: Scale,
}

struct Row {
    label: String,
    /// A length and what stands behind it, one for each series.
    bars: Vec<(f64, String)>,
}

#[derive(Clone, Copy)]
enum Scale {
    /// From nothing.
    Linear,
    /// Each line ten times the one before, from the power of ten below the shortest bar.
    Logarithmic,
}

/// The pictures of a run, each with its file name.
pub fn of_report(report: &Report) -> Vec<(&'static str, String)> {
    let throughput = Chart {
        title: "Conversions per second",
        description: describe(report.saturation.iter().map(|row| {
            let (service, rate) = (&row.service, row.per_second);
            format!("{service} {rate:.1}")
        })),
        axis: "16 connections, by turns in one run",
        series: &["conversions/s"],
        rows: report
            .saturation
            .iter()
            .map(|row| Row {
                label: row.service.clone(),
                bars: vec![(row.per_second, format!("{:.1}", row.per_second))],
            })
            .collect(),
        scale: Scale::Linear,
    };
    let cpu = Chart {
        title: "CPU time for a conversion",
        description: describe(report.saturation.iter().map(|row| {
            let (service, ms, part) = (&row.service, row.cpu_ms, row.cpu_of_codec);
            format!("{service} {ms:.1} ms, {part:.2} of the codec alone")
        })),
        axis: "of the server, all its threads; in brackets the multiple of the codec alone",
        series: &["milliseconds"],
        rows: report
            .saturation
            .iter()
            .map(|row| Row {
                label: row.service.clone(),
                bars: vec![(
                    row.cpu_ms,
                    format!("{:.1} ms ({:.2})", row.cpu_ms, row.cpu_of_codec),
                )],
            })
            .collect(),
        scale: Scale::Linear,
    };
    let health = Chart {
        title: "How long GET /healthz takes, 99th percentile",
        description: describe(report.health.iter().map(|row| {
            let (service, idle, loaded) = (&row.service, row.idle.p99, row.loaded.p99);
            format!("{service} {idle:.1} ms idle, {loaded:.1} ms with conversions waiting")
        })),
        axis: "milliseconds from when the request was due; each line is ten times the one before",
        series: &["idle", "twice as many conversions waiting as cores"],
        rows: report
            .health
            .iter()
            .map(|row| Row {
                label: row.service.clone(),
                bars: [row.idle.p99, row.loaded.p99]
                    .map(|ms| (ms, format!("{ms:.1} ms")))
                    .into(),
            })
            .collect(),
        scale: Scale::Logarithmic,
    };
    vec![
        ("throughput.svg", throughput.draw()),
        ("cpu.svg", cpu.draw()),
        ("health.svg", health.draw()),
    ]
}

/// The picture of the crossing costs.
pub fn of_crossing(crossings: &[Crossing]) -> String {
    let of = |way: &str, in_flight| {
        crossings
            .iter()
            .find(|crossing| crossing.way == way && crossing.in_flight == in_flight)
    };
    let rows = crossings
        .iter()
        .filter(|crossing| crossing.in_flight == 1)
        .map(|single| {
            let bar = |crossing: &Crossing| {
                let time = match crossing.ns {
                    ns if ns < 1000.0 => format!("{ns:.0} ns"),
                    ns => format!("{:.1} µs", ns / 1000.0),
                };
                (crossing.ns, format!("{time} ({:.2})", crossing.ratio))
            };
            let bars = [Some(single), of(&single.way, 64)];
            Row {
                label: single.way.clone(),
                bars: bars.into_iter().flatten().map(bar).collect(),
            }
        })
        .collect();
    let chart = Chart {
        title: "One crossing of the language border",
        description: describe(crossings.iter().map(|crossing| {
            let (way, ns) = (&crossing.way, crossing.ns);
            format!("{way}, {} in flight: {ns:.0} ns", crossing.in_flight)
        })),
        axis: "each line is ten times the one before; in brackets the multiple of the callback",
        series: &["one at a time", "64 in flight"],
        rows,
        scale: Scale::Logarithmic,
    };
    chart.draw()
}

fn describe(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("; ")
}

impl Chart<'_> {
    fn draw(&self) -> String {
        let row_height = self.series.len() as f64 * BAR + GAP;
        let bottom = TOP + self.rows.len() as f64 * row_height;
        let height = bottom + 44.0;
        let mut svg = String::new();
        self.head(&mut svg, height);
        self.legend(&mut svg);
        self.grid(&mut svg, bottom);
        for (index, row) in self.rows.iter().enumerate() {
            self.row(&mut svg, row, TOP + index as f64 * row_height);
        }
        text(&mut svg, "axis", 20.0, bottom + 28.0, self.axis);
        svg.push_str("</svg>\n");
        svg
    }

    fn head(&self, svg: &mut String, height: f64) {
        // Its own ground, because a page may be dark where the system is light. The bars have the
        // same two colours in both: blue and orange, told apart by those who see no red or green.
        let _ = writeln!(
            svg,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title description">
<title id="title">{}</title>
<desc id="description">{}</desc>
<style>
svg {{ --ground: #ffffff; --ink: #1c2024; --faint: #d4d8dd; --quiet: #59616b }}
@media (prefers-color-scheme: dark) {{ svg {{ --ground: #1b1e22; --ink: #e8eaed; --faint: #3c4249; --quiet: #a5adb7 }} }}
text {{ font: 13px system-ui, sans-serif; fill: var(--ink) }}
.heading {{ font-size: 17px; font-weight: 600 }} .label {{ text-anchor: end }}
.axis, .tick {{ font-size: 12px; fill: var(--quiet) }} .tick {{ text-anchor: middle }}
.grid {{ stroke: var(--faint) }} .s0 {{ fill: #3d85d1 }} .s1 {{ fill: #d9822b }}
</style>
<rect width="{WIDTH}" height="{height}" rx="8" fill="var(--ground)"/>"#,
            escaped(self.title),
            escaped(&self.description)
        );
        text(svg, "heading", 20.0, 30.0, self.title);
    }

    fn legend(&self, svg: &mut String) {
        let mut x = LABELS;
        for (index, name) in self.series.iter().enumerate() {
            rect(svg, index, x, 42.0, 11.0);
            text(svg, "name", x + 16.0, 52.0, name);
            x += 40.0 + 7.0 * name.len() as f64;
        }
    }

    fn grid(&self, svg: &mut String, bottom: f64) {
        let Scale::Logarithmic = self.scale else {
            return;
        };
        let (low, high) = self.decades();
        for decade in low..=high {
            let x = LABELS + self.length(10f64.powi(decade));
            let _ = writeln!(
                svg,
                r#"<line class="grid" x1="{x:.1}" x2="{x:.1}" y1="{}" y2="{bottom:.1}"/>"#,
                TOP - 8.0
            );
        }
    }

    fn row(&self, svg: &mut String, row: &Row, y: f64) {
        let middle = y + self.series.len() as f64 * BAR / 2.0 + 4.0;
        let mut lines = wrapped(&row.label).into_iter();
        match (lines.next(), lines.next()) {
            (Some(first), Some(second)) => {
                text(svg, "label", LABELS - 12.0, middle - 8.0, &first);
                text(svg, "label", LABELS - 12.0, middle + 8.0, &second);
            }
            _ => text(svg, "label", LABELS - 12.0, middle, &row.label),
        }
        for (index, (value, says)) in row.bars.iter().enumerate() {
            let y = y + index as f64 * BAR;
            let length = self.length(*value);
            rect(svg, index, LABELS, y, length);
            text(svg, "value", LABELS + length + 6.0, y + 11.0, says);
        }
    }

    /// How long the bar of a value is.
    fn length(&self, value: f64) -> f64 {
        let room = WIDTH - LABELS - self.values_room();
        let part = match self.scale {
            Scale::Linear => value / self.values().fold(f64::MIN_POSITIVE, f64::max),
            Scale::Logarithmic => {
                let (low, high) = self.decades();
                (value.log10() - f64::from(low)) / f64::from(high - low)
            }
        };
        room * part.clamp(0.0, 1.0)
    }

    /// What the longest value takes, so that it fits behind the longest bar.
    fn values_room(&self) -> f64 {
        let bars = self.rows.iter().flat_map(|row| &row.bars);
        let letters = bars.map(|(_, says)| says.chars().count()).max();
        letters.unwrap_or(0) as f64 * LETTER + AROUND
    }

    /// The powers of ten below the shortest bar and above the longest.
    fn decades(&self) -> (i32, i32) {
        let positive = || self.values().filter(|value| *value > 0.0);
        let low = positive().fold(f64::MAX, f64::min).log10().floor() as i32;
        let high = positive().fold(f64::MIN_POSITIVE, f64::max).log10().ceil() as i32;
        (low, high.max(low + 1))
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.rows
            .iter()
            .flat_map(|row| row.bars.iter().map(|(value, _)| *value))
    }
}

/// A label in two lines where it is too long for one.
fn wrapped(label: &str) -> Vec<String> {
    if label.len() <= 34 {
        return vec![label.into()];
    }
    let middle = label.len() / 2;
    let space = label
        .match_indices(' ')
        .map(|(at, _)| at)
        .min_by_key(|at| at.abs_diff(middle));
    match space {
        Some(at) => vec![label[..at].into(), label[at + 1..].into()],
        None => vec![label.into()],
    }
}

fn text(svg: &mut String, class: &str, x: f64, y: f64, says: &str) {
    let says = escaped(says);
    let _ = writeln!(
        svg,
        r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{says}</text>"#
    );
}

fn rect(svg: &mut String, series: usize, x: f64, y: f64, length: f64) {
    let height = BAR - 3.0;
    let _ = writeln!(
        svg,
        r#"<rect class="s{series}" x="{x:.1}" y="{y:.1}" width="{length:.1}" height="{height}" rx="2"/>"#
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossing(way: &str, in_flight: usize, ns: f64) -> Crossing {
        Crossing {
            in_flight,
            way: way.into(),
            ns,
            ratio: 1.0,
        }
    }

    #[test]
    fn a_picture_says_in_words_what_it_shows() {
        let svg = of_crossing(&[crossing("a & b", 1, 900.0), crossing("a & b", 64, 1500.0)]);
        assert!(svg.contains("<title id=\"title\">One crossing"), "{svg}");
        assert!(svg.contains("a &amp; b, 1 in flight: 900 ns"), "{svg}");
        assert!(svg.contains(">1.5 µs (1.00)</text>"), "{svg}");
        assert!(svg.contains("prefers-color-scheme: dark"), "{svg}");
    }

    #[test]
    fn a_longer_time_has_a_longer_bar_and_none_leaves_the_picture() {
        let ways = [("a", 3.0), ("b", 900.0), ("c", 12_000.0)];
        let crossings: Vec<_> = ways.map(|(way, ns)| crossing(way, 1, ns)).into();
        let svg = of_crossing(&crossings);
        let bars = svg
            .lines()
            .filter(|line| line.contains("class=\"s0\" x=\"250.0\""));
        // The first is the legend's.
        let lengths: Vec<f64> = bars
            .skip(1)
            .map(|bar| {
                let width = bar.split("width=\"").nth(1).unwrap();
                width.split('"').next().unwrap().parse().unwrap()
            })
            .collect();
        assert_eq!(lengths.len(), 3);
        assert!(
            lengths.is_sorted() && lengths[0] < lengths[2],
            "{lengths:?}"
        );
        let says = "12.0 µs (1.00)".chars().count() as f64;
        assert!(lengths[2] <= WIDTH - LABELS - says * LETTER);
    }

    #[test]
    fn a_long_label_is_two_lines() {
        let label = "C++ awaits Rust: a task, where Rust polls it";
        assert_eq!(wrapped(label).len(), 2);
        assert_eq!(wrapped("01-blocking"), ["01-blocking"]);
    }
}
