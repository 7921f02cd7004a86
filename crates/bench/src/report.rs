//! What was measured, as it is written to `bench.json`.

use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::targets::Target;

/// One run.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Report {
    /// What it was made on.
    pub machine: Machine,
    /// As much as a service takes.
    pub saturation: Vec<Saturation>,
    /// `GET /healthz` beside conversions.
    pub health: Vec<Health>,
    /// Conversions at a fixed rate.
    pub open_loop: Vec<Rate>,
    /// Memory after conversions.
    pub memory: Vec<Memory>,
    /// CPU time while there is nothing to do.
    pub idle: Vec<Idle>,
    /// The numbers to reach, and which were.
    #[serde(default)]
    pub targets: Vec<Target>,
}

/// The machine.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// Cores that this process may use; the services get as many event loops and pool threads.
    pub cores: usize,
    /// The kernel.
    pub kernel: String,
    /// Processes that wanted a core when the run began, besides it: more than a few tenths, and
    /// only the ratios say something.
    pub load_before: f64,
}

/// Conversions per second of one service, by turns with all others.
#[derive(Debug, Deserialize, Serialize)]
pub struct Saturation {
    /// Which.
    pub service: String,
    /// The median of the rounds.
    pub per_second: f64,
    /// The median of the ratios to the codec alone in the same round.
    pub of_codec: f64,
    /// Where pictures are kept, not sent back: the median of the ratios to those that are, by the
    /// same service in the same round.
    #[serde(default)]
    pub of_convert: Option<f64>,
}

/// Latencies in milliseconds, from when a request was due.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Quantiles {
    /// The median.
    pub p50: f64,
    /// One in a hundred takes longer.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

/// `GET /healthz` of one service.
#[derive(Debug, Deserialize, Serialize)]
pub struct Health {
    /// Which.
    pub service: String,
    /// With nothing else to do.
    pub idle: Quantiles,
    /// With a conversion on each core and two more waiting for it.
    pub loaded: Quantiles,
}

/// Conversions of one service at a fixed rate.
#[derive(Debug, Deserialize, Serialize)]
pub struct Rate {
    /// Which.
    pub service: String,
    /// The rate as a part of what it converted at saturation.
    pub of_capacity: f64,
    /// Conversions.
    pub convert: Quantiles,
    /// The part of them that was refused with 503.
    pub refused: f64,
    /// `GET /healthz` beside them.
    pub health: Quantiles,
}

/// Memory of one service, in bytes.
#[derive(Debug, Deserialize, Serialize)]
pub struct Memory {
    /// Which.
    pub service: String,
    /// After the first tenth of the conversions.
    pub early: u64,
    /// After all of them.
    pub late: u64,
    /// How many all are.
    pub conversions: u64,
}

/// CPU time of one service in which it has nothing to do, in seconds per second.
#[derive(Debug, Deserialize, Serialize)]
pub struct Idle {
    /// Which.
    pub service: String,
    /// Freshly started.
    pub fresh: f64,
    /// After good requests.
    pub after_good: f64,
    /// How many good requests.
    pub good: u64,
    /// After clients that left in the middle.
    pub after_left: f64,
    /// How many the server says have left.
    pub left: f64,
    /// Conversions that C++ still holds.
    pub cpp_live: f64,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = cpuinfo
            .lines()
            .find_map(|line| line.strip_prefix("model name"))
            .and_then(|rest| rest.split_once(':'))
            .map_or("unknown", |(_, name)| name.trim());
        let loadavg = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let kernel = Command::new("uname").arg("-sr").output();
        Machine {
            processor: name.into(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: kernel.map_or_else(
                |_| "unknown".into(),
                |output| String::from_utf8_lossy(&output.stdout).trim().into(),
            ),
            load_before: loadavg
                .split_whitespace()
                .next()
                .and_then(|load| load.parse().ok())
                .unwrap_or(0.0),
        }
    }
}

impl Report {
    /// The tables.
    pub fn print(&self) {
        let machine = &self.machine;
        println!(
            "\nOn {}, {} cores, {}, load before {:.1}",
            machine.processor, machine.cores, machine.kernel, machine.load_before
        );

        println!("\nSaturation, 16 connections: conversions/s, and as a part of the codec alone");
        for row in &self.saturation {
            let (service, rate, part) = (&row.service, row.per_second, row.of_codec);
            print!("  {service:<22} {rate:>8.1} {part:>6.2}");
            match row.of_convert {
                Some(part) => println!("   {part:.2} of its POST /convert"),
                None => println!(),
            }
        }

        println!("\nGET /healthz: ms idle, ms with twice as many conversions waiting as cores");
        println!(
            "  {:<22} {:>8}{:>8}{:>8}  {:>8}{:>8}{:>8}  {:>8}",
            "", "p50", "p99", "max", "p50", "p99", "max", "p99/p99"
        );
        for row in &self.health {
            let ratio = row.loaded.p99 / row.idle.p99;
            let (service, idle, loaded) = (&row.service, row.idle, row.loaded);
            println!("  {service:<22} {idle}  {loaded}  {ratio:>8.1}");
        }

        println!("\nOpen loop: ms from when a conversion was due, 503s, ms of /healthz beside it");
        for row in &self.open_loop {
            let rate = format!("{} at {:.0} %", row.service, 100.0 * row.of_capacity);
            let refused = format!("{:.0} %", 100.0 * row.refused);
            println!("  {rate:<28} {}  {refused:>5}  {}", row.convert, row.health);
        }

        println!("\nMemory in MiB");
        for row in &self.memory {
            let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
            println!(
                "  {:<22} {:>7.1} after {:>6}, {:>7.1} after {:>6}: {:.2}",
                row.service,
                mib(row.early),
                row.conversions / 10,
                mib(row.late),
                row.conversions,
                row.late as f64 / row.early as f64
            );
        }

        println!("\nCPU while idle, in % of a core");
        for row in &self.idle {
            println!(
                "  {:<22} {:>5.2} fresh, {:>5.2} after {} good requests, {:>5.2} after {:.0} \
                 clients left; cpp_live {}",
                row.service,
                100.0 * row.fresh,
                100.0 * row.after_good,
                row.good,
                100.0 * row.after_left,
                row.left,
                row.cpp_live
            );
        }
    }
}

impl std::fmt::Display for Quantiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>8.2}{:>8.2}{:>8.2}", self.p50, self.p99, self.max)
    }
}
