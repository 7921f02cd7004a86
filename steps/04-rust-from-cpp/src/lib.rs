//! Step 4: C++20 coroutines that await async Rust.
//!
//! C++ leads: its coroutine asks a store, which is async Rust, converts in its own pool, and has
//! the store keep the PNG. Rust awaits the whole of it, as in step 3.

// Links the C++ codec that `cpp/converter.cpp` calls.
use codec as _;

mod store;

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, post};
use co_await::Error;
use lab::{Jpeg, Lab, Png, Problem};
use picture_store::Name;

#[co_await::bridge]
mod ffi {
    /// What became of an upload.
    struct Kept {
        /// Whether it is this picture that is kept.
        created: bool,
        /// Empty when none is.
        etag: String,
    }

    // What C++ awaits of Rust. When it lets go of a question, the store is asked no more.
    extern "Rust" {
        #[spawn(self.0.runtime())]
        type Store;
        /// What is kept under a name; empty when nothing is.
        async fn head(self: &Store, name: &str) -> Result<String>;
        /// Keeps a PNG; empty when something is kept under that name already.
        async fn put(self: &Store, name: &str, png: UniquePtr<CxxVector<u8>>) -> Result<String>;

        // For a program that C++ owns.
        fn open_store(url: &str) -> Result<Box<Store>>;
    }

    // What Rust awaits of C++.
    unsafe extern "C++" {
        include!("step-04-rust-from-cpp/cpp/converter.h");

        #[thread_safe] // the pool and the mutex take calls from many threads at once
        type Converter;
        /// Starts a pool.
        fn new_converter(threads: usize, max_pixels: u64) -> Result<SharedPtr<Converter>>;
        async fn convert(self: &Converter, jpeg: Vec<u8>) -> Result<UniquePtr<CxxVector<u8>>>;
        async fn convert_and_store(
            self: &Converter,
            store: Box<Store>,
            name: String,
            jpeg: Vec<u8>,
        ) -> Result<Kept>;
    }
}

/// The C++ pool. Each call keeps it; joined when the last that has it lets go.
pub type Converter = cxx::SharedPtr<ffi::Converter>;
pub use ffi::{ConverterAsync, Kept, new_converter};
pub use store::Store;

/// What the server tells of this step.
pub const STEP: lab::Step = lab::Step {
    name: "04-rust-from-cpp",
    executor: "boost::asio::thread_pool",
    counts_places: true,
    keeps_pictures: true,
};

/// Adds the step to a server.
pub fn configure(app: &mut ServiceConfig, converter: Data<Converter>, store: picture_store::Store) {
    app.app_data(converter)
        .app_data(Data::new(store))
        .service(convert)
        .service(picture_store::images(web::put().to(put)));
}

/// Answers a JPEG with a PNG.
#[post("/convert")]
async fn convert(jpeg: Jpeg, lab: Data<Lab>, converter: Data<Converter>) -> Result<Png, Problem> {
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

/// Converts a JPEG and keeps the PNG, unless there is one of that name.
pub async fn put(
    Name(name): Name,
    jpeg: Jpeg,
    lab: Data<Lab>,
    converter: Data<Converter>,
    store: Data<picture_store::Store>,
) -> Result<HttpResponse, Problem> {
    lab.conversion(jpeg, async |jpeg, place| {
        let store = store.for_request();
        let for_cpp = Box::new(Store(store.clone()));
        let call = converter.convert_and_store(for_cpp, name, jpeg);
        match call.keep(place).await {
            Ok(kept) => picture_store::kept(&store, kept.created, &kept.etag),
            Err(Error::Exception(reason)) => {
                Err(store.problem().unwrap_or_else(|| Problem::picture(reason)))
            }
            Err(_) => Err(Problem::Stopping),
        }
    })
    .await
}

/// For a program that C++ owns.
fn open_store(url: &str) -> Result<Box<Store>, picture_store::Error> {
    picture_store::open(url).map(Store).map(Box::new)
}
