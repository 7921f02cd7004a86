//! What `/metrics` shows, in the text format that Prometheus scrapes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

/// How a conversion ended.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// With a PNG.
    Converted,
    /// With an answer that says what is wrong with the picture.
    Refused,
    /// Not begun: every place was taken.
    Overloaded,
    /// The client left before the end.
    Cancelled,
    /// Not done through no fault of the picture.
    Failed,
}

impl Outcome {
    const ALL: [Outcome; 5] = [
        Outcome::Converted,
        Outcome::Refused,
        Outcome::Overloaded,
        Outcome::Cancelled,
        Outcome::Failed,
    ];
}

impl EncodeLabelValue for Outcome {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> fmt::Result {
        let name = match self {
            Outcome::Converted => "converted",
            Outcome::Refused => "refused",
            Outcome::Overloaded => "overloaded",
            Outcome::Cancelled => "cancelled",
            Outcome::Failed => "failed",
        };
        EncodeLabelValue::encode(&name, encoder)
    }
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct OutcomeLabel {
    outcome: Outcome,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct LoopLabel {
    event_loop: usize,
}

/// The counters of one server.
pub struct Metrics {
    begun: Instant,
    registry: Registry,
    conversions: Family<OutcomeLabel, Counter>,
    seconds: Histogram,
    lag: Family<LoopLabel, Histogram>,
    in_flight: Gauge,
    cpp_live: Gauge,
    cpu: Counter<f64, AtomicU64>,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let mut metrics = Metrics {
            begun: Instant::now(),
            registry: Registry::default(),
            conversions: Family::default(),
            seconds: Histogram::new(exponential_buckets(0.001, 2.0, 15)),
            lag: Family::new_with_constructor(|| {
                Histogram::new(exponential_buckets(0.001, 2.0, 15))
            }),
            in_flight: Gauge::default(),
            cpp_live: Gauge::default(),
            cpu: Counter::default(),
        };
        let registry = &mut metrics.registry;
        registry.register(
            "conversions",
            "Conversions that ended, by how",
            metrics.conversions.clone(),
        );
        registry.register_with_unit(
            "conversion",
            "From the whole body to the answer",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        registry.register_with_unit(
            "event_loop_lag",
            "How late the heartbeat of an event loop came",
            Unit::Seconds,
            metrics.lag.clone(),
        );
        registry.register(
            "conversions_in_flight",
            "Conversions begun and not ended",
            metrics.in_flight.clone(),
        );
        registry.register(
            "cpp_live",
            "Conversions that C++ holds, those whose client has left included",
            metrics.cpp_live.clone(),
        );
        registry.register_with_unit(
            "process_cpu",
            "CPU time that all threads of the process have used",
            Unit::Seconds,
            metrics.cpu.clone(),
        );
        metrics
    }

    /// Counts a conversion that begins, and tells how many are in flight.
    pub fn begin(&self) -> i64 {
        self.in_flight.inc() + 1
    }

    /// Counts one that ends, and tells how many are still in flight.
    pub fn end(&self, outcome: Outcome, took: Duration) -> i64 {
        self.conversions
            .get_or_create(&OutcomeLabel { outcome })
            .inc();
        self.seconds.observe(took.as_secs_f64());
        self.in_flight.dec() - 1
    }

    /// How many conversions have ended, by how.
    pub fn ended(&self) -> BTreeMap<Outcome, u64> {
        let count = |outcome| {
            let counter = self.conversions.get_or_create(&OutcomeLabel { outcome });
            (outcome, counter.get())
        };
        Outcome::ALL.into_iter().map(count).collect()
    }

    /// How long the server has been up.
    pub fn uptime(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Conversions in flight.
    pub fn in_flight(&self) -> i64 {
        self.in_flight.get()
    }

    /// Notes how late a heartbeat came.
    pub fn lag(&self, event_loop: usize, lag: Duration) {
        self.lag
            .get_or_create(&LoopLabel { event_loop })
            .observe(lag.as_secs_f64());
    }

    /// The text that Prometheus reads.
    pub fn text(&self) -> Result<String, fmt::Error> {
        self.cpp_live.set(codec::live());
        self.cpu
            .inner()
            .store(cpu_time().as_secs_f64().to_bits(), Ordering::Relaxed);
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// CPU time that all threads of the process have used, those of a C++ pool included.
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversion_is_counted_once_and_by_its_outcome() {
        let metrics = Metrics::new();
        assert_eq!(metrics.begin(), 1);
        assert_eq!(metrics.end(Outcome::Cancelled, Duration::from_millis(3)), 0);
        let text = metrics.text().unwrap();
        assert!(
            text.contains("conversions_total{outcome=\"cancelled\"} 1"),
            "{text}"
        );
        assert!(text.contains("conversion_seconds_count 1"), "{text}");
        assert!(text.contains("conversions_in_flight 0"), "{text}");
        assert_eq!(metrics.ended()[&Outcome::Cancelled], 1);
        assert_eq!(metrics.ended()[&Outcome::Converted], 0);
    }

    #[test]
    fn every_metric_is_explained() {
        let metrics = Metrics::new();
        metrics.begin();
        metrics.end(Outcome::Converted, Duration::from_millis(3));
        metrics.lag(0, Duration::ZERO);
        let text = metrics.text().unwrap();
        let names = text.lines().filter_map(|line| {
            let (name, _) = line.strip_prefix("# TYPE ")?.split_once(' ')?;
            Some(name)
        });
        let names: Vec<_> = names.collect();
        assert_eq!(names.len(), 6, "{names:?}");
        for name in names {
            assert!(text.contains(&format!("# HELP {name} ")), "{name}");
        }
    }

    #[test]
    fn cpu_time_is_that_of_the_whole_process_and_grows() {
        let before = cpu_time();
        let busy = move || while cpu_time() < before + Duration::from_millis(5) {};
        std::thread::spawn(busy).join().unwrap();
        let text = Metrics::new().text().unwrap();
        let seconds = text
            .lines()
            .find_map(|line| line.strip_prefix("process_cpu_seconds_total "));
        let seconds: f64 = seconds.unwrap().parse().unwrap();
        assert!(seconds >= (before + Duration::from_millis(5)).as_secs_f64());
    }
}
