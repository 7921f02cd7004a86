//! Tables of what `just bench` measured, from `book/src/figures/bench.json`.
//!
//! `{{#measured machine}}` says where that was; `throughput`, `health`, `open_loop`, `memory` and
//! `idle` are tables with a line for each service, `targets` has one for each number to reach. So the text of a page holds no figure that a
//! later run would make wrong.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::pages::SOURCE;
use crate::sequence::escape;

/// What stands in the place of a figure before the first measurement.
pub const NOTHING: &str =
    "<p class=\"unmeasured\">Nothing is measured yet: <code>./justw bench</code> does it.</p>\n";

/// The table of a name.
pub fn table(root: &Path, name: &str) -> Result<String> {
    let file = format!("{SOURCE}/figures/bench.json");
    match fs::read_to_string(root.join(&file)) {
        Ok(text) => draw(&serde_json::from_str(&text)?, name).context(file),
        Err(_) => Ok(NOTHING.into()),
    }
}

fn draw(report: &Value, name: &str) -> Result<String> {
    let rows = |key: &str| {
        let rows = report[key].as_array();
        rows.with_context(|| format!("no {key}"))
    };
    let table = match name {
        "machine" => return machine(&report["machine"]),
        "throughput" => {
            let rows = rows("saturation")?;
            let pure = rows.iter().find(|row| row["service"] == "pure Rust");
            let pure = pure.map_or(&Value::Null, |row| &row["rate_of_codec"]);
            Table::of(
                rows,
                &[
                    "conversions/s",
                    "pure Rust = 1",
                    "CPU for each, ms",
                    "codec alone = 1",
                    "PNG, KB",
                ],
                |row| {
                    vec![
                        plain(&row["per_second"], 1),
                        ratio(&row["rate_of_codec"], pure),
                        plain(&row["cpu_ms"], 1),
                        plain(&row["cpu_of_codec"], 2),
                        kilobytes(&row["png_bytes"]),
                    ]
                },
            )
        }
        "health" => Table::of(
            rows("health")?,
            &[
                "idle: p50, ms",
                "p99",
                "longest",
                "beside conversions: p50, ms",
                "p99",
                "longest",
            ],
            |row| [quantiles(&row["idle"], 2), quantiles(&row["loaded"], 2)].concat(),
        ),
        "open_loop" => Table::of(
            rows("open_loop")?,
            &[
                "of its capacity",
                "refused",
                "a conversion: p50, ms",
                "p99",
                "longest",
                "`/healthz` beside it: p50, ms",
                "p99",
                "longest",
            ],
            |row| {
                let shares = vec![percent(&row["of_capacity"]), percent(&row["refused"])];
                let (convert, health) = (&row["convert"], &row["health"]);
                [shares, quantiles(convert, 0), quantiles(health, 1)].concat()
            },
        ),
        "targets" => return targets(rows("targets")?),
        "memory" => Table::of(
            rows("memory")?,
            &["after a tenth", "after all", "as a multiple", "conversions"],
            |row| {
                vec![
                    mebibytes(&row["early"]),
                    mebibytes(&row["late"]),
                    ratio(&row["late"], &row["early"]),
                    plain(&row["conversions"], 0),
                ]
            },
        ),
        "idle" => Table::of(
            rows("idle")?,
            &[
                "fresh",
                "after good requests",
                "after clients that left",
                "C++ still holds",
            ],
            |row| {
                vec![
                    percent(&row["fresh"]),
                    format!(
                        "{} (of {})",
                        percent(&row["after_good"]),
                        plain(&row["good"], 0)
                    ),
                    format!(
                        "{} (of {})",
                        percent(&row["after_left"]),
                        plain(&row["left"], 0)
                    ),
                    plain(&row["cpp_live"], 0),
                ]
            },
        ),
        _ => bail!("there is no table {name}"),
    };
    Ok(table.markdown())
}

