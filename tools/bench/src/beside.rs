//! Services to compare the steps with: the lab, and another conversion in Tokio's blocking pool.

use std::process::ExitCode;

use actix_web::web::{self, Data, ServiceConfig};
use lab::{Jpeg, Lab, Parser, Png, Problem, Step};

/// Makes a PNG of a JPEG that has at most so many pixels.
pub type Convert = fn(&[u8], u64) -> Result<Vec<u8>, Problem>;

/// Serves a conversion with all that the steps have around theirs, flags included.
pub fn serve(name: &'static str, convert: Convert) -> ExitCode {
    let step = Step {
        name,
        executor: "tokio spawn_blocking",
        counts_places: true,
        keeps_pictures: false,
    };
    lab::serve(step, lab::Options::parse(), move |_options| {
        Ok(move |app: &mut ServiceConfig| {
            app.app_data(Data::new(convert))
                .route("/convert", web::post().to(answer));
        })
    })
}

async fn answer(jpeg: Jpeg, lab: Data<Lab>, convert: Data<Convert>) -> Result<Png, Problem> {
    let (max_pixels, convert) = (lab.options().max_pixels, **convert);
    lab.conversion(jpeg, async |jpeg, place| {
        let work = move || {
            // The place is free when the work ends, not when the client leaves.
            let _place = place;
            convert(&jpeg, max_pixels)
        };
        let png = actix_web::rt::task::spawn_blocking(work).await;
        let png = png.map_err(|_| Problem::Stopping)?;
        Ok(Png::from(bytes::Bytes::from(png?)))
    })
    .await
}
