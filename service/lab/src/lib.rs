//! The server around a step: flags, limits, errors, health, metrics, heartbeat, the lab page.
//!
//! A step brings its name, its handler for `POST /convert` and whatever C++ object that needs; all
//! else that a service has is here, so that two steps differ in their idea only:
//!
//! ```no_run
//! use actix_web::post;
//! use actix_web::web::{Data, ServiceConfig};
//! use lab::{Jpeg, Lab, Options, Parser, Png, Problem, Step};
//!
//! #[post("/convert")]
//! async fn convert(jpeg: Jpeg, lab: Data<Lab>) -> Result<Png, Problem> {
//!     lab.conversion(jpeg, async |_jpeg, _place| Err(Problem::picture("not yet"))).await
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     let step = Step { name: "00-nothing", executor: "none", counts_places: false, keeps_pictures: false };
//!     lab::serve(step, Options::parse(), |_options| {
//!         Ok(|app: &mut ServiceConfig| {
//!             app.service(convert);
//!         })
//!     })
//! }
//! ```

#![warn(missing_docs)]

mod events;
mod heartbeat;
mod memory;
mod metrics;
mod options;
mod page;
mod picture;
mod place;
mod problem;
mod server;

use std::time::Instant;

use tokio::sync::{broadcast, watch};

pub use clap::Parser;
pub use memory::keep as keep_memory;
pub use metrics::{Outcome, cpu_time};
pub use options::Options;
pub use picture::{Jpeg, Png};
pub use place::Place;
pub use problem::Problem;
pub use server::serve;

use heartbeat::Event;
use metrics::Metrics;
use place::{Bodies, Places};

/// What a step says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The name of its folder, for example `01-blocking`.
    pub name: &'static str,
    /// What runs its C++, for example `boost::asio::thread_pool`.
    pub executor: &'static str,
    /// Whether it hands conversions to a pool, and so can count those that wait. A step that
    /// converts on the event loop cannot: it has not even read the requests behind the first.
    pub counts_places: bool,
    /// Whether it keeps pictures, at `/images/`.
    pub keeps_pictures: bool,
}

/// The state that all event loops of a server share. Handlers take it as `Data<Lab>`.
pub struct Lab {
    step: Step,
    options: Options,
    places: Places,
    bodies: Bodies,
    metrics: Metrics,
    events: broadcast::Sender<Event>,
    stopping: watch::Sender<bool>,
}

impl Lab {
    /// The state of a server. [`serve`] makes its own; a test of handlers makes one.
    pub fn new(step: Step, options: Options) -> Self {
        let places = match step.counts_places {
            true => Places::bounded(options.places()),
            false => Places::unbounded(),
        };
        Lab {
            step,
            places,
            bodies: Bodies::bounded(options.body_memory),
            options,
            metrics: Metrics::new(),
            // As many events as a page may be behind before it misses some.
            events: broadcast::Sender::new(256),
            stopping: watch::Sender::new(false),
        }
    }

    /// The flags that the server was started with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Runs one conversion: takes a place for it, counts it, times it.
    ///
    /// `work` gets the JPEG's bytes and the place, and passes this on to whatever occupies a thread; see [`Place`]. The
    /// answer is [`Problem::Overloaded`], and `work` is not called, when no place is free. Dropping
    /// the returned future counts as a client that left.
    pub async fn conversion<T>(
        &self,
        jpeg: Jpeg,
        work: impl AsyncFnOnce(Vec<u8>, Place) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut conversion = Conversion::begin(self);
        let result = match self.places.take(jpeg.held) {
            Some(place) => work(jpeg.bytes, place).await,
            None => Err(Problem::Overloaded),
        };
        conversion.outcome = match &result {
            Ok(_) => Outcome::Converted,
            Err(Problem::Picture(_)) => Outcome::Refused,
            Err(Problem::Overloaded) => Outcome::Overloaded,
            Err(_) => Outcome::Failed,
        };
        result
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(crate) fn publish(&self, event: Event) {
        // An error says that nobody listens.
        let _ = self.events.send(event);
    }
}

/// A conversion in flight. Ends when dropped: with its outcome if it has one by then, else as
/// cancelled, for then the client's handler was dropped in the middle.
struct Conversion<'a> {
    lab: &'a Lab,
    begun: Instant,
    outcome: Outcome,
}

impl<'a> Conversion<'a> {
    fn begin(lab: &'a Lab) -> Self {
        lab.metrics.begin();
        Conversion {
            lab,
            begun: Instant::now(),
            outcome: Outcome::Cancelled,
        }
    }
}

impl Drop for Conversion<'_> {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        let in_flight = self.lab.metrics.end(self.outcome, took);
        let ms = took.as_secs_f64() * 1000.0;
        tracing::debug!(outcome = ?self.outcome, ms, "conversion");
        self.lab.publish(Event::Conversion {
            outcome: self.outcome,
            ms,
            in_flight,
        });
    }
}
