//! Serves step 4.

use std::process::ExitCode;
use std::time::Duration;

use actix_web::web::Data;
use lab::Parser;
use step_04_rust_from_cpp::{Runtime, STEP, Store, configure, new_converter};

/// The flags of every step, and those of the store.
#[derive(Parser)]
#[command(about = "Converts JPEG to PNG over HTTP, and keeps it", version)]
struct Flags {
    #[command(flatten)]
    lab: lab::Options,

    /// Where pictures are kept: memory:///, file:///FOLDER, or s3://BUCKET/PREFIX with AWS_* set.
    #[arg(long, env = "COAWAIT_STORE", default_value = "memory:///")]
    store: String,

    /// Seconds that the store may take for one thing that it is asked.
    #[arg(long, env = "COAWAIT_STORE_TIMEOUT", default_value_t = 10)]
    store_timeout: u64,
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    // Each event loop is a Tokio runtime too, but ends with its worker. The store's own outlives
    // them all, and the C++ pool.
    let runtime = Runtime::new().expect("the store's threads can be started");
    let limit = Duration::from_secs(flags.store_timeout);
    let store = match Store::open(&flags.store, limit, &runtime) {
        Ok(store) => store,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = lab::serve(STEP, flags.lab, |options| {
        let converter = new_converter(options.pool_threads, options.max_pixels);
        let converter = Data::new(converter.expect("the pool's threads can be started"));
        move |app| configure(app, converter.clone(), store.clone())
    });
    runtime.shut_down();
    code
}
