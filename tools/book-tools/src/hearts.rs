//! The heartbeats of steps as they were recorded, for the first page: stopped in one, beating in
//! another.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use regex::Regex;

use crate::pages::SOURCE;
use crate::quiz::words;

/// A beat that is this much later than the one before it, in shares of the lane, was held up.
const LATE: f64 = 0.1;

/// Reads `STEP: CAPTION; …`, and draws the beats of each step's timeline above its caption.
pub fn html(root: &Path, argument: &str) -> Result<String> {
    let mut html = String::from("<figure class=\"hearts\">\n");
    for part in argument.split(';') {
        let (step, caption) = part.trim().split_once(": ").context("STEP: CAPTION")?;
        let name = format!("timeline-step-{step}");
        let file = root.join(SOURCE).join(format!("pictures/{name}.svg"));
        let timeline = fs::read_to_string(file).with_context(|| format!("no picture {name}"))?;
        let beats = beats(&timeline)?;
        ensure!(beats.len() > 1, "{name} has no beats");
        html.push_str(&format!(
            "<div>\n<svg viewBox=\"0 0 100 20\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"The recorded heartbeat of step {step}\">{}</svg>\n{}</div>\n",
            trace(&beats),
            words(caption)
        ));
    }
    Ok(html + "</figure>\n")
}

/// When the heart beat, as shares of the time recorded.
fn beats(timeline: &str) -> Result<Vec<f64>> {
    let beat = Regex::new(r#"class="beat" cx="([\d.]+)""#)?;
    let lane = Regex::new(r#"class="lane" x="([\d.]+)".*? width="([\d.]+)""#)?;
    let lane = lane.captures(timeline).context("a timeline has lanes")?;
    let (begin, width): (f64, f64) = (lane[1].parse()?, lane[2].parse()?);
    beat.captures_iter(timeline)
        .map(|found| Ok((found[1].parse::<f64>()? - begin) / width))
        .collect()
}

/// A line with a pulse at each beat, and the gaps where one did not come.
fn trace(beats: &[f64]) -> String {
    let mut gaps = String::new();
    let mut line = String::from("M0 14");
    let mut before = 0.0;
    for beat in beats {
        if beat - before > LATE {
            let (x, width) = (before * 100.0 + 1.5, (beat - before) * 100.0 - 1.5);
            gaps.push_str(&format!(
                "<rect class=\"gap\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"20\"/>"
            ));
        }
        before = *beat;
        let x = beat * 100.0;
        line.push_str(&format!("H{x:.1}l.3 -3l.3 3l.2 3l.3 -15l.3 14l.2 -2"));
    }
    format!("{gaps}<path d=\"{line}H100\"/>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heart_that_was_held_up_has_a_gap_and_one_that_was_not_has_none() {
        assert!(!trace(&[0.0, 0.05, 0.1]).contains("gap"));
        let held_up = trace(&[0.0, 0.05, 0.3]);
        assert!(held_up.contains("x=\"6.5\" width=\"23.5\""), "{held_up}");
    }

    #[test]
    fn step_1_was_held_up_and_step_3_was_not() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let gaps = |step: u32| {
            let html = html(&root, &format!("{step}: x")).unwrap();
            html.matches("class=\"gap\"").count()
        };
        assert!(gaps(1) > 0);
        assert_eq!(gaps(3), 0);
        assert!(html(&root, "9: x").is_err());
    }
}
