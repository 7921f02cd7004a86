//! Step 2: C++ in a Boost thread pool, with a callback and a one-shot channel.
//!
//! The event loops stay free, and the code does not read from top to bottom any more: what happens
//! after the conversion stands in a function of its own, and a context has to be carried there.

// Links the C++ codec that `cpp/converter.cpp` calls.
use codec as _;

use actix_web::{post, web::Data};
use cxx::{CxxVector, UniquePtr};
use lab::{Jpeg, Lab, Place, Png, Problem};
use tokio::sync::oneshot;

#[cxx::bridge]
mod ffi {
    /// How a conversion ended.
    enum Outcome {
        /// With a PNG.
        Converted,
        /// With a reason why there is none.
        Refused,
        /// Not begun: nobody waited for it, or the pool went away.
        Abandoned,
    }

    extern "Rust" {
        type Context;
        fn abandoned(&self) -> bool;
    }

    unsafe extern "C++" {
        include!("step-02-boost-callbacks/cpp/converter.h");

        type Converter;
        /// Starts a pool.
        fn new_converter(threads: usize, max_pixels: u64) -> Result<UniquePtr<Converter>>;
        fn convert(
            &self,
            jpeg: &[u8],
            context: Box<Context>,
            done: fn(Box<Context>, Outcome, UniquePtr<CxxVector<u8>>, String),
        ) -> Result<()>;
    }
}

// SAFETY: its one method that Rust can call is const and posts to a pool, from any thread.
unsafe impl Send for ffi::Converter {}
// SAFETY: as above; `boost::asio::post` to one pool from many threads at once is allowed.
unsafe impl Sync for ffi::Converter {}

/// The C++ pool. Joined when dropped.
pub type Converter = UniquePtr<ffi::Converter>;
pub use ffi::new_converter;

/// What the callback needs: where to send the answer, and the place that is free after it.
pub struct Context {
    answer: oneshot::Sender<Result<Png, Problem>>,
    _place: Place,
}

impl Context {
    /// Whether the client has left: its handler is gone, and with it the receiving end.
    fn abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

/// Called by C++ when a conversion has ended, on a thread of the pool.
#[expect(
    clippy::boxed_local,
    reason = "a box is how C++ can hold what only Rust knows"
)]
fn done(
    context: Box<Context>,
    outcome: ffi::Outcome,
    png: UniquePtr<CxxVector<u8>>,
    reason: String,
) {
    let answer = match outcome {
        ffi::Outcome::Converted => Ok(Png::from(png)),
        ffi::Outcome::Refused => Err(Problem::Picture(reason)),
        _ => Err(Problem::Stopping),
    };
    // An error says that the client has left meanwhile.
    let _ = context.answer.send(answer);
}

/// What the server tells of this step.
pub const STEP: lab::Step = lab::Step {
    name: "02-boost-callbacks",
    executor: "boost::asio::thread_pool",
    counts_places: true,
    keeps_pictures: false,
};

/// Answers a JPEG with a PNG.
#[post("/convert")]
pub async fn convert(
    jpeg: Jpeg,
    lab: Data<Lab>,
    converter: Data<Converter>,
) -> Result<Png, Problem> {
    lab.conversion(jpeg, async |jpeg, place| {
        let (answer, answered) = oneshot::channel();
        let context = Box::new(Context {
            answer,
            _place: place,
        });
        converter
            .convert(&jpeg, context, done)
            .map_err(|_| Problem::Stopping)?;
        answered.await.unwrap_or(Err(Problem::Stopping))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::fixtures::{ONE_PIXEL, PHOTO};
    use serial_test::serial;

    fn begin(converter: &Converter, jpeg: &[u8]) -> oneshot::Receiver<Result<Png, Problem>> {
        let (answer, answered) = oneshot::channel();
        let context = Box::new(Context {
            answer,
            _place: Place::default(),
        });
        converter.convert(jpeg, context, done).unwrap();
        answered
    }

    #[actix_web::test]
    #[serial]
    async fn every_callback_comes_though_the_pool_goes_away() {
        let converter = new_converter(1, codec::MAX_PIXELS).unwrap();
        let first = begin(&converter, ONE_PIXEL);
        assert!(matches!(first.await, Ok(Ok(_))));
        let answers: Vec<_> = (0..50).map(|_| begin(&converter, PHOTO)).collect();
        drop(converter);
        assert_eq!(codec::live(), 0);
        let mut abandoned = 0;
        for answer in answers {
            match answer.await.expect("the callback was not called") {
                Ok(_) => {}
                Err(Problem::Stopping) => abandoned += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert!(
            abandoned > 0,
            "the pool had done all 50 before it went away"
        );
    }

    #[actix_web::test]
    #[serial]
    async fn a_refusal_comes_through_the_callback() {
        let converter = new_converter(1, codec::MAX_PIXELS).unwrap();
        let answer = begin(&converter, b"not a picture").await.unwrap();
        assert!(matches!(answer, Err(Problem::Picture(_))));
    }
}
