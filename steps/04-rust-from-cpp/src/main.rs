//! Serves step 4.

use std::io::{self, Write};
use std::process::ExitCode;

use actix_web::web::Data;
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
    let store = match flags.store.open() {
        Ok(store) => store,
        Err(error) => {
            // Standard error may be closed; the status says it as well.
            let _ = writeln!(io::stderr(), "error: {error}");
            return ExitCode::FAILURE;
        }
    };
    lab::serve(STEP, flags.lab, |options| {
        let converter = new_converter(options.pool_threads, options.max_pixels);
        let converter = Data::new(converter.expect("the pool's threads can be started"));
        move |app| configure(app, converter.clone(), store.clone())
    })
}
