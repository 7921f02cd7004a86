//! Tables of what `just bench` measured, from `book/src/figures/bench.json`.
//!
//! `{{#measured machine}}` says where that was; `throughput`, `health`, `open_loop`, `memory` and
//! `idle` are tables with a line for each service. So the text of a page holds no figure that a
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
        "throughput" => Table::of(
            rows("saturation")?,
            &["conversions/s", "of the codec alone"],
            |row| vec![plain(&row["per_second"], 1), plain(&row["of_codec"], 2)],
        ),
        "health" => Table::of(
            rows("health")?,
            &[
                "idle: p50, p99, max",
                "beside conversions: p50, p99, max",
                "p99 as a multiple",
            ],
            |row| {
                let (idle, loaded) = (&row["idle"], &row["loaded"]);
                vec![
                    quantiles(idle),
                    quantiles(loaded),
                    ratio(&loaded["p99"], &idle["p99"]),
                ]
            },
        ),
        "open_loop" => Table::of(
            rows("open_loop")?,
            &[
                "at this part of its capacity",
                "a conversion: p50, p99, max",
                "refused",
                "`/healthz` beside it: p50, p99, max",
            ],
            |row| {
                vec![
                    percent(&row["of_capacity"]),
                    quantiles(&row["convert"]),
                    percent(&row["refused"]),
                    quantiles(&row["health"]),
                ]
            },
        ),
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
    let load = plain(&machine["load_before"], 1);
    Ok(format!(
        "<p class=\"machine\">Measured on: {}; {cores} cores, which the services share with what drives them; {}; load before the run: {load}.</p>\n",
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

fn quantiles(value: &Value) -> String {
    let of = |key: &str| plain(&value[key], 1);
    format!("{}, {}, {} ms", of("p50"), of("p99"), of("max"))
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
        assert_eq!(
            last,
            "| step 3 | 1.0, 2.0, 3.0 ms | 4.0, 5.0, 6.0 ms | 2.45 |"
        );
        assert_eq!(table.lines().count(), 3);
        assert!(draw(&report, "memory").is_err(), "it is not in the report");
        assert!(draw(&report, "nonsense").is_err());
    }
}
