//! Serves step 3.

use std::process::ExitCode;

use actix_web::web::{Data, ServiceConfig};
use lab::Parser;
use step_03_coroutines::{convert, new_converter, step};

fn main() -> ExitCode {
    lab::serve(step(), lab::Options::parse(), |options| {
        let converter = new_converter(options.pool_threads, options.max_pixels)?;
        let converter = Data::new(converter);
        Ok(move |app: &mut ServiceConfig| {
            app.app_data(converter.clone()).service(convert);
        })
    })
}
