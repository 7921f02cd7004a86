//! A heartbeat for each event loop, and the events that the lab page draws.
//!
//! The beat is a task *on* the loop that it watches: while something blocks the loop the beat does
//! not come, and when it comes at last it knows how late it is.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::web::Data;
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::Lab;
use crate::metrics::{Outcome, cpu_time};

/// How often a loop's heart beats.
pub const PERIOD: Duration = Duration::from_millis(100);

/// What `/events` tells.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Event {
    /// What the server is. The first event on every stream.
    Server {
        /// The name of the step.
        step: &'static str,
        /// What runs its C++.
        executor: &'static str,
        /// Which loop carries this stream: blocked, it holds back the beats of all others too.
        event_loop: Option<usize>,
        /// Event loops.
        workers: usize,
        /// Threads that run C++; none where the event loops do.
        pool_threads: Option<usize>,
        /// Conversions that may be in the house at once; none where they are not counted.
        places: Option<usize>,
        /// Largest JPEG that is accepted, in bytes.
        max_body: usize,
        /// Whether the book is at `/book/`.
        book: bool,
        /// Whether pictures are kept at `/images/`.
        keeps_pictures: bool,
    },
    /// An event loop is alive.
    Heartbeat {
        /// Which loop, from 0.
        event_loop: usize,
        /// When, in milliseconds since the server started: a beat may be read long after it was.
        at_ms: f64,
        /// How late the beat came, in milliseconds.
        lag_ms: f64,
        /// Conversions in flight in the whole server.
        in_flight: i64,
        /// Conversions that C++ holds, those whose client has left included.
        cpp_live: i64,
        /// CPU time that the process has used, in seconds.
        cpu_seconds: f64,
        /// Conversions that have ended, by how. Totals, so that a page may miss any event.
        ended: BTreeMap<Outcome, u64>,
    },
    /// A conversion ended.
    Conversion {
        /// How.
        outcome: Outcome,
        /// After how many milliseconds.
        ms: f64,
        /// Conversions still in flight.
        in_flight: i64,
    },
}

impl Event {
    /// What the server is, as told on the event loop that runs this.
    pub fn server(lab: &Lab) -> Self {
        let pool = lab.step.counts_places;
        Event::Server {
            step: lab.step.name,
            executor: lab.step.executor,
            event_loop: this_event_loop(),
            workers: lab.options.workers,
            pool_threads: pool.then_some(lab.options.pool_threads),
            places: pool.then(|| lab.options.places()),
            max_body: lab.options.max_body,
            book: lab.options.built_book().is_some(),
            keeps_pictures: lab.step.keeps_pictures,
        }
    }
}

thread_local! {
    /// Which event loop this thread runs.
    static EVENT_LOOP: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Which event loop runs this.
pub fn this_event_loop() -> Option<usize> {
    EVENT_LOOP.get()
}

/// Beats for ever on the event loop that runs it.
pub async fn beat(lab: Data<Lab>, event_loop: usize) {
    EVENT_LOOP.set(Some(event_loop));
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let due = ticks.tick().await;
        let lag = Instant::now().saturating_duration_since(due);
        lab.metrics().lag(event_loop, lag);
        lab.publish(Event::Heartbeat {
            event_loop,
            at_ms: lab.metrics().uptime().as_secs_f64() * 1000.0,
            lag_ms: lag.as_secs_f64() * 1000.0,
            in_flight: lab.metrics().in_flight(),
            cpp_live: codec::live(),
            cpu_seconds: cpu_time().as_secs_f64(),
            ended: lab.metrics().ended(),
        });
    }
}
