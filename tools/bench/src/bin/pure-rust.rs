//! The same service without C++, as the crate `image` is by itself.

use std::process::ExitCode;

use image::codecs::png::{CompressionType, FilterType};

fn main() -> ExitCode {
    bench::beside::serve("pure-rust", |jpeg, max_pixels| {
        let (compression, filter) = (CompressionType::default(), FilterType::default());
        bench::pure_rust::jpeg_to_png(jpeg, max_pixels, compression, filter)
    })
}
