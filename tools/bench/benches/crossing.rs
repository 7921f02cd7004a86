//! What one crossing of the language border costs, in every way that there is.
//!
//! Criterion gives the figures of each by itself. The ratios come from a comparison that takes
//! turns: in each round every way runs once, and a ratio is the median over the rounds, so that
//! whatever else the machine does hits all alike. `CROSSING_ROUNDS=0` leaves criterion's figures
//! alone, `CROSSING_ONLY_RATIOS=1` the ratios.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bench::crossing::{RUNTIME, Way};
use criterion::{Criterion, Throughput};
use serde_json::json;

/// How many are in flight: one at a time, and enough to keep both threads busy.
const IN_FLIGHT: [usize; 2] = [1, 64];

/// How long each way runs in a round.
const TURN: Duration = Duration::from_millis(20);

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    if env::var_os("CROSSING_ONLY_RATIOS").is_none() {
        for in_flight in IN_FLIGHT {
            measure(&mut criterion, in_flight);
        }
        criterion.final_summary();
    }

    // A test run of the benchmark, or a listing, measures nothing.
    if env::args().any(|argument| argument == "--test" || argument == "--list") {
        return;
    }
    let rounds = env::var("CROSSING_ROUNDS").map_or(Ok(31), |rounds| rounds.parse());
    let rounds = rounds.expect("CROSSING_ROUNDS is a number");
    if rounds > 0 {
        let tables = IN_FLIGHT.map(|in_flight| (in_flight, compare(in_flight, rounds)));
        write(&tables);
    }
}

fn measure(criterion: &mut Criterion, in_flight: usize) {
    let mut group = criterion.benchmark_group(format!("{in_flight} in flight"));
    group.throughput(Throughput::Elements(1));
    for &way in Way::ALL {
        group.bench_function(way.name(), |bencher| {
            bencher.iter_custom(|times| run(way, times, in_flight));
        });
    }
    group.finish();
}

/// Crosses `times` times in as many tasks as are to be in flight.
fn run(way: Way, times: u64, in_flight: usize) -> Duration {
    let lanes = in_flight as u64;
    RUNTIME.block_on(async {
        let begun = Instant::now();
        let tasks: Vec<_> = (0..lanes)
            .map(|lane| times / lanes + u64::from(lane < times % lanes))
            .filter(|&times| times > 0)
            .map(|times| tokio::spawn(way.cross(times)))
            .collect();
        for task in tasks {
            task.await.expect("crossing does not fail");
        }
        begun.elapsed()
    })
}

/// What a way came to: nanoseconds of each round.
type Rounds = BTreeMap<&'static str, Vec<f64>>;

fn compare(in_flight: usize, rounds: usize) -> Rounds {
    let batches: Vec<_> = Way::ALL
        .iter()
        .map(|&way| (way, batch(way, in_flight)))
        .collect();
    let mut results = Rounds::new();
    for _ in 0..rounds {
        for &(way, times) in &batches {
            let took = run(way, times, in_flight);
            let each = took.as_nanos() as f64 / times as f64;
            results.entry(way.name()).or_default().push(each);
        }
    }

    let callback = &results[Way::Callback.name()];
    println!("\n{in_flight} in flight, {rounds} rounds, medians; ratios of the same round:");
    println!("{:<54} {:>11} {:>8}", "", "each", "ratio");
    for &way in Way::ALL {
        let each = &results[way.name()];
        let ratio = paired(each, callback, |each, callback| each / callback);
        println!(
            "{:<54} {:>8.0} ns {ratio:>8.2}",
            way.name(),
            median(each.clone())
        );
    }
    results
}

/// How many crossings fill a turn.
fn batch(way: Way, in_flight: usize) -> u64 {
    let mut times = 1000;
    // Once to warm up.
    run(way, times, in_flight);
    loop {
        let took = run(way, times, in_flight);
        if took * 2 > TURN {
            return times;
        }
        let scale = TURN.as_secs_f64() / took.as_secs_f64().max(1e-6);
        times = (times as f64 * scale.min(100.0)) as u64;
    }
}

fn paired(these: &[f64], those: &[f64], each: impl Fn(f64, f64) -> f64) -> f64 {
    median(these.iter().zip(those).map(|(a, b)| each(*a, *b)).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// For the pictures: `just bench` draws them.
fn write(tables: &[(usize, Rounds)]) {
    let file = env::var_os("CROSSING_JSON").map_or_else(
        || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("crossing.json"),
        PathBuf::from,
    );
    let callback = Way::Callback.name();
    let entries: Vec<_> = tables
        .iter()
        .flat_map(|(in_flight, rounds)| {
            Way::ALL.iter().map(move |way| {
                let each = &rounds[way.name()];
                json!({
                    "in_flight": in_flight,
                    "way": way.name(),
                    "ns": median(each.clone()),
                    "ratio": paired(each, &rounds[callback], |each, callback| each / callback),
                })
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&entries).expect("numbers have a JSON form");
    match fs::write(&file, text) {
        Ok(()) => println!("\nwritten to {}", file.display()),
        Err(error) => eprintln!("error: cannot write {}: {error}", file.display()),
    }
}