fn machine(machine: &Value) -> Result<String> {
    let text = |key: &str| machine[key].as_str().with_context(|| format!("no {key}"));
    let (processor, kernel) = (text("processor")?, text("kernel")?);
    let cores = plain(&machine["cores"], 0);
    let tick = plain(&machine["tick_ms"], 0);
    let load = plain(&machine["load_before"], 1);
    Ok(format!(
        "<p class=\"machine\">Measured on: {}; {cores} cores, which the services share with what drives them; {}, whose clock ticks every {tick} ms; load before the run: {load}.</p>\n",
        escape(processor),
        escape(kernel)
    ))
}

struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn of(rows: &[Value], head: &[&str], cells: impl Fn(&Value) -> Vec<String>) -> Self {
        let head = [&"service"].into_iter().chain(head);
        Self {
            head: head.map(|cell| (*cell).to_owned()).collect(),
            rows: rows
                .iter()
                .map(|row| {
                    let service = row["service"].as_str().unwrap_or_default().to_owned();
                    [service].into_iter().chain(cells(row)).collect()
                })
                .collect(),
        }
    }

    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule = vec!["---".to_owned(); self.head.len()];
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("{}{}{rows}", line(&self.head), line(&rule))
    }
}

fn plain(value: &Value, digits: usize) -> String {
    match value.as_f64() {
        Some(value) => format!("{value:.digits$}"),
        None => "–".into(),
    }
}

fn percent(value: &Value) -> String {
    match value.as_f64() {
        Some(value) => format!("{:.1} %", value * 100.0),
        None => "–".into(),
    }
}

fn kilobytes(value: &Value) -> String {
    match value.as_f64() {
        Some(value) => format!("{:.0}", value / 1000.0),
        None => "–".into(),
    }
}

fn mebibytes(value: &Value) -> String {
    match value.as_f64() {
        Some(value) => format!("{:.1} MiB", value / f64::from(1 << 20)),
        None => "–".into(),
    }
}

fn ratio(value: &Value, to: &Value) -> String {
    match (value.as_f64(), to.as_f64()) {
        (Some(value), Some(to)) if to > 0.0 => format!("{:.2}", value / to),
        _ => "–".into(),
    }
}

fn quantiles(value: &Value, digits: usize) -> Vec<String> {
    ["p50", "p99", "max"]
        .map(|key| plain(&value[key], digits))
        .into()
}

/// The numbers to reach, the missed ones told as plainly as the others.
fn targets(rows: &[Value]) -> Result<String> {
    let text = |row: &Value, key: &str| {
        let text = row[key].as_str();
        text.map(str::to_owned).with_context(|| format!("no {key}"))
    };
    let cells = rows.iter().map(|row| {
        let met = if row["met"] == true { "yes" } else { "**no**" };
        Ok(vec![
            text(row, "what")?,
            text(row, "must")?,
            text(row, "measured")?,
            met.into(),
        ])
    });
    let table = Table {
        head: ["number", "must be", "is", "reached"]
            .map(str::to_owned)
            .into(),
        rows: cells.collect::<Result<_>>()?,
    };
    Ok(table.markdown())
}

#[cfg(test)]
mod tests {
    use super::*;

    use serde_json::json;

    #[test]
    fn a_table_has_a_line_for_each_service() {
        let report = json!({
            "health": [{
                "service": "step 3",
                "idle": {"p50": 1.0, "p99": 2.04, "max": 3.0},
                "loaded": {"p50": 4.0, "p99": 5.0, "max": 6.0},
            }],
        });
        let table = draw(&report, "health").unwrap();
        let last = table.lines().last().unwrap();
        assert_eq!(last, "| step 3 | 1.00 | 2.04 | 3.00 | 4.00 | 5.00 | 6.00 |");
        assert_eq!(table.lines().count(), 3);
        let report = json!({
            "targets": [{"what": "speed", "must": "at least 1", "measured": "0.90", "met": false}],
        });
        let table = draw(&report, "targets").unwrap();
        assert!(
            table.ends_with("| speed | at least 1 | 0.90 | **no** |\n"),
            "{table}"
        );
        assert!(draw(&report, "memory").is_err(), "it is not in the report");
        assert!(draw(&report, "nonsense").is_err());
    }
}
