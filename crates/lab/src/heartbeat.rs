//! A heartbeat for each event loop, and the events that the lab page draws.
//!
//! The beat is a task *on* the loop that it watches: while something blocks the loop the beat does
//! not come, and when it comes at last it knows how late it is.

use std::time::Duration;

use actix_web::web::Data;
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::Lab;
use crate::metrics::Outcome;

/// How often a loop's heart beats.
pub const PERIOD: Duration = Duration::from_millis(100);

/// What `/events` tells.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Event {
    /// An event loop is alive.
    Heartbeat {
        /// Which loop, from 0.
        event_loop: usize,
        /// How late the beat came, in milliseconds.
        lag_ms: f64,
        /// Conversions in flight in the whole server.
        in_flight: i64,
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

/// Beats for ever on the event loop that runs it.
pub async fn beat(lab: Data<Lab>, event_loop: usize) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let due = ticks.tick().await;
        let lag = Instant::now().saturating_duration_since(due);
        lab.metrics().lag(event_loop, lag);
        lab.publish(Event::Heartbeat {
            event_loop,
            lag_ms: lag.as_secs_f64() * 1000.0,
            in_flight: lab.metrics().in_flight(),
        });
    }
}
