//! What was measured, as it is written to `bench.json` and `crossing.json`. Everything else here
//! makes this, or something of it.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

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
    /// A tick of the kernel's clock, in milliseconds: a thread that wakes up on a busy core may have
    /// to wait for the next.
    #[serde(default)]
    pub tick_ms: f64,
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
    /// The median of the ratios of that to what the codec alone does right before and after: by it
    /// services are compared, for a machine is not as fast in one minute as in the next.
    pub rate_of_codec: f64,
    /// CPU time of the service for each conversion, in milliseconds: the median of the rounds.
    pub cpu_ms: f64,
    /// The median of the ratios of that to what the codec alone takes in the same round.
    pub cpu_of_codec: f64,
    /// The PNG's length in bytes, where it is sent back: what takes longer may have made it smaller.
    #[serde(default)]
    pub png_bytes: Option<usize>,
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

/// A line of what `benches/crossing.rs` writes.
#[derive(Debug, Deserialize)]
pub struct Crossing {
    /// How many at once.
    pub in_flight: usize,
    /// Which way.
    pub way: String,
    /// Nanoseconds of one crossing.
    pub ns: f64,
    /// As a multiple of callback and one-shot.
    pub ratio: f64,
}

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

/// The resolution of the kernel's coarse clock, which it sets once in a tick.
fn tick() -> Duration {
    let mut resolution = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a variable of ours.
    unsafe { libc::clock_getres(libc::CLOCK_MONOTONIC_COARSE, &mut resolution) };
    Duration::new(resolution.tv_sec as u64, resolution.tv_nsec as u32)
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
            tick_ms: tick().as_secs_f64() * 1000.0,
            load_before: loadavg
                .split_whitespace()
                .next()
                .and_then(|load| load.parse().ok())
                .unwrap_or(0.0),
        }
    }
}
