//! Step 1: C++ called straight from the handler.
//!
//! It works, and it is the least code there can be. Its flaw: the handler runs on an event loop, and
//! while C++ converts one picture that loop serves nobody else.

// Links the C++ codec that `cpp/convert.cpp` calls.
use codec as _;

use actix_web::{post, web::Data};
use lab::{Jpeg, Lab, Png, Problem};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("step-01-blocking/cpp/convert.h");

        /// `Result` is what turns a C++ exception into an `Err`. Without it, one would end the
        /// process.
        fn convert(jpeg: &[u8], max_pixels: u64) -> Result<UniquePtr<CxxVector<u8>>>;
    }
}

/// What the server tells of this step.
pub const STEP: lab::Step = lab::Step {
    name: "01-blocking",
    executor: "the event loop",
    counts_places: false,
    keeps_pictures: false,
};

/// Answers a JPEG with a PNG.
#[post("/convert")]
pub async fn convert(jpeg: Jpeg, lab: Data<Lab>) -> Result<Png, Problem> {
    lab.conversion(jpeg, async |jpeg, _place| {
        // Nothing is awaited here: the event loop stands still until C++ returns.
        let png = ffi::convert(&jpeg, lab.options().max_pixels).map_err(Problem::picture)?;
        Ok(Png::from(png))
    })
    .await
}
