//! Serves step 2.

use std::process::ExitCode;

use actix_web::web::{Data, ServiceConfig};
use lab::Parser;
use step_02_boost_callbacks::{STEP, convert, new_converter};

fn main() -> ExitCode {
    lab::serve(STEP, lab::Options::parse(), |options| {
        let converter = new_converter(options.pool_threads, options.max_pixels)?;
        let converter = Data::new(converter);
        Ok(move |app: &mut ServiceConfig| {
            app.app_data(converter.clone()).service(convert);
        })
    })
}
