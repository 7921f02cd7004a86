//! Step 3: C++20 coroutines that Rust awaits.
//!
//! The event loops stay free, and both sides read from top to bottom: C++ says `co_await` where it
//! goes to its pool, Rust says `.await` where it waits for C++.

// Links the C++ codec that `cpp/converter.cpp` calls.
use codec as _;

use actix_web::{post, web::Data};
use co_await::Error;
use cxx::{CxxVector, UniquePtr};
use lab::{Jpeg, Lab, Png, Problem};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("step-03-coroutines/cpp/converter.h");

        type FuturePng = crate::FuturePng;

        /// What runs the C++ coroutines.
        fn executor() -> &'static str;

        type Converter;
        /// Starts a pool.
        fn new_converter(threads: usize, max_pixels: u64) -> Result<UniquePtr<Converter>>;
        fn convert(self: &Converter, jpeg: Vec<u8>) -> FuturePng;
    }
}

// SAFETY: `CXXASYNC_DEFINE_FUTURE` in `cpp/converter.h` names the C++ type of this `Output`.
#[co_await::bridge]
unsafe impl Future for FuturePng {
    type Output = UniquePtr<CxxVector<u8>>;
}

// SAFETY: its one method that Rust can call is const and hands work to a pool, from any thread.
unsafe impl Send for ffi::Converter {}
// SAFETY: as above; every pool here takes work from many threads at once.
unsafe impl Sync for ffi::Converter {}

/// The C++ pool. Joined when dropped.
pub type Converter = UniquePtr<ffi::Converter>;
pub use ffi::new_converter;

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
