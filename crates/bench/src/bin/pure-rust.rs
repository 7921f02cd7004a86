//! The same service without C++, by the crate `image`: what people would use otherwise.

use std::io::Cursor;
use std::process::ExitCode;

use image::{DynamicImage, ImageFormat, ImageReader};
use lab::Problem;

fn jpeg_to_png(jpeg: &[u8], max_pixels: u64) -> Result<Vec<u8>, Problem> {
    let reader = || ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg);
    let (width, height) = reader().into_dimensions().map_err(Problem::picture)?;
    if u64::from(width) * u64::from(height) > max_pixels {
        let reason = format!("{width}x{height} is more than {max_pixels} pixels");
        return Err(Problem::picture(reason));
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
    bench::beside::serve("pure-rust", jpeg_to_png)
}
