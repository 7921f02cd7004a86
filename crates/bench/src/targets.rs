//! The numbers that the steps are to reach, beside what was measured.

use serde::{Deserialize, Serialize};

use crate::figures::Crossing;
use crate::report::Report;

/// One number to reach.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub struct Target {
    /// Of what.
    pub what: String,
    /// What it must be.
    pub must: String,
    /// What it is, of each service that it is asked of.
    pub measured: String,
    /// Whether it is that of all of them.
    pub met: bool,
}

/// What a number must be.
#[derive(Clone, Copy)]
enum Must {
    AtLeast(f64),
    AtMost(f64),
}

/// All of them; those of the crossings where there are any.
pub fn of(report: &Report, crossings: &[Crossing]) -> Vec<Target> {
    // The first step blocks its event loops: what a pool is for is not asked of it.
    let first = report.saturation.iter().map(|row| &*row.service);
    let first = first.filter(|name| is_step(name)).min().unwrap_or_default();
    let has_pool = |name: &str| is_step(name) && name != first;

    let article = report
        .saturation
        .iter()
        .rev()
        .find(|row| is_article(&row.service));
    let article = article.map_or(f64::NAN, |row| row.of_codec);
    let saturation = || {
        let rows = report.saturation.iter();
        rows.filter(|row| row.of_convert.is_none())
    };
    let mut targets = vec![
        target(
            "conversions/s, as a multiple of the article's codec in the same run",
            Must::AtLeast(5.0),
            saturation()
                .filter(|row| is_step(&row.service))
                .map(|row| (&*row.service, row.of_codec / article)),
        ),
        target(
            "conversions/s, as a part of the codec alone in as many threads",
            Must::AtLeast(0.95),
            saturation()
                .filter(|row| has_pool(&row.service))
                .map(|row| (&*row.service, row.of_codec)),
        ),
        target(
            "conversions/s of pictures that are kept, as a part of those that are sent back",
            Must::AtLeast(0.9),
            report
                .saturation
                .iter()
                .filter_map(|row| Some((&*row.service, row.of_convert?))),
        ),
        target(
            "GET /healthz, p99 with conversions waiting as a multiple of p99 idle",
            Must::AtMost(3.0),
            report
                .health
                .iter()
                .filter(|row| has_pool(&row.service))
                .map(|row| (&*row.service, row.loaded.p99 / row.idle.p99)),
        ),
        target(
            "CPU of the idle process after all that, in % of a core more than a fresh one",
            Must::AtMost(1.0),
            report
                .idle
                .iter()
                .filter(|row| has_pool(&row.service))
                .map(|row| {
                    let most = row.after_good.max(row.after_left);
                    (&*row.service, 100.0 * (most - row.fresh).max(0.0))
                }),
        ),
        target(
            "C++ objects left after clients that left",
            Must::AtMost(0.0),
            report
                .idle
                .iter()
                .filter(|row| has_pool(&row.service))
                .map(|row| (&*row.service, row.cpp_live)),
        ),
        target(
            "memory after all conversions, as a multiple of that after a tenth of them",
            Must::AtMost(1.1),
            report
                .memory
                .iter()
                .filter(|row| is_step(&row.service))
                .map(|row| (&*row.service, row.late as f64 / row.early as f64)),
        ),
    ];
    for (way, most) in [
        ("coroutine, schedule(pool)", 0.9),
        ("coroutine, schedule_on(pool, awaitable)", 1.1),
    ] {
        let of_way = crossings.iter().filter(|crossing| crossing.way == way);
        let ratios: Vec<_> = of_way
            .map(|crossing| (format!("{} in flight", crossing.in_flight), crossing.ratio))
            .collect();
        targets.push(target(
            &format!("one crossing: {way}, as a multiple of callback and one-shot"),
            Must::AtMost(most),
            ratios.iter().map(|(name, ratio)| (&**name, *ratio)),
        ));
    }
    targets.retain(|target| !target.measured.is_empty());
    targets
}

/// Prints them.
pub fn print(targets: &[Target]) {
    println!("\nNumbers to reach");
    for target in targets {
        let verdict = if target.met { "yes" } else { "NO" };
        println!("  {verdict:<4}{}: {}", target.what, target.must);
        println!("      {}", target.measured);
    }
}

fn is_step(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_digit())
}

fn is_article(name: &str) -> bool {
    name == crate::steps::plain_stb().name
}

fn target<'a>(what: &str, must: Must, measured: impl Iterator<Item = (&'a str, f64)>) -> Target {
    let measured: Vec<_> = measured.collect();
    // What is not a number is not reached.
    let met = measured.iter().all(|(_, value)| match must {
        Must::AtLeast(least) => *value >= least,
        Must::AtMost(most) => *value <= most,
    });
    let say = |(name, value): &(&str, f64)| format!("{name} {value:.2}");
    Target {
        what: what.into(),
        must: match must {
            Must::AtLeast(least) => format!("at least {least}"),
            Must::AtMost(most) => format!("at most {most}"),
        },
        measured: measured.iter().map(say).collect::<Vec<_>>().join(", "),
        met,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Saturation;

    fn saturation(service: &str, of_codec: f64) -> Saturation {
        Saturation {
            service: service.into(),
            per_second: 0.0,
            of_codec,
            of_convert: None,
        }
    }

    fn report(of_codec: f64) -> Report {
        Report {
            saturation: vec![
                saturation("01-first", 0.5),
                saturation("02-second", of_codec),
                saturation("pure Rust", 0.1),
                saturation("the article's codec", 0.1),
            ],
            ..Report::default()
        }
    }

    #[test]
    fn a_number_is_met_when_all_of_whom_it_is_asked_reach_it() {
        let targets = of(&report(0.96), &[]);
        assert!(targets.iter().all(|target| target.met), "{targets:?}");
        assert_eq!(targets[0].measured, "01-first 5.00, 02-second 9.60");
        // Of the first step, which has no pool, and of others it is not asked.
        assert_eq!(targets[1].measured, "02-second 0.96");
        assert!(!of(&report(0.94), &[])[1].met);
    }

    #[test]
    fn of_pictures_that_are_kept_it_is_asked_how_they_compare_with_those_sent_back() {
        let mut report = report(0.96);
        report.saturation.push(Saturation {
            of_convert: Some(0.89),
            ..saturation("02-second, PUT", 0.5)
        });
        let targets = of(&report, &[]);
        let missed: Vec<_> = targets.iter().filter(|target| !target.met).collect();
        assert_eq!(missed.len(), 1);
        assert_eq!(missed[0].measured, "02-second, PUT 0.89");
    }

    #[test]
    fn what_was_not_measured_is_not_listed_and_what_is_no_number_is_not_met() {
        assert_eq!(of(&report(1.0), &[]).len(), 2);
        assert!(!of(&report(f64::NAN), &[])[1].met);
    }
}
