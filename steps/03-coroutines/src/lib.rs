//! Step 3: C++20 coroutines that Rust awaits.
//!
//! The event loops stay free, and both sides read from top to bottom: C++ says `co_await` where it
//! goes to its pool, Rust says `.await` where it waits for C++.

// Links the C++ codec that `cpp/converter.h` calls.
use codec as _;

use actix_web::{post, web::Data};
use co_await::Error;
use lab::{Jpeg, Lab, Png, Problem};

#[co_await::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("step-03-coroutines/cpp/converter.h");

        /// What runs the C++ coroutines.
        fn executor() -> &'static str;

        #[thread_safe] // every pool here takes work from many threads at once
        type Converter;
        /// Starts a pool.
        fn new_converter(threads: usize, max_pixels: u64) -> Result<SharedPtr<Converter>>;
        async fn convert(self: &Converter, jpeg: Vec<u8>) -> Result<UniquePtr<CxxVector<u8>>>;
    }
}

/// The C++ pool. Each call keeps it; joined when the last that has it lets go.
pub type Converter = cxx::SharedPtr<ffi::Converter>;
pub use ffi::{ConverterAsync, new_converter};

/// What the server tells of this step.
pub fn step() -> lab::Step {
    lab::Step {
        name: "03-coroutines",
        executor: ffi::executor(),
        counts_places: true,
        keeps_pictures: false,
    }
}

/// Answers a JPEG with a PNG.
#[post("/convert")]
pub async fn convert(
    jpeg: Jpeg,
    lab: Data<Lab>,
    converter: Data<Converter>,
) -> Result<Png, Problem> {
    lab.conversion(jpeg, async |jpeg, place| {
        // The place is free when C++ has finished, not when the client leaves.
        match converter.convert(jpeg).keep(place).await {
            Ok(png) => Ok(Png::from(png)),
            Err(Error::Exception(reason)) => Err(Problem::picture(reason)),
            Err(_) => Err(Problem::Stopping),
        }
    })
    .await
}
