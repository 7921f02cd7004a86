//! Serves step 4.

use std::process::ExitCode;

use actix_web::web::{Data, ServiceConfig};
use lab::Parser;
use step_04_rust_from_cpp::{STEP, configure, new_converter};

/// The flags of every step, and those of the store.
#[derive(Parser)]
#[command(about = "Converts JPEG to PNG over HTTP, and keeps it", version)]
struct Flags {
    #[command(flatten)]
    lab: lab::Options,
    #[command(flatten)]
    store: picture_store::Options,
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    lab::serve(STEP, flags.lab, |options| {
        let store = flags.store.open()?;
        let converter = new_converter(options.pool_threads, options.max_pixels)?;
        let converter = Data::new(converter);
        Ok(move |app: &mut ServiceConfig| configure(app, converter.clone(), store.clone()))
    })
}
