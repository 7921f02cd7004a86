//! The same service without C++: the crate `image`, and Tokio's blocking pool.
//!
//! What people would use otherwise, built on the lab so that all but the conversion is equal.

use std::io::Cursor;
use std::process::ExitCode;

use actix_web::{post, web::Data};
use image::{DynamicImage, ImageFormat, ImageReader};
use lab::{Jpeg, Lab, Parser, Png, Problem, Step};

/// What the server tells of itself.
const STEP: Step = Step {
    name: "pure-rust",
    executor: "tokio spawn_blocking",
    counts_places: true,
};

/// Answers a JPEG with a PNG.
#[post("/convert")]
async fn convert(Jpeg(jpeg): Jpeg, lab: Data<Lab>) -> Result<Png, Problem> {
    let max_pixels = lab.options().max_pixels;
    lab.conversion(async |place| {
        let work = move || {
            // The place is free when the work ends, not when the client leaves.
            let _place = place;
            jpeg_to_png(&jpeg, max_pixels)
        };
        let png = actix_web::rt::task::spawn_blocking(work).await;
        let png = png.map_err(|_| Problem::Stopping)?;
        Ok(Png::from(bytes::Bytes::from(png?)))
    })
    .await
}

fn jpeg_to_png(jpeg: &[u8], max_pixels: u64) -> Result<Vec<u8>, Problem> {
    let reader = || ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg);
    let (width, height) = reader().into_dimensions().map_err(Problem::picture)?;
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(Problem::picture("the picture is too large"));
    }
    let picture = match reader().decode().map_err(Problem::picture)? {
        grey @ DynamicImage::ImageLuma8(_) => grey,
        colour => DynamicImage::ImageRgb8(colour.into_rgb8()),
    };
    let mut png = Cursor::new(Vec::new());
    let written = picture.write_to(&mut png, ImageFormat::Png);
    written.map_err(Problem::picture)?;
    Ok(png.into_inner())
}

fn main() -> ExitCode {
    lab::serve(STEP, lab::Options::parse(), |_options| {
        |app| {
            app.service(convert);
        }
    })
}
