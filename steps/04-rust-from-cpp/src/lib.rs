//! Step 4: C++20 coroutines that await async Rust.
//!
//! C++ leads: its coroutine asks a store, which is async Rust, converts in its own pool, and has
//! the store keep the PNG. Rust awaits the whole of it, as in step 3.

// Links the C++ codec that `cpp/converter.cpp` calls.
use codec as _;

mod images;
mod store;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use actix_web::post;
use actix_web::web::{Data, ServiceConfig};
use cxx::{CxxVector, UniquePtr};
use cxx_async_tokio::{Error, guard};
use lab::{Jpeg, Lab, Png, Problem};

pub use store::{Runtime, Store};

#[cxx::bridge]
mod ffi {
    /// Whether a picture is in the store.
    #[derive(Debug)]
    enum State {
        /// It is not.
        Missing,
        /// It was before.
        Found,
        /// It is now.
        Created,
    }

    /// What the store says of a name.
    #[derive(Debug)]
    struct Kept {
        state: State,
        /// Empty when nothing is kept.
        etag: String,
    }

    // What C++ awaits of Rust.
    extern "Rust" {
        type Store;
        #[cxx_name = "head"]
        fn head_for_cpp(self: &Store, name: &str) -> FutureKept;
        #[cxx_name = "put"]
        fn put_for_cpp(self: &Store, name: &str, png: UniquePtr<CxxVector<u8>>) -> FutureKept;

        // For a program that C++ owns.
        type Runtime;
        fn new_runtime() -> Result<Box<Runtime>>;
        fn open_store(url: &str, runtime: &Runtime) -> Result<Box<Store>>;
    }

    // What Rust awaits of C++.
    unsafe extern "C++" {
        include!("step-04-rust-from-cpp/cpp/converter.h");

        #[namespace = "cxx_async_tokio"]
        type CallToken = cxx_async_tokio::CallToken;
        type FuturePng = crate::FuturePng;
        type FutureKept = crate::FutureKept;

        type Converter;
        /// Starts a pool.
        fn new_converter(threads: usize, max_pixels: u64) -> Result<UniquePtr<Converter>>;
        fn convert(self: &Converter, jpeg: Vec<u8>, token: Box<CallToken>) -> FuturePng;
        fn convert_and_store(
            self: &Converter,
            store: Box<Store>,
            name: String,
            jpeg: Vec<u8>,
            token: Box<CallToken>,
        ) -> FutureKept;
    }
}

// SAFETY: `CXXASYNC_DEFINE_FUTURE` in `cpp/converter.h` names the C++ type of this `Output`.
#[cxx_async::bridge]
unsafe impl Future for FuturePng {
    type Output = UniquePtr<CxxVector<u8>>;
}
// SAFETY: as above.
#[cxx_async::bridge]
unsafe impl Future for FutureKept {
    type Output = crate::ffi::Kept;
}

// SAFETY: its methods that Rust can call are const and go to a pool, from any thread.
unsafe impl Send for ffi::Converter {}
// SAFETY: as above; what two calls at once share is the pool, and the turns, which have a mutex.
unsafe impl Sync for ffi::Converter {}

/// The C++ pool. Joined when dropped.
pub type Converter = UniquePtr<ffi::Converter>;
pub use ffi::{Kept, State, new_converter};

/// What the server tells of this step.
pub const STEP: lab::Step = lab::Step {
    name: "04-rust-from-cpp",
    executor: "boost::asio::thread_pool",
    counts_places: true,
};

/// Adds the step to a server.
pub fn configure(app: &mut ServiceConfig, converter: Data<Converter>, store: Store) {
    app.app_data(converter)
        .app_data(Data::new(store))
        .service(convert)
        .service(images::resource());
}

/// Answers a JPEG with a PNG.
#[post("/convert")]
async fn convert(
    Jpeg(jpeg): Jpeg,
    lab: Data<Lab>,
    converter: Data<Converter>,
) -> Result<Png, Problem> {
    lab.conversion(async |place| {
        // The place is free when C++ has finished, not when the client leaves.
        match guard(|token| converter.convert(jpeg, token))
            .keep(place)
            .await
        {
            Ok(png) => Ok(Png::from(png)),
            Err(Error::Exception(reason)) => Err(Problem::picture(reason)),
            Err(Error::Abandoned) => Err(Problem::Stopping),
        }
    })
    .await
}

/// For a program that C++ owns: threads for what it awaits.
fn new_runtime() -> io::Result<Box<Runtime>> {
    Runtime::new().map(Box::new)
}

/// For a program that C++ owns.
fn open_store(url: &str, runtime: &Runtime) -> Result<Box<Store>, store::Error> {
    Store::open(url, Duration::from_secs(10), runtime).map(Box::new)
}
