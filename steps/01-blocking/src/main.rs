//! Serves step 1.

use std::process::ExitCode;

use actix_web::web::ServiceConfig;
use lab::Parser;
use step_01_blocking::{STEP, convert};

fn main() -> ExitCode {
    lab::serve(STEP, lab::Options::parse(), |_options| {
        Ok(|app: &mut ServiceConfig| {
            app.service(convert);
        })
    })
}
