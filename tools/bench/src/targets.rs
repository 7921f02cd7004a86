//! The numbers that the steps are to reach, beside what was measured.

use crate::results::{Crossing, Report, Target};
use crate::steps;

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

    let saturation = || {
        let rows = report.saturation.iter();
        rows.filter(|row| row.of_convert.is_none())
    };
    let rate = |name: &str| {
        let row = saturation().find(|row| row.service == name);
        row.map_or(f64::NAN, |row| row.rate_of_codec)
    };
    let compared = |with: f64| {
        let steps = saturation().filter(|row| is_step(&row.service));
        steps.map(move |row| (&*row.service, row.rate_of_codec / with))
    };
    let health = || report.health.iter().filter(|row| has_pool(&row.service));
    let tick = report.machine.tick_ms;
    let mut targets = vec![
        target(
            "conversions/s, as a multiple of the article's codec in the same run",
            Must::AtLeast(10.0),
            compared(rate(&steps::plain_stb().name)),
        ),
        target(
            "conversions/s, as a multiple of the service in pure Rust in the same run",
            Must::AtLeast(1.0),
            compared(rate(&steps::pure_rust().name)),
        ),
        target(
            "conversions/s, as a multiple of the one in pure Rust whose PNG is as small",
            Must::AtLeast(1.0),
            compared(rate(&steps::pure_rust_small().name)),
        ),
        target(
            "CPU time for a conversion, as a multiple of the codec's alone",
            Must::AtMost(1.05),
            saturation()
                .filter(|row| has_pool(&row.service))
                .map(|row| (&*row.service, row.cpu_of_codec)),
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
            "GET /healthz, p50 with conversions waiting as a multiple of p50 idle",
            Must::AtMost(1.5),
            health().map(|row| (&*row.service, row.loaded.p50 / row.idle.p50)),
        ),
        target(
            "GET /healthz, p99 with conversions waiting above p99 idle, in ticks of the kernel's clock",
            Must::AtMost(1.0),
            health().map(|row| (&*row.service, (row.loaded.p99 - row.idle.p99) / tick)),
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

fn is_step(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_digit())
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
    use crate::results::{Health, Machine, Quantiles, Saturation};

    fn saturation(service: &str, rate_of_codec: f64, cpu_of_codec: f64) -> Saturation {
        Saturation {
            service: service.into(),
            per_second: 0.0,
            rate_of_codec,
            cpu_ms: 0.0,
            cpu_of_codec,
            png_bytes: None,
            of_convert: None,
        }
    }

    fn report(cpu_of_codec: f64) -> Report {
        Report {
            machine: Machine {
                tick_ms: 4.0,
                ..Machine::default()
            },
            saturation: vec![
                saturation("01-first", 100.0, 2.0),
                saturation("02-second", 120.0, cpu_of_codec),
                saturation(&steps::pure_rust().name, 100.0, 1.0),
                saturation(&steps::pure_rust_small().name, 50.0, 1.0),
                saturation(&steps::plain_stb().name, 10.0, 1.0),
            ],
            ..Report::default()
        }
    }

    #[test]
    fn a_number_is_met_when_all_of_whom_it_is_asked_reach_it() {
        let targets = of(&report(1.04), &[]);
        assert!(targets.iter().all(|target| target.met), "{targets:?}");
        assert_eq!(targets[0].measured, "01-first 10.00, 02-second 12.00");
        assert_eq!(targets[1].measured, "01-first 1.00, 02-second 1.20");
        assert_eq!(targets[2].measured, "01-first 2.00, 02-second 2.40");
        // Of the first step, which has no pool, and of others it is not asked.
        assert_eq!(targets[3].measured, "02-second 1.04");
        assert!(!of(&report(1.06), &[])[3].met);
    }

    #[test]
    fn the_slowest_answers_under_load_are_at_most_a_tick_later() {
        let quantiles = |p50, p99| Quantiles { p50, p99, max: p99 };
        let met = |p50, p99| {
            let mut report = report(1.0);
            report.health.push(Health {
                service: "02-second".into(),
                idle: quantiles(0.2, 0.5),
                loaded: quantiles(p50, p99),
            });
            let targets = of(&report, &[]);
            let health = targets.iter().filter(|it| it.what.contains("/healthz"));
            health.map(|it| it.met).collect::<Vec<_>>()
        };
        assert_eq!(met(0.3, 4.5), [true, true]);
        assert_eq!(met(0.31, 4.4), [false, true]);
        assert_eq!(met(0.2, 4.6), [true, false]);
    }

    #[test]
    fn of_pictures_that_are_kept_it_is_asked_how_they_compare_with_those_sent_back() {
        let mut report = report(1.0);
        report.saturation.push(Saturation {
            of_convert: Some(0.89),
            ..saturation("02-second, PUT", 50.0, 1.0)
        });
        let targets = of(&report, &[]);
        let missed: Vec<_> = targets.iter().filter(|target| !target.met).collect();
        assert_eq!(missed.len(), 1);
        assert_eq!(missed[0].measured, "02-second, PUT 0.89");
    }

    #[test]
    fn what_was_not_measured_is_not_listed_and_what_is_no_number_is_not_met() {
        assert_eq!(of(&report(1.0), &[]).len(), 4);
        assert!(!of(&report(f64::NAN), &[])[3].met);
    }
}
