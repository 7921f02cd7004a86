//! The conversion without C++, by the crate `image`: what people would use otherwise.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageFormat, ImageReader};
use lab::Problem;

/// Makes a PNG of a JPEG that has at most so many pixels, packed in this way.
///
/// Refuses what is no JPEG that `image` reads, and what has more pixels.
pub fn jpeg_to_png(
    jpeg: &[u8],
    max_pixels: u64,
    compression: CompressionType,
    filter: FilterType,
) -> Result<Vec<u8>, Problem> {
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
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, compression, filter);
    let written = picture.write_with_encoder(encoder);
    written.map_err(Problem::picture)?;
    Ok(png)
}
